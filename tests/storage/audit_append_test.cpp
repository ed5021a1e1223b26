#include <latch>
#include <thread>

#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

AuditEntry once_entry(ProjectId project, const std::string& value)
{
    return {make_event(project, at_s(1'000)),
            OnceValue{project, "client_assertion", sha256(value), at_s(4'000'000'000)}};
}

int count(const Database& database, const std::string& table)
{
    return database.query("SELECT count(*) FROM tessera." + table)[0][0].as<int>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_append)

BOOST_AUTO_TEST_CASE(an_event_comes_back_byte_for_byte)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    AuditRow row = make_event(project, Instant{Microseconds{1'763'712'000'123'456}});
    row.act_chain = R"(["agent_1","user_2"])";
    row.client_id = "client_\"quoted\"\\";
    row.session_id = "NULL";
    row.ip = "2001:db8::1";
    row.user_agent = "{curl, \"8\"}\r\n\x1b[31m \u202e";
    row.target_kind = "resource";
    row.target_id = "";
    row.authority = "grant_type=client_credentials";
    row.error_code = "invalid_client";
    row.request_id = "r-1";
    row.trace_id = "t-1";
    row.body = R"({"aud":["https://a/","\u0000"]})";
    must(append_audit_batch(database.audit, {{row, {}}}));
    auto transaction = database.in(project);
    const auto rows = must(list_audit_events(transaction, {}, {}, 10));
    BOOST_REQUIRE(rows.size() == 1);
    const AuditRow& read = rows[0].row;
    BOOST_TEST((read.id == row.id && read.project == row.project && read.occurred == row.occurred));
    const std::pair<const std::string*, const std::string*> texts[] = {
        {&read.type, &row.type},
        {&read.result, &row.result},
        {&read.principal_kind, &row.principal_kind},
        {&read.principal_id, &row.principal_id},
        {&read.act_chain, &row.act_chain},
        {&read.client_id, &row.client_id},
        {&read.session_id, &row.session_id},
        {&read.ip, &row.ip},
        {&read.user_agent, &row.user_agent},
        {&read.target_kind, &row.target_kind},
        {&read.target_id, &row.target_id},
        {&read.authority, &row.authority},
        {&read.error_code, &row.error_code},
        {&read.request_id, &row.request_id},
        {&read.trace_id, &row.trace_id},
        {&read.body, &row.body},
    };
    for (const auto& [stored, written] : texts) {
        BOOST_TEST(*stored == *written);
    }
    BOOST_TEST(rows[0].position == 0);
}

BOOST_AUTO_TEST_CASE(one_batch_carries_events_of_many_realms_and_of_the_appliance)
{
    Database database;
    std::vector<AuditEntry> entries;
    for (int i = 0; i < 300; ++i) {
        entries.push_back({make_event(ProjectId::random(), at_s(i)), {}});
    }
    entries.push_back({make_event(ProjectId{}, at_s(1)), {}});
    const auto outcome = must(append_audit_batch(database.audit, entries));
    BOOST_TEST(outcome.size() == 301);
    BOOST_TEST(count(database, "audit_events") == 301);
    auto appliance = database.in(ProjectId{});
    BOOST_TEST(must(list_audit_events(appliance, {}, {}, 10)).size() == 1);
}

BOOST_AUTO_TEST_CASE(an_empty_batch_is_nothing)
{
    Database database;
    BOOST_TEST(must(append_audit_batch(database.audit, {})).empty());
}

BOOST_AUTO_TEST_CASE(a_replayed_value_writes_neither_itself_nor_its_event)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    must(append_audit_batch(database.audit, {once_entry(project, "one")}));
    const std::vector<AuditEntry> batch = {
        once_entry(project, "two"), once_entry(project, "one"), {make_event(project, at_s(1'000)), {}}};
    const auto outcome = must(append_audit_batch(database.audit, batch));
    const std::vector<Appended> expected = {Appended::written, Appended::replayed, Appended::written};
    BOOST_TEST(outcome == expected, boost::test_tools::per_element());
    BOOST_TEST(count(database, "audit_events") == 3);
    BOOST_TEST(count(database, "once_values") == 2);
}

BOOST_AUTO_TEST_CASE(the_same_value_with_another_expiry_is_a_replay)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    AuditEntry first = once_entry(project, "one");
    AuditEntry second = once_entry(project, "one");
    second.once->expires += std::chrono::days{3};
    must(append_audit_batch(database.audit, {first}));
    BOOST_TEST(must(append_audit_batch(database.audit, {second}))[0] == Appended::replayed);
}

BOOST_AUTO_TEST_CASE(a_value_twice_in_one_batch_is_new_once)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const auto outcome =
        must(append_audit_batch(database.audit, {once_entry(project, "x"), once_entry(project, "x")}));
    const std::vector<Appended> expected = {Appended::written, Appended::replayed};
    BOOST_TEST(outcome == expected, boost::test_tools::per_element());
    BOOST_TEST(count(database, "audit_events") == 1);
}

BOOST_AUTO_TEST_CASE(of_twenty_connections_one_consumes_the_value)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    for (int round = 0; round < 5; ++round) {
        std::atomic<int> written = 0;
        std::atomic<int> replayed = 0;
        {
            std::latch start{20};
            std::vector<std::jthread> clients;
            for (int i = 0; i < 20; ++i) {
                clients.emplace_back([&] {
                    start.arrive_and_wait();
                    const auto outcome =
                        append_audit_batch(database.audit, {once_entry(project, std::to_string(round))});
                    if (outcome) {
                        ++(outcome.value()[0] == Appended::written ? written : replayed);
                    }
                });
            }
        }
        BOOST_TEST(written == 1);
        BOOST_TEST(replayed == 19);
        BOOST_TEST(count(database, "audit_events") == round + 1);
    }
}

BOOST_AUTO_TEST_CASE(an_event_of_a_transaction_lives_and_dies_with_it)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    {
        auto transaction = database.in(project);
        must(insert_audit_event(transaction, make_event(project, at_s(1))));
    }
    BOOST_TEST(count(database, "audit_events") == 0);
    auto transaction = database.in(project);
    must(insert_audit_event(transaction, make_event(project, at_s(1))));
    must(transaction.commit());
    auto across = database.across();
    must(insert_audit_event(across, make_event(ProjectId{}, at_s(1))));
    must(across.commit());
    BOOST_TEST(count(database, "audit_events") == 2);
}

BOOST_AUTO_TEST_CASE(expired_values_are_forgotten_and_live_ones_kept)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    AuditEntry old = once_entry(project, "old");
    old.once->expires = at_s(1'000);
    must(append_audit_batch(database.audit, {old, once_entry(project, "new")}));
    BOOST_TEST(must(purge_once_values(database.system, at_s(2'000), 100)) == 1U);
    BOOST_TEST(must(purge_once_values(database.system, at_s(2'000), 100)) == 0U);
    BOOST_TEST(must(append_audit_batch(database.audit, {once_entry(project, "new")}))[0]
               == Appended::replayed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
