// SR-10: a realm's transaction against another realm's rows, for every table the catalog knows.
#include <fmt/format.h>

#include "tests/storage/database.hpp"
#include "tests/storage/people_rows.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

enum class Outcome { done, denied, no_reference, already_there };

// Two realms with rows in every tenant table.
struct TwoRealms : Database {
    ProjectId a = make_full("a");
    ProjectId b = make_full("b");

    ProjectId make_full(const std::string& slug)
    {
        ProjectSettings settings = named(slug);
        const ProjectId project = make_project(slug, settings);
        const ResourceId resource = make_resource(project);
        auto transaction = in(project);
        ClientSettings client;
        client.display_name = "A client";
        client.default_resource = resource;
        const ClientId id = ClientId::random();
        must(insert_client(transaction, project, id, client));
        must(insert_client_secret(transaction, project, id, ClientSecretId::random(), sha256("s"), "hint",
                                  {}));
        must(set_client_access(transaction, project, id, resource, {"read"}, true));
        must(transaction.commit());
        insert_people_rows(*this, project, id);
        const OnceValue once{project, "jti", sha256("once"), at_s(4'000'000'000)};
        must(append_audit_batch(audit, {{make_event(project, at_s(1)), once}}));
        must(sequence_audit_events(system, 100));
        return project;
    }

    std::vector<std::string> tenant_tables() const
    {
        std::vector<std::string> tables;
        for (const auto& row :
             query("SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                   "WHERE a.attname = 'project_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
                   "AND c.relnamespace = 'tessera'::regnamespace ORDER BY 1")) {
            tables.emplace_back(row[0].c_str());
        }
        return tables;
    }

    // Runs `sql` as the application in realm `realm` (empty = none) and rolls back.
    Outcome attempt(const std::string& realm, const std::string& sql, pqxx::result* result = nullptr) const
    {
        auto connection = connect("tessera_app");
        pqxx::nontransaction work{connection};
        work.exec("BEGIN; SELECT set_config('tessera.project_id', '" + realm + "', true)");
        try {
            const auto rows = work.exec(sql);
            if (result != nullptr) {
                *result = rows;
            }
            return Outcome::done;
        } catch (const pqxx::insufficient_privilege&) {
            return Outcome::denied;
        } catch (const pqxx::foreign_key_violation&) {
            return Outcome::no_reference;
        } catch (const pqxx::unique_violation&) {
            return Outcome::already_there;
        }
    }

    std::int64_t rows_of(const std::string& table, ProjectId project) const
    {
        return query(fmt::format("SELECT count(*) FROM tessera.{} WHERE project_id = '{}'", table,
                                 to_string(project.uuid)))[0][0]
            .as<std::int64_t>();
    }

    // INSERT of a copy of one of `from`'s rows as `as`'s.
    std::string copy(const std::string& table, ProjectId from, ProjectId as) const
    {
        const auto row = query(fmt::format("SELECT quote_literal(to_jsonb(t) || '{{\"project_id\": "
                                           "\"{}\"}}') FROM tessera.{} t WHERE project_id = '{}' LIMIT 1",
                                           to_string(as.uuid), table, to_string(from.uuid)));
        // What the database computes is written by nobody.
        const auto columns = query(
            fmt::format("SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = "
                        "'tessera.{}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                        table));
        return fmt::format(
            "INSERT INTO tessera.{0} ({1}) SELECT {1} FROM jsonb_populate_record(NULL::tessera.{0}, {2})",
            table, columns.at(0)[0].c_str(), row.at(0)[0].c_str());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(isolation, TwoRealms)

BOOST_AUTO_TEST_CASE(the_matrix_has_rows_of_both_realms_in_every_table)
{
    BOOST_TEST(tenant_tables().size() >= 38);
    for (const std::string& table : tenant_tables()) {
        BOOST_TEST_CONTEXT(table)
        {
            BOOST_TEST(rows_of(table, a) > 0);
            BOOST_TEST(rows_of(table, b) > 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_realm_reads_and_counts_its_own_rows_only)
{
    for (const std::string& table : tenant_tables()) {
        BOOST_TEST_CONTEXT(table)
        {
            pqxx::result result;
            const std::string count = "SELECT count(*), count(*) FILTER (WHERE project_id = '"
                                      + to_string(b.uuid) + "') FROM tessera." + table;
            if (attempt(to_string(a.uuid), count, &result) == Outcome::done) {
                BOOST_TEST(result[0][0].as<std::int64_t>() == rows_of(table, a));
                BOOST_TEST(result[0][1].as<std::int64_t>() == 0);
                BOOST_TEST((attempt("", count, &result) == Outcome::done));
                BOOST_TEST(result[0][0].as<std::int64_t>() == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_write_without_where_touches_its_own_rows_only)
{
    for (const std::string& table : tenant_tables()) {
        BOOST_TEST_CONTEXT(table)
        {
            pqxx::result result;
            if (attempt(to_string(a.uuid), "DELETE FROM tessera." + table, &result) == Outcome::done) {
                BOOST_TEST(static_cast<std::int64_t>(result.affected_rows()) == rows_of(table, a));
            }
            for (const auto& column :
                 query("SELECT column_name FROM information_schema.column_privileges WHERE "
                       "grantee = 'tessera_app' AND privilege_type = 'UPDATE' AND table_name = '"
                       + table + "'")) {
                const std::string name = column[0].c_str();
                BOOST_TEST((attempt(to_string(a.uuid),
                                    fmt::format("UPDATE tessera.{} SET {} = {}", table, name, name), &result)
                            == Outcome::done));
                BOOST_TEST(static_cast<std::int64_t>(result.affected_rows()) == rows_of(table, a));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_row_of_another_realm_cannot_be_written)
{
    for (const std::string& table : tenant_tables()) {
        BOOST_TEST_CONTEXT(table)
        {
            BOOST_TEST((attempt(to_string(a.uuid), copy(table, a, b)) == Outcome::denied));
        }
    }
}

// The other realm's row, claimed as one's own: it refers to what is not in this realm, or it goes in. It is
// never told that the row exists elsewhere.
BOOST_AUTO_TEST_CASE(another_realms_ids_can_neither_be_referred_to_nor_noticed)
{
    int refused = 0;
    for (const std::string& table : tenant_tables()) {
        if (table == "projects") {
            continue;  // the application inserts none
        }
        BOOST_TEST_CONTEXT(table)
        {
            // A row that both realms have alike would meet its own twin.
            if (table == "once_values" || table == "resources" || table == "audit_heads"
                || table == "audit_positions" || table == "project_branding") {
                continue;
            }
            const Outcome outcome = attempt(to_string(a.uuid), copy(table, b, a));
            BOOST_TEST(
                (outcome == Outcome::done || outcome == Outcome::no_reference || outcome == Outcome::denied));
            refused += outcome == Outcome::no_reference;
        }
    }
    // Of resources, clients, organizations, users, their sessions and what is issued in them: all that names a row but the
    // project's own.
    BOOST_TEST(refused == 26);
}

BOOST_AUTO_TEST_CASE(the_same_once_value_and_uri_live_in_both_realms)
{
    BOOST_TEST(rows_of("once_values", a) == 1);
    BOOST_TEST(rows_of("once_values", b) == 1);
    BOOST_TEST(rows_of("resources", b) == 1);
}

BOOST_AUTO_TEST_CASE(the_repositories_find_nothing_of_another_realm)
{
    const auto client_b =
        query("SELECT client_id FROM tessera.clients WHERE project_id = '" + to_string(b.uuid) + "'");
    const ClientId id{*parse_uuid(client_b[0][0].c_str())};
    auto transaction = in(a);
    BOOST_TEST(!must(find_client(transaction, id)));
    BOOST_TEST(!must(delete_client(transaction, id)));
    BOOST_TEST(!must(set_client_disabled(transaction, id, true)));
    BOOST_TEST(!must(find_project(transaction, b)));
    BOOST_TEST(!must(set_project_disabled(transaction, b, true)));
    BOOST_TEST(must(list_clients(transaction, ClientId{}, 10)).size() == 1);
    BOOST_TEST(must(list_audit_events(transaction, {}, {}, 10)).size() == 1);
    BOOST_TEST(!insert_audit_event(transaction, make_event(b, at_s(1))));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
