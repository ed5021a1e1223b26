// Walks the catalog: what a forgotten line in a migration would leave open.
#include <algorithm>

#include "storage/repositories/statements.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

// Tables without rows of a tenant.
constexpr const char* not_tenant = "('migrations', 'audit_sequencer')";

// Whole-table privileges by role; column privileges are told by their count.
const std::vector<std::string> privileges = {
    "tessera_app audit_events SELECT",
    "tessera_app audit_positions SELECT",
    "tessera_app audit_sequencer SELECT",
    "tessera_app authorization_codes INSERT,SELECT",
    "tessera_app authorization_requests INSERT,SELECT",
    "tessera_app client_access DELETE,INSERT,SELECT",
    "tessera_app client_access_scopes DELETE,INSERT,SELECT",
    "tessera_app client_secrets DELETE,INSERT,SELECT",
    "tessera_app clients DELETE,INSERT,SELECT",
    "tessera_app email_codes DELETE,INSERT,SELECT",
    "tessera_app grant_scopes DELETE,INSERT,SELECT",
    "tessera_app grants DELETE,INSERT,SELECT",
    "tessera_app initial_access_tokens DELETE,INSERT,SELECT",
    "tessera_app login_flows INSERT,SELECT",
    "tessera_app logout_deliveries INSERT,SELECT",
    "tessera_app mail_outbox INSERT,SELECT",
    "tessera_app migrations SELECT",
    "tessera_app once_values INSERT,SELECT",
    "tessera_app organization_domains DELETE,INSERT,SELECT",
    "tessera_app organization_google_hosted_domains DELETE,INSERT,SELECT",
    "tessera_app organization_microsoft_tenant_ids DELETE,INSERT,SELECT",
    "tessera_app organizations DELETE,INSERT,SELECT",
    "tessera_app passkeys DELETE,INSERT,SELECT",
    "tessera_app project_branding DELETE,INSERT,SELECT",
    "tessera_app projects SELECT",
    "tessera_app rate_counters DELETE,INSERT,SELECT",
    "tessera_app refresh_tokens INSERT,SELECT",
    "tessera_app resource_scopes DELETE,INSERT,SELECT",
    "tessera_app resources DELETE,INSERT,SELECT",
    "tessera_app revoked_access_tokens INSERT,SELECT",
    "tessera_app session_clients INSERT,SELECT",
    "tessera_app sessions INSERT,SELECT",
    "tessera_app token_families INSERT,SELECT",
    "tessera_app user_authenticator_apps DELETE,INSERT,SELECT",
    "tessera_app user_devices INSERT,SELECT",
    "tessera_app user_invites DELETE,INSERT,SELECT",
    "tessera_app user_passwords DELETE,INSERT,SELECT",
    "tessera_app user_recovery_codes DELETE,INSERT,SELECT",
    "tessera_app users DELETE,INSERT,SELECT",
    "tessera_audit migrations SELECT",
    "tessera_audit once_values INSERT",
    "tessera_system audit_events DELETE,SELECT",
    "tessera_system audit_heads INSERT,SELECT,UPDATE",
    "tessera_system audit_positions DELETE,INSERT,SELECT",
    "tessera_system audit_sequencer SELECT,UPDATE",
    "tessera_system authorization_codes DELETE,SELECT",
    "tessera_system authorization_requests DELETE,SELECT",
    "tessera_system initial_access_tokens DELETE,SELECT",
    "tessera_system login_flows DELETE,SELECT",
    "tessera_system logout_deliveries DELETE,SELECT",
    "tessera_system mail_outbox DELETE,SELECT",
    "tessera_system migrations SELECT",
    "tessera_system once_values DELETE,SELECT",
    "tessera_system organizations INSERT",
    "tessera_system projects INSERT,SELECT",
    "tessera_system rate_counters DELETE,SELECT",
    "tessera_system refresh_tokens DELETE,SELECT",
    "tessera_system revoked_access_tokens DELETE,SELECT",
    "tessera_system sessions DELETE,SELECT",
    "tessera_system token_families DELETE,SELECT",
    "tessera_system user_invites DELETE,SELECT",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog)

