#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "base/clock.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/encoding.hpp"
#include "daemon/audit/escape.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/audit/keyring_changed.hpp"

using namespace tessera;
using std::literals::string_literals::operator""s;

BOOST_AUTO_TEST_SUITE(audit_event)

const Instant now = from_unix_s(1'700'000'000);

BOOST_AUTO_TEST_CASE(every_type_has_a_name_of_its_own_and_a_meaning)
{
    std::set<std::string_view> names;
    for (const auto& spec : audit::catalogue()) {
        BOOST_TEST(names.insert(spec.name).second, spec.name);
        BOOST_TEST(!spec.meaning.empty());
    }
}

BOOST_AUTO_TEST_CASE(no_body_field_is_named_after_a_secret_value)
{
    for (const auto& spec : audit::catalogue()) {
        for (const std::string_view word :
             {"password", "client_secret", "assertion", "access_token", "pin", "jwt"}) {
            BOOST_TEST(!spec.allows(word), spec.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_field_the_catalogue_does_not_list_is_never_stored)
{
    audit::Event event{.type = audit::EventType::oauth_token_issued};
    event.body = {{"jti", "a"}, {"client_secret", "tessera_secret_canary"}};
    BOOST_TEST(audit::to_row(event, now).body == R"({"jti":"a"})");
}

BOOST_AUTO_TEST_CASE(hostile_text_is_escaped_byte_by_byte)
{
    BOOST_TEST(audit::escape_text("a\0b"s) == "a\\x00b");
    BOOST_TEST(audit::escape_text("\r\n\x1b[31m\x7f") == "\\x0d\\x0a\\x1b[31m\\x7f");
    BOOST_TEST(audit::escape_text("\xff\xc3") == "\\xff\\xc3");
    BOOST_TEST(audit::escape_text("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // a lone surrogate
    BOOST_TEST(audit::escape_text("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // right-to-left override
    BOOST_TEST(audit::escape_text("\xc2\x9b") == "\\xc2\\x9b");           // C1 control sequence introducer
    BOOST_TEST(audit::escape_text("Zürich 🙂") == "Zürich 🙂");
}

BOOST_AUTO_TEST_CASE(a_body_too_large_loses_its_longest_field_and_keeps_what_names_the_token)
{
    audit::Event event{.type = audit::EventType::oauth_token_issued};
    event.body["jti"] = "01HV3-the-token";
    event.body["kid"] = "the-key";
    event.body["resources"] = json::array(16, json::value(std::string(1000, 'r')));
    const std::string body = audit::to_row(event, from_unix_s(1'700'000'000)).body;
    BOOST_TEST(body.size() < 8U * 1024);
    BOOST_TEST(body.find("01HV3-the-token") != std::string::npos);
    BOOST_TEST(body.find("the-key") != std::string::npos);
    BOOST_TEST(body.find(audit::cut_mark) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_different_inputs_never_look_the_same)
{
    BOOST_TEST(audit::escape_text("\n") != audit::escape_text("\\x0a"));
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_with_a_mark_and_stays_within_its_limit)
{
    const std::string cut = audit::escape_text(std::string(70'000, 'x'));
    BOOST_TEST(cut.size() == audit::text_bytes_max);
    BOOST_TEST(cut.ends_with(audit::cut_mark));
    const std::string exact(audit::text_bytes_max, 'x');
    BOOST_TEST(audit::escape_text(exact) == exact);
    const std::string astral = audit::escape_text("🙂🙂🙂🙂🙂🙂🙂🙂", 17);
    BOOST_TEST(astral.size() <= 17U);
    BOOST_TEST(is_utf8(astral));
}

BOOST_AUTO_TEST_CASE(every_column_of_a_row_is_clean_whatever_the_request_said)
{
    const std::string hostile = "\0\xff\r\n\x1b"s + std::string(65'536, 'A');
    audit::Event event{.type = audit::EventType::oauth_client_authentication_failed};
    http::Request request;
    request.headers = {{"User-Agent", hostile}};
    request.peer.address = hostile;
    request.request_id = hostile;
    request.trace_id = hostile;
    audit::add_request(event, request);
    event.client_id = hostile;
    event.body["reason"] = hostile;
    const auto row = audit::to_row(event, now);
    for (const std::string* text :
         {&row.ip, &row.user_agent, &row.request_id, &row.trace_id, &row.client_id, &row.body}) {
        BOOST_TEST(is_utf8(*text));
        BOOST_TEST(text->find('\0') == std::string::npos);
        BOOST_TEST(text->find('\n') == std::string::npos);
        BOOST_TEST(text->size() <= 8U * 1024);
    }
}

BOOST_AUTO_TEST_CASE(the_encoding_is_canonical_and_leaves_absent_members_out)
{
    audit::Event event{.type = audit::EventType::client_disabled};
    event.body = {{"revision", 2}};
    auto row = audit::to_row(event, now);
    row.id = AuditEventId{};
    BOOST_TEST(
        audit::canonical_event(row)
        == R"({"body":{"revision":2},"id":"audit_log_event_0000000000000000000000000","principal_kind":"system",)"
           R"("result":"success","time":"2023-11-14T22:13:20.000000Z","type":"client.disabled"})");
    BOOST_TEST(audit::export_line({row, 7}).find(R"("position":7)") != std::string::npos);
    BOOST_TEST(audit::export_line({row, 0}).find("position") == std::string::npos);
}

// The database may have been written to by others.
BOOST_AUTO_TEST_CASE(a_stored_text_that_is_not_canonical_is_exported_as_text)
{
    auto row = audit::to_row({.type = audit::EventType::client_disabled}, now);
    row.act_chain = "[1e3]";
    row.body = R"({"a":1.5})";
    const std::string line = audit::export_line({row, 1});
    BOOST_TEST(line.find(R"("act_chain":"[1e3]")") != std::string::npos);
    BOOST_TEST(line.find(R"("body":"{\"a\":1.5}")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_keyring_change_is_one_event_on_every_front)
{
    const audit::KeyringChange change{KeyringId::random(), 3, {"kid-1"}, false};
    const auto first = audit::keyring_changed_entry(change, now);
    const auto second = audit::keyring_changed_entry(change, now + Seconds{1});
    BOOST_TEST((first.once->digest == second.once->digest));
    audit::KeyringChange next = change;
    next.revision = 4;
    BOOST_TEST((audit::keyring_changed_entry(next, now).once->digest != first.once->digest));
    BOOST_TEST((audit::kids_of(R"({"keys":[{"kid":"a"},{"kty":"EC"},{"kid":"b"}]})")
                == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_SUITE_END()
