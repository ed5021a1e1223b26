// Path → realm. Nothing else decides whose request this is.
//
// One RealmDirectory per event loop, no locks: records are read on demand, kept in memory and dropped when PostgreSQL
// notifies a change (≤ 1 s). Nothing here is proportional to the number of realms but the records actually in use, and
// those are bounded (least recently used first out).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/asio/thread_pool.hpp>

#include "base/async.hpp"
#include "base/id.hpp"
#include "daemon/metrics.hpp"
#include "storage/invalidations.hpp"
#include "storage/repositories/clients.hpp"
#include "storage/repositories/projects.hpp"
#include "storage/repositories/resources.hpp"

namespace tessera {

// A realm as requests see it. Immutable; replaced as a whole when the project changes.
struct Realm {
    storage::Project project;
    std::string issuer;  // "https://id.example.com/realms/acme", from configuration, never from Host
};

// shared_ptr: a request keeps the record it began with while the directory replaces it.
using RealmPtr = std::shared_ptr<const Realm>;
using ClientRecordPtr = std::shared_ptr<const storage::ClientRecord>;
using ResourcePtr = std::shared_ptr<const storage::Resource>;

// When it was last certain that every change had been heard; the listener writes, every loop reads.
using ChangesHeard = std::atomic<Tick>;

// Records in memory. While changes are heard they are dropped when they change; otherwise they are used for a second.
class RealmDirectory {
public:
    struct Options {
        std::string issuer_base;           // "https://id.example.com", no trailing slash
        std::size_t records_max = 50'000;  // of each kind
    };

    RealmDirectory(Options options, storage::Pool& app_pool, storage::Pool& system_pool,
                   asio::thread_pool& threads, Metrics& metrics, const ChangesHeard& changes_heard);

    // Null when no enabled realm has this slug. Unknown slugs are remembered too, for a short while.
    Async<Result<RealmPtr, storage::StoreError>> find(std::string slug);
    // The realm as it was when PostgreSQL last answered, for public documents while it does not; null when not in memory.
    // Never for a decision.
    RealmPtr last_known(std::string_view slug) const;
    Async<Result<ClientRecordPtr, storage::StoreError>> find_client(ProjectId project, ClientId id);
    // By normalised URI.
    Async<Result<ResourcePtr, storage::StoreError>> find_resource(ProjectId project,
                                                                  std::string normalized_uri);

    // On this loop's thread.
    void invalidate(const storage::Invalidation& change);
    void invalidate_all();

    std::string issuer_of(std::string_view slug) const;

private:
    struct Cache;
    std::shared_ptr<Cache> cache_;  // shared with look-ups in flight
};

}  // namespace tessera