BOOST_AUTO_TEST_CASE(every_tenant_table_has_forced_row_security_and_the_realm_policy)
{
    Database database;
    const auto tables = database.query(
        std::string{
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, "
            "(SELECT string_agg(pg_get_expr(p.polqual, p.polrelid), ',') FROM pg_policy p WHERE p.polrelid = "
            "c.oid "
            " AND p.polname = 'realm' AND p.polcmd = '*' AND p.polroles = '{0}' AND p.polwithcheck IS NULL), "
            "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'project_id' "
            " AND a.attnotnull) "
            "FROM pg_class c WHERE c.relnamespace = 'tessera'::regnamespace AND c.relkind IN ('r', 'p') "
            "AND c.relname NOT IN "}
        + not_tenant + " ORDER BY 1");
    BOOST_TEST(tables.size() >= 38);
    for (const auto& row : tables) {
        BOOST_TEST_CONTEXT(row[0].c_str())
        {
            BOOST_TEST(row[1].as<bool>());
            BOOST_TEST(row[2].as<bool>());
            BOOST_TEST(std::string{row[3].c_str()} == "(project_id = tessera.current_project())");
            BOOST_TEST(row[4].as<bool>());
        }
    }
}

BOOST_AUTO_TEST_CASE(policies_beyond_the_realm_are_these_and_no_others)
{
    Database database;
    const auto policies = database.query("SELECT tablename || ' ' || policyname || ' ' || cmd || ' ' || "
                                         "array_to_string(roles, ',') FROM pg_policies "
                                         "WHERE schemaname = 'tessera' AND policyname <> 'realm' ORDER BY 1");
    std::vector<std::string> found;
    for (const auto& row : policies) {
        found.emplace_back(row[0].c_str());
    }
    const std::vector<std::string> expected = {
        "audit_events audit INSERT tessera_audit",
        "audit_events retention DELETE tessera_system",
        "audit_events system ALL tessera_system",
        "audit_heads system ALL tessera_system",
        "audit_positions retention DELETE tessera_system",
        "audit_positions system ALL tessera_system",
        "authorization_codes system ALL tessera_system",
        "authorization_requests system ALL tessera_system",
        "initial_access_tokens system ALL tessera_system",
        "login_flows system ALL tessera_system",
        "logout_deliveries system ALL tessera_system",
        "mail_outbox system ALL tessera_system",
        "once_values audit ALL tessera_audit",
        "once_values system ALL tessera_system",
        "organizations system INSERT tessera_system",
        "projects system ALL tessera_system",
        "rate_counters system ALL tessera_system",
        "refresh_tokens system ALL tessera_system",
        "revoked_access_tokens system ALL tessera_system",
        "sessions system ALL tessera_system",
        "token_families system ALL tessera_system",
        "user_invites system ALL tessera_system",
    };
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_reference_between_tenant_tables_carries_the_project)
{
    Database database;
    const auto keys = database.query(
        "SELECT k.conname, (SELECT count(*) FROM unnest(k.conkey, k.confkey) AS pair(own, other) "
        "  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own AND a.attname = "
        "'project_id' "
        "  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.other AND b.attname = "
        "'project_id') "
        "FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'tessera'::regnamespace");
    BOOST_TEST(keys.size() >= 37);
    for (const auto& row : keys) {
        BOOST_TEST_CONTEXT(row[0].c_str()) { BOOST_TEST(row[1].as<int>() == 1); }
    }
}

// A value that only one row of all realms may have tells one realm about another. A slug is only written
// across realms, and a vault domain is a public name.
BOOST_AUTO_TEST_CASE(every_unique_key_begins_with_the_project)
{
    Database database;
    const auto indexes = database.query(
        std::string{
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "JOIN pg_class t ON t.oid = i.indrelid "
            "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] "
            "WHERE i.indisunique AND t.relnamespace = 'tessera'::regnamespace AND a.attname <> 'project_id' "
            "AND t.relname NOT IN "}
        + not_tenant + " ORDER BY 1");
    BOOST_REQUIRE(indexes.size() == 2);
    BOOST_TEST(indexes[0][0].c_str() == std::string{"projects_slug_key"});
    BOOST_TEST(indexes[1][0].c_str() == std::string{"projects_vault_domain_key"});
}

