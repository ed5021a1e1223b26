#include "daemon/realm.hpp"

#include <list>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/on_pool.hpp"

namespace tessera {

namespace {

// An unknown slug or id is remembered this long: long enough that guessing does not reach PostgreSQL with every request,
// short enough that a record made on a front whose notice was lost appears soon.
constexpr Milliseconds absent_for{1000};
// A record is used without asking while changes were heard, or it was read, this short a time ago.
constexpr Milliseconds stale_max{1000};

// Records by key, least recently used first out. A look-up that was under way when a key was invalidated is answered but not
// kept: it may have read the old row.
template <class Key, class Hash, class Record>
class RecordCache {
public:
    using Loaded = Result<Record, storage::StoreError>;

    RecordCache(std::size_t records_max, Metrics& metrics, const ChangesHeard& changes_heard)
        : records_max_(records_max),
          metrics_(metrics),
          changes_heard_(changes_heard)
    {
    }

    // `load` is `Loaded()`, runs on a pool thread and owns what it uses.
    template <class Load>
    Async<Loaded> find(Key key, asio::thread_pool& threads, Load load)
    {
        if (const auto found = entries_.find(key); found != entries_.end()) {
            Entry& entry = found->second;
            const Tick now = std::chrono::steady_clock::now();
            const bool is_current = now - changes_heard_.load(std::memory_order_relaxed) < stale_max
                                    || now - entry.read_at < stale_max;
            if (!entry.is_doubtful && is_current && (entry.record != nullptr || now < entry.absent_until)) {
                order_.splice(order_.end(), order_, entry.place);
                metrics_.count(Counter::cache_hits);
                co_return entry.record;
            }
        }
        metrics_.count(Counter::cache_misses);
        const std::uint64_t generation = generation_;
        Loaded loaded = co_await on_pool(threads, std::move(load));
        if (loaded.has_value() && generation == generation_) {
            keep(key, loaded.value());
        }
        co_return loaded;
    }

    void drop(const Key& key)
    {
        ++generation_;
        if (const auto found = entries_.find(key); found != entries_.end()) {
            order_.erase(found->second.place);
            entries_.erase(found);
        }
    }

    template <class Predicate>
    void drop_if(Predicate predicate)
    {
        ++generation_;
        for (auto each = entries_.begin(); each != entries_.end();) {
            if (predicate(each->first)) {
                order_.erase(each->second.place);
                each = entries_.erase(each);
            } else {
                ++each;
            }
        }
    }

    // Changes may have gone unnoticed: every record is read again before it is used, and kept for last_known.
    void doubt_all()
    {
        ++generation_;
        for (auto& [key, entry] : entries_) {
            entry.is_doubtful = true;
        }
    }

    // What was last read, doubtful or not.
    Record last_known(const Key& key) const
    {
        const auto found = entries_.find(key);
        return found == entries_.end() ? Record{} : found->second.record;
    }

    void drop_all()
    {
        ++generation_;
        entries_.clear();
        order_.clear();
    }

private:
    struct Entry {
        Record record;
        Tick absent_until;
        Tick read_at;
        bool is_doubtful = false;
        typename std::list<Key>::iterator place;
    };

    void keep(const Key& key, const Record& record)
    {
        const Tick until = std::chrono::steady_clock::now() + absent_for;
        if (const auto found = entries_.find(key); found != entries_.end()) {
            found->second.record = record;
            found->second.absent_until = until;
            found->second.read_at = std::chrono::steady_clock::now();
            found->second.is_doubtful = false;
            return;
        }
        if (entries_.size() >= records_max_) {
            entries_.erase(order_.front());
            order_.pop_front();
        }
        order_.push_back(key);
        entries_.emplace(
            key, Entry{record, until, std::chrono::steady_clock::now(), false, std::prev(order_.end())});
    }

    std::size_t records_max_;
    Metrics& metrics_;
    const ChangesHeard& changes_heard_;
    std::uint64_t generation_ = 0;
    std::list<Key> order_;
    std::unordered_map<Key, Entry, Hash> entries_;
};

struct ClientKey {
    ProjectId project;
    ClientId client;
    bool operator==(const ClientKey&) const = default;
};
struct ClientKeyHash {
    std::size_t operator()(const ClientKey& key) const noexcept { return UuidHash{}(key.client.uuid); }
};

struct ResourceKey {
    ProjectId project;
    std::string uri;
    bool operator==(const ResourceKey&) const = default;
};
struct ResourceKeyHash {
    std::size_t operator()(const ResourceKey& key) const noexcept
    {
        return std::hash<std::string>{}(key.uri) ^ UuidHash {}(key.project.uuid);
    }
};

}  // namespace

struct RealmDirectory::Cache {
    Options options;
    storage::Pool& app_pool;
    storage::Pool& system_pool;
    asio::thread_pool& threads;
    RecordCache<std::string, std::hash<std::string>, RealmPtr> realms;
    RecordCache<ClientKey, ClientKeyHash, ClientRecordPtr> clients;
    RecordCache<ResourceKey, ResourceKeyHash, ResourcePtr> resources;

