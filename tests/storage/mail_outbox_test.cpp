#include "storage/repositories/mail_outbox.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "storage/invalidations.hpp"
#include "storage/repositories/expiry.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

constexpr Seconds lease{60};

struct Outbox : Database {
    ProjectId project = make_project("acme");

    static NewMail mail(const std::string& mail_template = "sign_in_code")
    {
        return {MailId::random(), "ada@example.com", mail_template, "en", {1, 2, 3}, at_s(4'000'000'000)};
    }

    MailId write(const NewMail& mail)
    {
        auto transaction = in(project);
        must(insert_mail(transaction, project, mail));
        must(transaction.commit());
        return mail.id;
    }
    MailId write() { return write(mail()); }

    DueMail leased()
    {
        auto mail = must(lease_mail(system, lease));
        BOOST_REQUIRE(mail);
        return *mail;
    }
    bool none_is_due() { return !must(lease_mail(system, lease)); }

    // As if this much time had passed since the mail was last touched.
    void let_pass(MailId id, Seconds time) const
    {
        query(fmt::format(
            "UPDATE tessera.mail_outbox SET next_attempt_time = next_attempt_time - interval '{0} s', "
            "create_time = create_time - interval '{0} s' WHERE mail_id = '{1}'",
            time.count(), to_string(id.uuid)));
    }
    std::string column(MailId id, const std::string& name) const
    {
        const auto rows = query(
            fmt::format("SELECT coalesce({}::text, 'NULL') FROM tessera.mail_outbox WHERE mail_id = '{}'",
                        name, to_string(id.uuid)));
        return rows.empty() ? "gone" : rows[0][0].as<std::string>();
    }
    bool write_within(MailQuota quota)
    {
        auto transaction = in(project);
        const bool written = must(insert_mail_within(transaction, project, mail("invitation"), quota));
        must(transaction.commit());
        return written;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mail_outbox, Outbox)

BOOST_AUTO_TEST_CASE(a_mail_is_there_when_its_transaction_commits_and_not_before)
{
    {
        auto transaction = in(project);
        must(insert_mail(transaction, project, mail()));
        BOOST_TEST(none_is_due());
    }
    BOOST_TEST(none_is_due());
    const NewMail written = mail();
    write(written);
    const DueMail due = leased();
    BOOST_TEST((due.id == written.id && due.project == project));
    BOOST_TEST(due.recipient == "ada@example.com");
    BOOST_TEST(due.mail_template == "sign_in_code");
    BOOST_TEST(due.locale == "en");
    BOOST_TEST((due.values_sealed == written.values_sealed));
    BOOST_TEST((due.valid_until == written.valid_until));
    BOOST_TEST(due.attempts == 1);
}

BOOST_AUTO_TEST_CASE(a_leased_mail_is_nobody_elses_until_the_lease_is_over)
{
    const MailId id = write();
    const DueMail first = leased();
    BOOST_TEST(none_is_due());
    let_pass(id, lease);
    const DueMail second = leased();
    BOOST_TEST((second.id == first.id));
    BOOST_TEST(second.attempts == 2);
    // Whoever was late learns that it is: the mail is the other's now.
    BOOST_TEST(!must(record_mail_sent(system, first)));
    BOOST_TEST(!must(postpone_mail(system, first, Milliseconds{1000}, "late")));
    BOOST_TEST(must(record_mail_sent(system, second)));
}

BOOST_AUTO_TEST_CASE(many_senders_at_once_take_each_mail_once)
{
    constexpr int mails = 60;
    for (int i = 0; i < mails; ++i) {
        write();
    }
    std::mutex mutex;
    std::multiset<std::string> taken;
    std::vector<std::thread> senders;
    for (int i = 0; i < 6; ++i) {
        senders.emplace_back([&] {
            while (true) {
                auto mail = lease_mail(system, lease);
                if (!mail || !mail.value()) {
                    return;
                }
                const std::lock_guard lock{mutex};
                taken.insert(to_string(mail.value()->id.uuid));
            }
        });
    }
    for (auto& sender : senders) {
        sender.join();
    }
    BOOST_TEST(taken.size() == mails);
    BOOST_TEST((std::set<std::string>{taken.begin(), taken.end()}.size() == mails));
}

BOOST_AUTO_TEST_CASE(what_a_mail_says_is_emptied_when_it_is_sent_or_given_up)
{
    const MailId sent = write();
    BOOST_TEST(must(record_mail_sent(system, leased())));
    BOOST_TEST(column(sent, "values_sealed") == "NULL");
    BOOST_TEST(column(sent, "sent_time") != "NULL");

    const MailId failed = write();
    BOOST_TEST(must(record_mail_failed(system, leased(), "550 nobody\r\nof this n\xC3\xA4me")));
    BOOST_TEST(column(failed, "values_sealed") == "NULL");
    BOOST_TEST(column(failed, "last_error") == "550 nobody??of this n??me");
    BOOST_TEST(none_is_due());
}

BOOST_AUTO_TEST_CASE(a_postponed_mail_is_due_when_its_time_has_come)
{
    const MailId id = write();
    BOOST_TEST(must(postpone_mail(system, leased(), Milliseconds{30'000}, "421 later")));
    BOOST_TEST(column(id, "last_error") == "421 later");
    BOOST_TEST(none_is_due());
    BOOST_TEST(must(count_mails_waiting(system)).count == 1);
    let_pass(id, Seconds{45});
    BOOST_TEST(must(count_mails_waiting(system)).overdue_s == 15);
    BOOST_TEST(leased().attempts == 2);
}

BOOST_AUTO_TEST_CASE(finished_mails_are_forgotten_and_waiting_ones_are_not)
{
    const MailId sent = write();
    must(record_mail_sent(system, leased()));
    const MailId waiting = write();
    BOOST_TEST(must(delete_expired(system, "mail_outbox", 10)) == 0U);
    let_pass(sent, Seconds{8 * 86'400});
    let_pass(waiting, Seconds{8 * 86'400});
    BOOST_TEST(must(delete_expired(system, "mail_outbox", 10)) == 1U);
    BOOST_TEST(column(sent, "1") == "gone");
    BOOST_TEST(column(waiting, "1") == "1");
}

BOOST_AUTO_TEST_CASE(a_fresh_mail_does_not_queue_behind_those_that_failed_before)
{
    const MailId refused = write();
    must(postpone_mail(system, leased(), Milliseconds{1000}, "450"));
    let_pass(refused, Seconds{10});
    const MailId fresh = write();
    BOOST_TEST((leased().id == fresh));
    BOOST_TEST((leased().id == refused));
}

// T-25
BOOST_AUTO_TEST_CASE(quota_counts_what_was_sent)
{
    constexpr MailQuota quota{2, Seconds{3600}};
    BOOST_TEST(write_within(quota));
    BOOST_TEST(write_within(quota));
    BOOST_TEST(!write_within(quota));
    must(record_mail_failed(system, leased(), "550"));
    BOOST_TEST(write_within(quota));
    BOOST_TEST(!write_within(quota));
    write(mail("password_changed"));
    const DueMail oldest = leased();
    let_pass(oldest.id, Seconds{3700});
    BOOST_TEST(write_within(quota));
    BOOST_TEST(!write_within(quota));
}

BOOST_AUTO_TEST_CASE(the_quota_is_exact_for_many_writers_at_once)
{
    std::atomic<int> written = 0;
    std::vector<std::thread> writers;
    for (int i = 0; i < 8; ++i) {
        writers.emplace_back([&] {
            for (int j = 0; j < 4; ++j) {
                auto transaction = Transaction::begin(app, RealmScope{project});
                if (transaction) {
                    auto one = insert_mail_within(transaction.value(), project, mail("invitation"),
                                                  {7, Seconds{3600}});
                    if (one && one.value() && transaction.value().commit()) {
                        ++written;
                    }
                }
            }
        });
    }
    for (auto& writer : writers) {
        writer.join();
    }
    BOOST_TEST(written == 7);
}

BOOST_AUTO_TEST_CASE(a_committed_mail_wakes_the_senders)
{
    std::mutex mutex;
    std::condition_variable told;
    int mails = 0;
    const auto wait_for = [&](int count) {
        std::unique_lock lock{mutex};
        return told.wait_for(lock, std::chrono::seconds{10}, [&] { return mails >= count; });
    };
    InvalidationEvents events{[](const Invalidation&) {}, [] {}, [] {},
                              [&] {
                                  const std::lock_guard lock{mutex};
                                  ++mails;
                                  told.notify_all();
                              }};
    const InvalidationListener listener{url(), "tessera_app", events};
    BOOST_REQUIRE(wait_for(1));  // when listening begins
    write();
    BOOST_TEST(wait_for(2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