// Under row-level security PostgreSQL looks nothing up by what a function makes of a column unless it is leakproof, which lower()
// is not: the whole realm would be read (docs/adr/0109-what-is-looked-up-is-a-column.md).
BOOST_AUTO_TEST_CASE(no_statement_looks_up_what_a_function_makes_of_a_column)
{
    for (const Statement& statement : all_statements()) {
        const std::string_view sql = statement.sql;
        for (std::size_t at = sql.find("lower("); at != std::string_view::npos;
             at = sql.find("lower(", at + 1)) {
            BOOST_TEST(sql.substr(at, 7) == "lower($", statement.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_index_is_over_an_expression)
{
    Database database;
    const auto indexes =
        database.query("SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid "
                       "WHERE t.relnamespace = 'tessera'::regnamespace AND i.indexprs IS NOT NULL");
    BOOST_TEST(indexes.empty());
}

BOOST_AUTO_TEST_CASE(an_address_is_looked_up_by_its_index_whatever_the_size_of_the_realm)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const OrganizationId organization = database.make_organization(project);
    database.query(
        "INSERT INTO tessera.users (project_id, user_id, organization_id, email) SELECT '"
        + to_string(project.uuid) + "', gen_random_uuid(), '" + to_string(organization.uuid)
        + "', 'User' || n || '@example.com' FROM generate_series(1, 5000) AS n; ANALYZE tessera.users");
    auto connection = database.connect("tessera_app");
    pqxx::nontransaction work{connection};
    work.exec("SELECT set_config('tessera.project_id', '" + to_string(project.uuid) + "', false)");
    const auto& statements = user_statements();
    const auto statement = std::ranges::find_if(statements, [](const Statement& each) {
        return std::string_view{each.name} == "users.find_by_email";
    });
    BOOST_REQUIRE((statement != statements.end()));
    work.exec("PREPARE looked_up AS " + std::string{statement->sql});
    std::string plan;
    for (const auto& row : work.exec("EXPLAIN EXECUTE looked_up ('user7@EXAMPLE.com', 10)")) {
        plan += std::string{row[0].c_str()} + '\n';
    }
    BOOST_TEST(plan.find("users_address_idx") != std::string::npos, plan);
    BOOST_TEST(plan.find("Index Cond: ((project_id = ") != std::string::npos, plan);
    BOOST_TEST(plan.find("(folded_email = ") != std::string::npos, plan);
}

BOOST_AUTO_TEST_CASE(privileges_are_these_and_no_others)
{
    Database database;
    const auto rows = database.query("SELECT grantee || ' ' || table_name || ' ' || "
                                     "string_agg(privilege_type, ',' ORDER BY privilege_type) "
                                     "FROM information_schema.role_table_grants WHERE table_schema = "
                                     "'tessera' AND grantee <> 'tessera_owner' "
                                     "GROUP BY grantee, table_name ORDER BY 1");
    std::vector<std::string> found;
    for (const auto& row : rows) {
        found.emplace_back(row[0].c_str());
    }
    BOOST_TEST(found == privileges, boost::test_tools::per_element());
    const auto frozen = database.query(
        "SELECT count(*) FROM information_schema.column_privileges WHERE table_schema = 'tessera' "
        "AND grantee <> 'tessera_owner' AND privilege_type = 'UPDATE' AND (table_name LIKE ANY (ARRAY["
        "'projects', 'client%', 'resource%', 'audit_events', 'organization%', 'users', 'user_invites', "
        "'sessions', 'token_families', 'authorization_codes', 'grants', 'passkeys']) AND column_name IN ("
        "'project_id', 'slug', 'uri', 'normalized_uri', 'digest', 'create_time', 'client_id', 'resource_id', "
        "'client_secret_id', 'event_id', 'organization_id', 'user_id', 'invite_id', 'session_id', "
        "'family_id', 'grant_id', 'passkey_id', 'credential_id', 'public_key', 'pairwise_salt', "
        "'sole_organization_id', 'google_user_id', 'microsoft_user_id', 'github_user_id') "
        "OR table_name = 'resource_scopes' AND column_name = 'name')");
    BOOST_TEST(frozen[0][0].as<int>() == 0);
    const auto audit_reads =
        database.query("SELECT table_name || '.' || column_name FROM information_schema.column_privileges "
                       "WHERE grantee = 'tessera_audit' "
                       "AND privilege_type = 'SELECT' AND table_name <> 'migrations' ORDER BY 1");
    BOOST_REQUIRE(audit_reads.size() == 3);
}

BOOST_AUTO_TEST_CASE(no_role_of_ours_bypasses_row_security_or_owns_what_it_uses)
{
    Database database;
    const auto roles = database.query(
        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'tessera%' AND (rolbypassrls OR rolsuper)");
    BOOST_TEST(roles[0][0].as<int>() == 0);
    const auto owned =
        database.query("SELECT count(*) FROM pg_class WHERE relnamespace = 'tessera'::regnamespace "
                       "AND relowner <> 'tessera_owner'::regrole");
    BOOST_TEST(owned[0][0].as<int>() == 0);
    const auto members =
        database.query("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
                       "WHERE r.rolname IN ('tessera_app', 'tessera_system', 'tessera_audit')");
    BOOST_TEST(members[0][0].as<int>() == 0);
}

BOOST_AUTO_TEST_CASE(every_statement_prepares_as_its_role_and_plans)
{
    Database database;
    const auto statements = all_statements();
    BOOST_TEST(statements.size() > 100);
    for (const Statement& statement : statements) {
        BOOST_TEST_CONTEXT(statement.name)
        {
            auto connection = database.connect(statement.role);
            pqxx::nontransaction work{connection};
            connection.prepare(statement.name, statement.sql);
            BOOST_CHECK_NO_THROW(connection.prepare_now(statement.name));
            // Privileges are looked at when a statement runs; EXPLAIN of a generic plan does so without
            // running it.
            const auto parameters = work.exec("SELECT coalesce(array_length(parameter_types, 1), 0) "
                                              "FROM pg_prepared_statements WHERE from_sql = false")[0][0]
                                        .as<int>();
            std::string nulls;
            for (int i = 0; i < parameters; ++i) {
                nulls += nulls.empty() ? "(NULL" : ", NULL";
            }
            work.exec("SET plan_cache_mode = force_generic_plan");
            BOOST_CHECK_NO_THROW(work.exec("EXPLAIN EXECUTE \"" + std::string{statement.name} + "\" "
                                           + (nulls.empty() ? "" : nulls + ")")));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_system_role_deletes_only_what_its_realms_retention_let_go)
{
    Database database;
    const ProjectId project = database.make_project("acme");  // 400 days
    const Instant now = SystemClock{}.now();
    must(append_audit_batch(database.audit, {{make_event(project, at_s(1)), {}},
                                             {make_event(project, now), {}},
                                             {make_event(ProjectId{}, at_s(1)), {}}}));
    must(sequence_audit_events(database.system, 100));
    auto connection = database.connect("tessera_system");
    pqxx::nontransaction work{connection};
    BOOST_TEST(work.exec("DELETE FROM tessera.audit_positions").affected_rows() == 1U);
    BOOST_TEST(work.exec("DELETE FROM tessera.audit_events").affected_rows() == 1U);
    BOOST_TEST(database.query("SELECT 1 FROM tessera.audit_events").size() == 2U);
}

BOOST_AUTO_TEST_CASE(audit_rows_cannot_change)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    must(append_audit_batch(database.audit, {{make_event(project, at_s(1)), {}}}));
    for (const char* role : {"tessera_app", "tessera_audit", "tessera_system"}) {
        auto connection = database.connect(role);
        pqxx::nontransaction work{connection};
        BOOST_CHECK_THROW(work.exec("UPDATE tessera.audit_events SET type = 'x'"),
                          pqxx::insufficient_privilege);
        BOOST_CHECK_THROW(work.exec("TRUNCATE tessera.audit_events"), pqxx::insufficient_privilege);
        const std::string chosen_xid = "INSERT INTO tessera.audit_events (project_id, writer_xid) VALUES ('"
                                       + to_string(project.uuid) + "', '1')";
        BOOST_CHECK_THROW(work.exec(chosen_xid), pqxx::insufficient_privilege);
        if (std::string{role} != "tessera_system") {
            BOOST_CHECK_THROW(work.exec("DELETE FROM tessera.audit_events"), pqxx::insufficient_privilege);
        }
        if (std::string{role} == "tessera_audit") {
            BOOST_CHECK_THROW(work.exec("SELECT 1 FROM tessera.audit_events"), pqxx::insufficient_privilege);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