    Cache(Options options_, storage::Pool& app_pool_, storage::Pool& system_pool_,
          asio::thread_pool& threads_, Metrics& metrics, const ChangesHeard& changes_heard)
        : options(std::move(options_)),
          app_pool(app_pool_),
          system_pool(system_pool_),
          threads(threads_),
          realms(options.records_max, metrics, changes_heard),
          clients(options.records_max, metrics, changes_heard),
          resources(options.records_max, metrics, changes_heard)
    {
    }

    std::string issuer_of(std::string_view slug) const
    {
        return options.issuer_base + "/realms/" + std::string{slug};
    }

    Result<RealmPtr, storage::StoreError> load_realm(const std::string& slug) const
    {
        TRY(auto&& transaction,
            storage::Transaction::begin(system_pool,
                                        storage::SystemScope{"which project answers for this slug"}));
        TRY(auto&& project, storage::find_project_by_slug(transaction, slug));
        TRY(transaction.commit());
        if (!project || project->disabled) {
            return RealmPtr{};
        }
        std::string issuer = issuer_of(slug);
        return RealmPtr{std::make_shared<const Realm>(Realm{std::move(*project), std::move(issuer)})};
    }

    Result<ClientRecordPtr, storage::StoreError> load_client(ClientKey key) const
    {
        TRY(auto&& transaction, storage::Transaction::begin(app_pool, storage::RealmScope{key.project}));
        TRY(auto&& record, storage::find_client(transaction, key.client));
        TRY(transaction.commit());
        return record ? std::make_shared<const storage::ClientRecord>(std::move(*record)) : ClientRecordPtr{};
    }

    Result<ResourcePtr, storage::StoreError> load_resource(const ResourceKey& key) const
    {
        TRY(auto&& transaction, storage::Transaction::begin(app_pool, storage::RealmScope{key.project}));
        TRY(auto&& resource, storage::find_resource_by_uri(transaction, key.uri));
        TRY(transaction.commit());
        return resource ? std::make_shared<const storage::Resource>(std::move(*resource)) : ResourcePtr{};
    }
};

RealmDirectory::RealmDirectory(Options options, storage::Pool& app_pool, storage::Pool& system_pool,
                               asio::thread_pool& threads, Metrics& metrics,
                               const ChangesHeard& changes_heard)
    : cache_(
          std::make_shared<Cache>(std::move(options), app_pool, system_pool, threads, metrics, changes_heard))
{
}

Async<Result<RealmPtr, storage::StoreError>> RealmDirectory::find(std::string slug)
{
    const auto cache = cache_;
    co_return co_await cache->realms.find(slug, cache->threads,
                                          [cache, slug] { return cache->load_realm(slug); });
}

RealmPtr RealmDirectory::last_known(std::string_view slug) const
{
    return cache_->realms.last_known(std::string{slug});
}

Async<Result<ClientRecordPtr, storage::StoreError>> RealmDirectory::find_client(ProjectId project,
                                                                                ClientId id)
{
    const auto cache = cache_;
    const ClientKey key{project, id};
    co_return co_await cache->clients.find(key, cache->threads,
                                           [cache, key] { return cache->load_client(key); });
}

Async<Result<ResourcePtr, storage::StoreError>> RealmDirectory::find_resource(ProjectId project,
                                                                              std::string normalized_uri)
{
    const auto cache = cache_;
    const ResourceKey key{project, std::move(normalized_uri)};
    co_return co_await cache->resources.find(key, cache->threads,
                                             [cache, key] { return cache->load_resource(key); });
}

void RealmDirectory::invalidate(const storage::Invalidation& change)
{
    if (change.kind == "project") {
        cache_->realms.drop(change.row);
        return;
    }
    if (change.kind == "client") {
        if (const auto uuid = parse_uuid(change.row)) {
            cache_->clients.drop({change.project, ClientId{*uuid}});
        }
        return;
    }
    // A resource's URI or scopes changed, and with them what clients may ask for there.
    cache_->resources.drop_if([&](const ResourceKey& key) { return key.project == change.project; });
    cache_->clients.drop_if([&](const ClientKey& key) { return key.project == change.project; });
}

void RealmDirectory::invalidate_all()
{
    cache_->realms.doubt_all();
    cache_->clients.drop_all();
    cache_->resources.drop_all();
}

std::string RealmDirectory::issuer_of(std::string_view slug) const { return cache_->issuer_of(slug); }

}  // namespace tessera
