#include <map>
#include <random>
#include <semaphore>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

void sequence_all(Database& database, std::size_t limit = 1'000)
{
    while (must(sequence_audit_events(database.system, limit)) > 0) {}
}

using Positions = std::map<std::pair<std::string, std::int64_t>, std::string>;

Positions positions(const Database& database)
{
    Positions all;
    for (const auto& row :
         database.query("SELECT project_id, position, event_id FROM tessera.audit_positions")) {
        all[{row[0].c_str(), row[1].as<std::int64_t>()}] = row[2].c_str();
    }
    return all;
}

// Every event has one position, and the positions of a project are 1, 2, 3, …
void check_gapless(const Database& database)
{
    BOOST_TEST(database
                   .query("SELECT count(*) FROM tessera.audit_events e FULL JOIN tessera.audit_positions p "
                          "USING (project_id, event_id) WHERE e.type IS NULL OR p.position IS NULL")[0][0]
                   .as<int>()
               == 0);
    BOOST_TEST(
        database
            .query("SELECT count(*) FROM (SELECT project_id FROM tessera.audit_positions GROUP BY project_id "
                   "HAVING min(position) <> 1 OR max(position) <> count(*)) broken")[0][0]
            .as<int>()
        == 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_sequencer)

BOOST_AUTO_TEST_CASE(each_project_counts_from_one_in_order_of_time)
{
    Database database;
    const ProjectId a = database.make_project("a");
    const ProjectId b = database.make_project("b");
    std::vector<AuditEntry> entries;
    for (const int second : {30, 10, 20}) {
        entries.push_back({make_event(a, at_s(second)), {}});
        entries.push_back({make_event(b, at_s(second)), {}});
    }
    must(append_audit_batch(database.audit, entries));
    sequence_all(database);
    check_gapless(database);
    auto transaction = database.in(a);
    AuditFilter filter;
    filter.oldest_first = true;
    const auto log = must(list_audit_events(transaction, filter, {}, 10));
    BOOST_REQUIRE(log.size() == 3);
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(log[i].position == i + 1);
        BOOST_TEST((log[i].row.occurred == at_s(10 * (i + 1))));
    }
}

BOOST_AUTO_TEST_CASE(an_open_writer_holds_back_what_began_after_it_and_nothing_is_skipped)
{
    Database database;
    const ProjectId project = database.make_project("a");
    must(append_audit_batch(database.audit, {{make_event(project, at_s(1)), {}}}));
    auto slow = database.in(project);
    must(insert_audit_event(slow, make_event(project, at_s(2))));
    must(append_audit_batch(database.audit, {{make_event(project, at_s(3)), {}}}));
    sequence_all(database);
    BOOST_TEST(positions(database).size() == 1);
    must(slow.commit());
    sequence_all(database);
    BOOST_TEST(positions(database).size() == 3);
    check_gapless(database);
}

BOOST_AUTO_TEST_CASE(a_rolled_back_writer_leaves_no_gap)
{
    Database database;
    const ProjectId project = database.make_project("a");
    {
        auto undone = database.in(project);
        must(insert_audit_event(undone, make_event(project, at_s(1))));
    }
    must(append_audit_batch(database.audit, {{make_event(project, at_s(2)), {}}}));
    sequence_all(database);
    BOOST_TEST(positions(database).size() == 1);
    check_gapless(database);
}

BOOST_AUTO_TEST_CASE(a_transaction_larger_than_the_limit_does_not_stop_it)
{
    Database database;
    const ProjectId project = database.make_project("a");
    for (int batch = 0; batch < 3; ++batch) {
        std::vector<AuditEntry> entries;
        for (int i = 0; i < 20; ++i) {
            entries.push_back({make_event(project, at_s(batch * 100 + i)), {}});
        }
        must(append_audit_batch(database.audit, entries));
    }
    BOOST_TEST(must(sequence_audit_events(database.system, 7)) == 20U);
    sequence_all(database, 7);
    BOOST_TEST(positions(database).size() == 60);
    check_gapless(database);
}

BOOST_AUTO_TEST_CASE(a_second_sequencer_stands_aside)
{
    Database database;
    must(append_audit_batch(database.audit, {{make_event(ProjectId{}, at_s(1)), {}}}));
    auto other = database.connect("tessera_system");
    pqxx::nontransaction work{other};
    work.exec("BEGIN; SELECT pg_advisory_xact_lock(7236828342)");
    BOOST_TEST(must(sequence_audit_events(database.system, 10)) == 0U);
    work.exec("ROLLBACK");
    BOOST_TEST(must(sequence_audit_events(database.system, 10)) == 1U);
}

BOOST_AUTO_TEST_CASE(after_a_restore_into_a_younger_cluster_it_goes_on)
{
    Database database;
    const ProjectId project = database.make_project("a");
    must(append_audit_batch(database.audit, {{make_event(project, at_s(1)), {}}}));
    sequence_all(database);
    // What a restored dump looks like: the line and the last events are ahead of this cluster's transactions.
    must(append_audit_batch(database.audit, {{make_event(project, at_s(2)), {}}}));
    database.query(
        "UPDATE tessera.audit_sequencer SET next_xid = '1000000000'; "
        "UPDATE tessera.audit_events SET writer_xid = '1000000001' WHERE occurred > to_timestamp(1)");
    must(append_audit_batch(database.audit, {{make_event(project, at_s(3)), {}}}));
    sequence_all(database);
    check_gapless(database);
    must(append_audit_batch(database.audit, {{make_event(project, at_s(4)), {}}}));
    sequence_all(database);
    BOOST_TEST(positions(database).size() == 4);
    check_gapless(database);
}

// Several writers, some with open transactions, several sequencers, and backends killed at random.
BOOST_AUTO_TEST_CASE(positions_stay_gapless_and_final_under_writers_sequencers_and_kills)
{
    Database database;
    std::vector<ProjectId> projects;
    for (int i = 0; i < 3; ++i) {
        projects.push_back(database.make_project(fmt::format("p{}", i)));
    }
    std::atomic<bool> stop = false;
    std::atomic<int> acknowledged = 0;
    // What may be written between two kills: without a bound, writers add the more the longer the positions take to read.
    constexpr int rounds_a_kill = 60;
    std::counting_semaphore<> rounds{0};
    constexpr int writers = 4;
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&, writer] {
            std::mt19937 dice(writer);
            for (int i = 0; rounds.acquire(), !stop; ++i) {
                const ProjectId project = projects[dice() % projects.size()];
                if (writer % 2 == 0) {
                    std::vector<AuditEntry> entries;
                    for (int k = 0; k < 5; ++k) {
                        entries.push_back({make_event(projects[dice() % projects.size()], at_s(i)), {}});
                    }
                    if (append_audit_batch(database.audit, entries)) {
                        acknowledged += 5;
                    }
                } else if (auto transaction = Transaction::begin(database.app, RealmScope{project})) {
                    if (insert_audit_event(transaction.value(), make_event(project, at_s(i)))
                        && dice() % 3 != 0 && find_project(transaction.value(), project)
                        && transaction.value().commit()) {
                        ++acknowledged;
                    }
                }
            }
        });
    }
    for (int front = 0; front < 2; ++front) {
        threads.emplace_back([&] {
            while (!stop) {
                static_cast<void>(sequence_audit_events(database.system, 10));
            }
        });
    }
    Positions seen;
    bool moved = false;
    for (int kill = 0; kill < 25; ++kill) {
        rounds.release(rounds_a_kill);
        database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'tessera_%' "
            "AND datname = current_database() AND random() < 0.3");
        for (const auto& [place, event] : positions(database)) {
            const auto [was, fresh] = seen.emplace(place, event);
            moved = moved || was->second != event;
        }
    }
    stop = true;
    rounds.release(writers);
    threads.clear();
    BOOST_TEST(!moved);
    sequence_all(database);
    check_gapless(database);
    const Positions last = positions(database);
    BOOST_TEST(static_cast<int>(last.size()) >= acknowledged.load());
    BOOST_TEST(std::includes(last.begin(), last.end(), seen.begin(), seen.end()));
    BOOST_TEST(acknowledged > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
