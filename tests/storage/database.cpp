#include "tests/storage/database.hpp"

#include <atomic>

#include <fmt/format.h>

#include "storage/migrate.hpp"

namespace tessera::tests {

namespace {

std::string fresh_name()
{
    static std::atomic<int> count = 0;
    return fmt::format("t{}", ++count);
}

// Migrated once a run; each test copies it.
const std::string& migrated_template()
{
    static const std::string name = [] {
        Cluster& cluster = Cluster::instance();
        cluster.execute("postgres", "CREATE DATABASE migrated OWNER tessera_owner");
        must(storage::migrate(cluster.url("migrated") + " user=tessera_owner"));
        return std::string{"migrated"};
    }();
    return name;
}

}  // namespace

EmptyDatabase::EmptyDatabase(const std::string& from) : name_(fresh_name())
{
    Cluster::instance().execute(
        "postgres", fmt::format("CREATE DATABASE {} OWNER tessera_owner TEMPLATE {}", name_, from));
}

EmptyDatabase::~EmptyDatabase()
{
    try {
        Cluster::instance().execute("postgres", fmt::format("DROP DATABASE {} WITH (FORCE)", name_));
    } catch (const std::exception& error) {
        fmt::print(stderr, "{} was left behind: {}\n", name_, error.what());
    }
}

pqxx::result EmptyDatabase::query(const std::string& sql) const
{
    auto connection = connect("postgres");
    pqxx::nontransaction work{connection};
    return work.exec(sql);
}

Database::Database()
    : EmptyDatabase(migrated_template()),
      app(options("tessera_app")),
      system(options("tessera_system")),
      audit(options("tessera_audit"))
{
}

storage::PoolOptions Database::options(const std::string& role) const
{
    storage::PoolOptions options;
    options.database_url = url();
    options.role = role;
    options.connections_max = 24;
    return options;
}

storage::Transaction Database::in(ProjectId project)
{
    return must(storage::Transaction::begin(app, storage::RealmScope{project}));
}

storage::Transaction Database::across()
{
    return must(storage::Transaction::begin(system, storage::SystemScope{"a test"}));
}

storage::ProjectSettings Database::named(const std::string& name)
{
    storage::ProjectSettings settings;
    settings.display_name = name;
    return settings;
}

ProjectId Database::make_project(const std::string& slug, const storage::ProjectSettings& settings)
{
    auto transaction = across();
    const auto project = must(
        storage::insert_project(transaction, ProjectId::random(), slug, settings, KeyringId::random(), {}));
    must(transaction.commit());
    return project.id;
}

ClientId Database::make_client(ProjectId project)
{
    auto transaction = in(project);
    storage::ClientSettings settings;
    settings.display_name = "A client";
    const auto client = must(storage::insert_client(transaction, project, ClientId::random(), settings));
    must(transaction.commit());
    return client.id;
}

ResourceId Database::make_resource(ProjectId project, const std::string& uri)
{
    auto transaction = in(project);
    const auto id = ResourceId::random();
    must(storage::insert_resource(transaction, project, id, uri, uri, "An API"));
    must(storage::put_scope(transaction, project, id, {"read", "Read"}));
    must(storage::put_scope(transaction, project, id, {"write", "Write"}));
    must(transaction.commit());
    return id;
}

OrganizationId Database::make_organization(ProjectId project, const std::string& name)
{
    auto transaction = in(project);
    storage::OrganizationSettings settings;
    settings.display_name = name;
    const auto id = OrganizationId::random();
    must(storage::insert_organization(transaction, project, id, settings));
    must(transaction.commit());
    return id;
}

namespace {

UserId insert(Database& database, ProjectId project, OrganizationId organization,
              const storage::UserSettings& settings)
{
    auto transaction = database.in(project);
    const auto id = UserId::random();
    must(storage::insert_user(transaction, project, id, organization, settings, storage::EmailProof::none));
    must(transaction.commit());
    return id;
}

}  // namespace

UserId Database::make_user(ProjectId project, OrganizationId organization, const std::string& email)
{
    storage::UserSettings settings;
    settings.email = email;
    return insert(*this, project, organization, settings);
}

UserId Database::make_owner(ProjectId project, OrganizationId organization, const std::string& email)
{
    storage::UserSettings settings;
    settings.email = email;
    settings.owner = true;
    return insert(*this, project, organization, settings);
}

storage::AuditRow make_event(ProjectId project, Instant occurred, const std::string& type)
{
    storage::AuditRow row;
    row.id = AuditEventId::at(occurred);
    row.project = project;
    row.occurred = occurred;
    row.type = type;
    row.result = "success";
    row.principal_kind = "client";
    row.principal_id = "client_0";
    row.act_chain = "[]";
    row.body = "{}";
    return row;
}

Instant at_s(std::int64_t unix_s) { return from_unix_s(unix_s); }

}  // namespace tessera::tests
