// From the outbox to a mail server that behaves, and to some that do not.
#include "daemon/mail/delivery.hpp"

#include <set>

#include <fmt/format.h>

#include "tests/storage/database.hpp"
#include "tests/storage/smtp_server.hpp"

namespace tessera::tests {

using namespace storage;
using mail::Delivery;
using mail::DeliveryOptions;

namespace {

constexpr const char* values = R"({"code":"123456","link":"https://id.example/realms/acme/login?link=abc"})";

using Opened = Result<SecretBytes, keyd::KeydError>;

Opened open_plainly(const DueMail& mail) { return SecretBytes{ByteView{mail.values_sealed}}; }

struct Fixture : Database {
    ProjectId project = make_project("acme", named("Łódź Bank"));
    SystemClock clock;

    DeliveryOptions options(std::uint16_t port, const outbound::SmtpAuthority& authority = {}) const
    {
        outbound::SmtpOptions smtp;
        smtp.server = *outbound::parse_smtp_url(fmt::format("smtp://127.0.0.1:{}", port), authority);
        smtp.authority = authority;
        smtp.from = {"", "no-reply@id.example"};
        smtp.total_max = Milliseconds{1'500};
        return {smtp, "id.example", 2};
    }

    MailId write(Instant valid_until = at_s(4'000'000'000), const std::string& recipient = "ada@example.com")
    {
        const NewMail mail{MailId::random(),
                           recipient,
                           "sign_in_code",
                           "en",
                           Bytes{values, values + std::char_traits<char>::length(values)},
                           valid_until};
        auto transaction = in(project);
        must(insert_mail(transaction, project, mail));
        must(transaction.commit());
        return mail.id;
    }

    std::string of(MailId id, const std::string& column) const
    {
        return query(fmt::format(
            "SELECT coalesce(({})::text, '') FROM tessera.mail_outbox WHERE mail_id = '{}'", column,
            to_string(id.uuid)))[0][0]
            .as<std::string>();
    }
    // Asks until it is so, for half a minute.
    bool becomes(MailId id, const std::string& condition) const
    {
        for (int i = 0; i < 1'500; ++i) {
            if (of(id, condition) == "true") {
                return true;
            }
            query("SELECT pg_sleep(0.02)");
        }
        return false;
    }
    bool is_sent(MailId id) const { return becomes(id, "sent_time IS NOT NULL AND values_sealed IS NULL"); }
    bool is_given_up(MailId id) const
    {
        return becomes(id, "failed_time IS NOT NULL AND values_sealed IS NULL");
    }
    bool is_postponed(MailId id) const
    {
        return becomes(id, "last_error IS NOT NULL AND failed_time IS NULL");
    }
    void expire_lease(MailId id) const
    {
        query(fmt::format("UPDATE tessera.mail_outbox SET next_attempt_time = now() WHERE mail_id = '{}'",
                          to_string(id.uuid)));
    }
};

// Says `reply` at a step the first `times` times, then everything is accepted.
SmtpServer::Script at(const std::string& step, const SmtpReply& reply, int times)
{
    auto left = std::make_shared<std::atomic<int>>(times);  // the script is copied
    return [step, reply, left](const std::string& now) {
        return now == step && left->fetch_sub(1) > 0 ? reply : SmtpServer::accept_all(now);
    };
}
constexpr int always = 1'000'000;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mail_delivery, Fixture)

BOOST_AUTO_TEST_CASE(a_mail_arrives_whole_and_its_values_are_forgotten)
{
    SmtpServer server;
    const MailId id = write();
    Delivery delivery{options(server.port()), system, app, clock, open_plainly};
    BOOST_REQUIRE(server.wait_for_mails(1));
    const std::string mail = server.mails().front();
    for (const char* part :
         {"From: =?UTF-8?B?", "<no-reply@id.example>", "To: ada@example.com",
          "Auto-Submitted: auto-generated", "Date: ", "Mime-Version: 1.0",
          "Content-Type: multipart/alternative; boundary=", "Content-Type: text/plain; charset=utf-8",
          "Content-Type: text/html; charset=utf-8", "    123456\r\n", "id.example"}) {
        BOOST_TEST(mail.find(part) != std::string::npos, part << " in\n" << mail);
    }
    BOOST_TEST(mail.find("Message-ID: <" + id.to_string() + "@id.example>") != std::string::npos);
    BOOST_TEST(server.told().find("RCPT TO:<ada@example.com>") != std::string::npos);
    BOOST_TEST(is_sent(id));
    BOOST_TEST(delivery.counts().sent == 1U);
}

BOOST_AUTO_TEST_CASE(a_refused_mail_is_given_up_and_not_tried_again)
{
    for (const char* step : {"RCPT", "MAIL", "."}) {
        BOOST_TEST_CONTEXT(step)
        {
            SmtpServer server{at(step, {"550 no such person"}, always)};
            const MailId id = write();
            Delivery delivery{options(server.port()), system, app, clock, open_plainly};
            BOOST_TEST(is_given_up(id));
            BOOST_TEST(of(id, "attempts") == "1");
            BOOST_TEST(of(id, "last_error").find("550") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_mail_refused_for_now_is_sent_at_a_later_attempt)
{
    for (const auto& [step, reply] :
         std::vector<std::pair<std::string, SmtpReply>>{{"RCPT", {"450 greylisted"}},
                                                        {".", {"451 later"}},
                                                        {"CONNECT", {"421 too busy", SmtpReply::Then::close}},
                                                        {"CONNECT", {"554 go away", SmtpReply::Then::close}},
                                                        {"DATA", {"", SmtpReply::Then::close}},
                                                        {".", {"", SmtpReply::Then::close}},
                                                        {"EHLO", {"", SmtpReply::Then::hang}}}) {
        BOOST_TEST_CONTEXT(step << " " << reply.line)
        {
            SmtpServer server{at(step, reply, 1)};
            const MailId id = write();
            Delivery delivery{options(server.port()), system, app, clock, open_plainly};
            BOOST_TEST(is_sent(id));
            BOOST_TEST(of(id, "attempts") == "2");
            BOOST_TEST(delivery.counts().postponed == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_away_loses_nothing)
{
    std::uint16_t port = 0;
    {
        const SmtpServer closed;
        port = closed.port();
    }
    const MailId id = write();
    {
        Delivery delivery{options(port), system, app, clock, open_plainly};
        BOOST_TEST(is_postponed(id));
    }
    SmtpServer server;
    Delivery delivery{options(server.port()), system, app, clock, open_plainly};
    BOOST_TEST(is_sent(id));
}

BOOST_AUTO_TEST_CASE(a_code_that_is_over_is_never_sent)
{
    SmtpServer server;
    const MailId over = write(at_s(1));
    const MailId good = write();
    Delivery delivery{options(server.port()), system, app, clock, open_plainly};
    BOOST_TEST(is_given_up(over));
    BOOST_TEST(of(over, "last_error") == "no longer valid");
    BOOST_TEST(is_sent(good));
    BOOST_TEST(server.mails().size() == 1U);
}

BOOST_AUTO_TEST_CASE(keyd_away_postpones_a_mail_and_an_envelope_of_another_place_ends_it)
{
    SmtpServer server;
    std::atomic<bool> away = true;
    const MailId id = write();
    {
        Delivery delivery{options(server.port()), system, app, clock, [&](const DueMail& due) -> Opened {
                              if (away.exchange(false)) {
                                  return keyd::KeydError{keyd::KeydFault::unavailable, "SEALED", ""};
                              }
                              return open_plainly(due);
                          }};
        BOOST_TEST(is_sent(id));
        BOOST_TEST(of(id, "attempts") == "2");
    }
    const MailId foreign = write();
    Delivery delivery{options(server.port()), system, app, clock, [](const DueMail&) -> Opened {
                          return keyd::KeydError{keyd::KeydFault::unopenable, "ENVELOPE_UNOPENABLE", ""};
                      }};
    BOOST_TEST(is_given_up(foreign));
    BOOST_TEST(server.mails().size() == 1U);
}

BOOST_AUTO_TEST_CASE(two_fronts_send_each_mail_once)
{
    constexpr std::size_t mails = 30;
    SmtpServer server;
    std::vector<MailId> written;
    for (std::size_t i = 0; i < mails; ++i) {
        written.push_back(write(at_s(4'000'000'000), fmt::format("person{}@example.com", i)));
    }
    Delivery one{options(server.port()), system, app, clock, open_plainly};
    Delivery two{options(server.port()), system, app, clock, open_plainly};
    BOOST_REQUIRE(server.wait_for_mails(mails));
    for (const MailId id : written) {
        BOOST_TEST(is_sent(id));
    }
    BOOST_TEST(server.mails().size() == mails);
    BOOST_TEST(one.counts().sent + two.counts().sent == mails);
}

BOOST_AUTO_TEST_CASE(what_a_dead_sender_had_picked_is_sent_when_its_lease_is_over)
{
    SmtpServer server;
    const MailId id = write();
    BOOST_REQUIRE(must(lease_mail(system, Seconds{60})));  // and nothing more is heard of it
    Delivery delivery{options(server.port()), system, app, clock, open_plainly};
    const MailId other = write();
    BOOST_TEST(is_sent(other));
    BOOST_TEST(of(id, "sent_time") == "");
    expire_lease(id);
    BOOST_TEST(is_sent(id));
    BOOST_TEST(of(id, "attempts") == "2");
}

BOOST_AUTO_TEST_CASE(without_tls_nothing_is_said_to_a_server_that_is_no_neighbour)
{
    SmtpServer server;
    const MailId id = write();
    // A CA file says that the connection is to be trusted: the same rule as for any address but loopback.
    Delivery delivery{options(server.port(), {"", "/etc/ssl/certs/ca-certificates.crt"}), system, app, clock,
                      open_plainly};
    BOOST_TEST(is_postponed(id));
    BOOST_TEST(server.told().find("MAIL") == std::string::npos);
    BOOST_TEST(server.mails().empty());
}

BOOST_AUTO_TEST_CASE(a_hanging_server_does_not_hold_up_the_end_and_its_mail_is_due_again)
{
    SmtpServer server{at("EHLO", {"", SmtpReply::Then::hang}, always)};
    DeliveryOptions patient = options(server.port());
    patient.smtp->total_max = Milliseconds{60'000};
    const MailId id = write();
    const Tick begun = clock.tick();
    {
        Delivery delivery{patient, system, app, clock, open_plainly};
        BOOST_TEST(becomes(id, "attempts = 1"));
    }
    BOOST_TEST((clock.tick() - begun < Seconds{30}));
    BOOST_TEST(becomes(id, "next_attempt_time <= now() AND sent_time IS NULL"));
}

BOOST_AUTO_TEST_CASE(without_a_mail_server_mails_wait_and_end_by_their_time)
{
    const MailId id = write();
    const MailId over = write(at_s(1));
    Delivery delivery{DeliveryOptions{{}, "id.example", 1}, system, app, clock, open_plainly};
    BOOST_TEST(is_postponed(id));
    BOOST_TEST(of(id, "last_error") == "smtp-url is not set");
    BOOST_TEST(is_given_up(over));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
