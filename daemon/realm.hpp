// Path → realm. Nothing else decides whose request this is.
//
// One RealmDirectory per event loop, no locks: records are read on demand, kept in memory and dropped when PostgreSQL
// notifies a change (≤ 1 s). Nothing here is proportional to the number of realms but the records actually in use, and
// those are bounded (least recently used first out).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "daemon/jose/jwk.hpp"
#include "daemon/metrics.hpp"
#include "daemon/record_cache.hpp"
#include "storage/invalidations.hpp"
#include "storage/repositories/clients.hpp"
#include "storage/repositories/projects.hpp"
#include "storage/repositories/resources.hpp"
#include "storage/repositories/users.hpp"

namespace tessera {

// A realm as requests see it. Immutable; replaced as a whole when the project changes.
struct Realm {
    storage::Project project;
    std::string name;    // shown to people: the brand's where there is one, else the project's
    std::string issuer;  // "https://id.example.com/realms/acme", from configuration, never from Host
};

// A client as requests see it. Immutable, as a realm is.
struct ClientRecord : storage::ClientRecord {
    // What it registered, parsed once and not for each assertion; empty when it has none or they are of no use.
    std::vector<jose::Jwk> keys;
    std::string keys_fault;  // why they are of no use; empty otherwise
};

// shared_ptr: a request keeps the record it began with while the directory replaces it.
using RealmPtr = std::shared_ptr<const Realm>;
using ClientRecordPtr = std::shared_ptr<const ClientRecord>;
using ResourcePtr = std::shared_ptr<const storage::Resource>;
using UserPtr = std::shared_ptr<const storage::User>;

// Records in memory. While changes are heard they are dropped when they change; otherwise they are used for a second.
class RealmDirectory {
public:
    struct Options {
        std::string issuer_base;  // "https://id.example.com", no trailing slash
    };

    RealmDirectory(Options options, storage::Pool& app_pool, storage::Pool& system_pool,
                   asio::thread_pool& threads, const Clock& clock, Metrics& metrics,
                   const ChangesHeard& changes_heard);

    // Null when no enabled realm has this slug. Unknown slugs are remembered too, for a short while.
    Async<Result<RealmPtr, storage::StoreError>> find(std::string slug);
    // The realm as it was when PostgreSQL last answered, for public documents while it does not; null when not in memory.
    // Never for a decision.
    RealmPtr last_known(std::string_view slug) const;
    Async<Result<ClientRecordPtr, storage::StoreError>> find_client(ProjectId project, ClientId id);
    // By normalised URI.
    Async<Result<ResourcePtr, storage::StoreError>> find_resource(ProjectId project,
                                                                  std::string normalized_uri);
    // What a person's claims are made of. Not for a decision about signing in: last_sign_in_time and what the person can sign
    // in with are as old as the record.
    Async<Result<UserPtr, storage::StoreError>> find_user(ProjectId project, UserId id);

    // On this loop's thread.
    void invalidate(const storage::Invalidation& change);
    void invalidate_all();

    std::string issuer_of(std::string_view slug) const;

private:
    struct Loader;
    std::shared_ptr<Loader> loader_;  // shared with look-ups in flight
};

}  // namespace tessera
