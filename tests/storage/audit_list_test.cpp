#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

struct Trail : Database {
    ProjectId project = make_project("acme");

    void append(Instant occurred, const std::function<void(AuditRow&)>& change = [](AuditRow&) {})
    {
        AuditRow row = make_event(project, occurred);
        change(row);
        must(append_audit_batch(audit, {{row, {}}}));
    }
    void sequence()
    {
        while (must(sequence_audit_events(system, 1'000)) > 0) {}
    }
    std::vector<PositionedAuditRow> list(const AuditFilter& filter, AuditCursor after = {},
                                         std::size_t limit = 100)
    {
        auto transaction = in(project);
        return must(list_audit_events(transaction, filter, after, limit));
    }
    // Every page of `limit`, as seconds of occurrence.
    std::vector<std::int64_t>
    pages(const AuditFilter& filter, std::size_t limit, const std::function<void()>& between = [] {})
    {
        std::vector<std::int64_t> seconds;
        AuditCursor after;
        for (auto page = list(filter, after, limit); !page.empty(); page = list(filter, after, limit)) {
            for (const auto& event : page) {
                seconds.push_back(to_unix_s(event.row.occurred));
            }
            after = {page.back().position, page.back().row.id};
            between();
        }
        return seconds;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_list, Trail)

BOOST_AUTO_TEST_CASE(every_column_filters)
{
    append(at_s(100));
    append(at_s(200), [](AuditRow& row) {
        row.type = "oauth.token.issued";
        row.result = "refused";
        row.principal_kind = "user";
        row.principal_id = "user_9";
        row.client_id = "client_9";
        row.session_id = "session_9";
        row.ip = "192.0.2.9";
        row.user_agent = "nine";
        row.target_kind = "resource";
        row.target_id = "resource_9";
        row.authority = "policy=operator";
        row.error_code = "invalid_client";
        row.request_id = "r9";
        row.trace_id = "t9";
    });
    const auto wanted = list({})[0].row.id;
    std::vector<AuditFilter> filters(18);
    filters[0].type = "oauth.token.issued";
    filters[1].type = "oauth.";
    filters[2].result = "refused";
    filters[3].principal_kind = "user";
    filters[4].principal_id = "user_9";
    filters[5].client_id = "client_9";
    filters[6].session_id = "session_9";
    filters[7].ip = "192.0.2.9";
    filters[8].user_agent = "nine";
    filters[9].target_kind = "resource";
    filters[10].target_id = "resource_9";
    filters[11].authority = "policy=operator";
    filters[12].error_code = "invalid_client";
    filters[13].request_id = "r9";
    filters[14].trace_id = "t9";
    filters[15].from = at_s(200);
    filters[16].before = at_s(101);
    filters[17].id = wanted;
    for (const bool sequenced : {false, true}) {
        for (std::size_t i = 0; i < filters.size(); ++i) {
            BOOST_TEST_CONTEXT("filter " << i)
            {
                const auto found = list(filters[i]);
                BOOST_REQUIRE(found.size() == 1);
                BOOST_TEST((found[0].row.id == wanted) == (i != 16));
                BOOST_TEST((found[0].position > 0) == sequenced);
            }
        }
        sequence();
    }
    AuditFilter both = filters[5];
    both.error_code = "other";
    BOOST_TEST(list(both).empty());
    AuditFilter almost;
    almost.type = "oauth.token";
    BOOST_TEST(list(almost).empty());
}

BOOST_AUTO_TEST_CASE(pages_newest_first_join_what_has_a_position_and_what_has_none)
{
    for (int second = 1; second <= 5; ++second) {
        append(at_s(second));
    }
    sequence();
    for (int second = 6; second <= 9; ++second) {
        append(at_s(second));
    }
    const std::vector<std::int64_t> expected = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    for (const std::size_t limit : {1U, 2U, 3U, 4U, 5U, 100U}) {
        BOOST_TEST(pages({}, limit) == expected, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(sequencing_between_two_pages_neither_repeats_nor_loses)
{
    for (int second = 1; second <= 9; ++second) {
        append(at_s(second));
    }
    const std::vector<std::int64_t> expected = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    BOOST_TEST(pages({}, 2, [this] { sequence(); }) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(oldest_first_follows_the_final_order)
{
    for (int second = 1; second <= 5; ++second) {
        append(at_s(second));
    }
    AuditFilter filter;
    filter.oldest_first = true;
    BOOST_TEST(list(filter).empty());
    sequence();
    int more = 5;
    const std::vector<std::int64_t> expected = {1, 2, 3, 4, 5, 6, 7};
    const auto followed = pages(filter, 2, [&] {
        if (more < 7) {
            append(at_s(++more));
            sequence();
        }
    });
    BOOST_TEST(followed == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(retention_takes_the_oldest_keeps_the_rest_without_a_gap_and_goes_on_counting)
{
    auto settings = named("Acme");
    settings.audit_retention_days = 1;
    {
        auto transaction = in(project);
        must(update_project(transaction, project, settings, 0));
        must(transaction.commit());
    }
    const ProjectId keeper = make_project("keeper");  // 400 days
    must(append_audit_batch(audit,
                            {{make_event(keeper, at_s(1)), {}}, {make_event(ProjectId{}, at_s(1)), {}}}));
    for (const int day : {1, 2, 3, 9, 4}) {
        append(at_s(day * 86'400));
        sequence();
    }
    append(at_s(1));  // old, but without a position yet
    const ProjectId teller = make_project("teller");
    std::vector<Purged> told;
    const auto purge = [&](std::size_t limit) {
        return must(purge_audit_events(system, at_s(6 * 86'400), limit, [&](const Purged& purged) {
            told.push_back(purged);
            return make_event(teller, at_s(1));
        }));
    };
    BOOST_TEST(purge(2) == 2U);
    BOOST_TEST(purge(100) == 1U);
    BOOST_TEST(purge(100) == 0U);
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST((told[0].project == project && told[0].events == 2U && told[0].last_position == 2));
    BOOST_TEST((told[1].events == 1U && told[1].last_position == 3));
    // The event of day 4 is kept behind the one of day 9.
    AuditFilter filter;
    filter.oldest_first = true;
    const std::vector<std::int64_t> left = {9 * 86'400, 4 * 86'400};
    BOOST_TEST(pages(filter, 10) == left, boost::test_tools::per_element());
    sequence();
    BOOST_TEST(list(filter).back().position == 6);
    BOOST_TEST(query("SELECT count(*) FROM tessera.audit_events WHERE project_id = '" + to_string(keeper.uuid)
                     + "'")[0][0]
                   .as<int>()
               == 1);
    BOOST_TEST(query("SELECT count(*) FROM tessera.audit_events WHERE project_id = '" + to_string(Uuid{})
                     + "'")[0][0]
                   .as<int>()
               == 1);
}

// A rare value is found by its index, not by walking the log, whatever else is in it.
BOOST_AUTO_TEST_CASE(a_page_of_a_rare_value_in_a_long_log_is_cheap)
{
    query("INSERT INTO tessera.audit_events SELECT '" + to_string(project.uuid)
          + "', gen_random_uuid(), now(), 'test.happened', 'success', 'client', 'client_1', '[]', "
            "'client_' || i % 5000, '', '', '', '', '', '', '', 'request_' || i, '', '{}' FROM "
            "generate_series(1, 20000) i");
    sequence();
    query("ANALYZE");
    AuditFilter filter;
    filter.request_id = "request_17";
    const auto reads = [this] {
        return query("SELECT sum(idx_blks_hit + heap_blks_hit + idx_blks_read + heap_blks_read) FROM "
                     "pg_statio_user_tables "
                     "WHERE relname IN ('audit_events', 'audit_positions')")[0][0]
            .as<std::int64_t>();
    };
    query("SELECT pg_stat_force_next_flush()");
    const auto before = reads();
    BOOST_TEST(list(filter).size() == 1);
    {
        auto lease = must(app.lease());  // its backend reports what it read
    }
    BOOST_TEST(reads() - before < 10'000);
    filter = {};
    filter.client_id = "client_17";
    BOOST_TEST(list(filter).size() == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
