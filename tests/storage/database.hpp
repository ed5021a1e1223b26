// A fresh, migrated database for one test case, its pools, and short cuts to rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include "storage/pool.hpp"
#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/clients.hpp"
#include "storage/repositories/invites.hpp"
#include "storage/repositories/organizations.hpp"
#include "storage/repositories/projects.hpp"
#include "storage/repositories/resources.hpp"
#include "storage/repositories/users.hpp"
#include "storage/transaction.hpp"
#include "tests/storage/cluster.hpp"

namespace tessera::tests {

// An empty database of tessera_owner, dropped at the end.
class EmptyDatabase {
public:
    explicit EmptyDatabase(const std::string& from = "template1");
    ~EmptyDatabase();
    EmptyDatabase(const EmptyDatabase&) = delete;
    EmptyDatabase& operator=(const EmptyDatabase&) = delete;

    const std::string& name() const { return name_; }
    std::string url() const { return Cluster::instance().url(name_); }
    std::string owner_url() const { return url() + " user=tessera_owner"; }
    pqxx::connection connect(const std::string& role) const
    {
        return pqxx::connection{url() + " user=" + role};
    }
    // As a superuser, whom row-level security does not bind.
    pqxx::result query(const std::string& sql) const;

private:
    std::string name_;
};

// A migrated one.
struct Database : EmptyDatabase {
    Database();

    storage::Pool app;
    storage::Pool system;
    storage::Pool audit;

    storage::PoolOptions options(const std::string& role) const;
    storage::Transaction in(ProjectId project);
    storage::Transaction across();

    ProjectId make_project(const std::string& slug,
                           const storage::ProjectSettings& settings = named("A project"));
    ClientId make_client(ProjectId project);
    // With scopes "read" and "write".
    ResourceId make_resource(ProjectId project, const std::string& uri = "https://api.example.com/");

    OrganizationId make_organization(ProjectId project, const std::string& name = "An organization");
    UserId make_user(ProjectId project, OrganizationId organization, const std::string& email);
    UserId make_owner(ProjectId project, OrganizationId organization, const std::string& email);

    static storage::ProjectSettings named(const std::string& name);
};

storage::AuditRow make_event(ProjectId project, Instant occurred, const std::string& type = "test.happened");
Instant at_s(std::int64_t unix_s);

// The value of a Result, or a failed test that says why.
template <class ResultType>
auto must(ResultType&& result)
{
    if (!result) {
        BOOST_FAIL("store error " << static_cast<int>(result.error().fault) << " "
                                  << result.error().constraint << " " << result.error().detail);
    }
    if constexpr (!std::is_void_v<typename std::decay_t<ResultType>::value_type>) {
        return std::move(result).value();
    }
}

}  // namespace tessera::tests

namespace tessera::storage {

inline std::ostream& operator<<(std::ostream& out, StoreFault fault)
{
    return out << static_cast<int>(fault);
}
inline std::ostream& operator<<(std::ostream& out, Appended appended)
{
    return out << static_cast<int>(appended);
}

}  // namespace tessera::storage
