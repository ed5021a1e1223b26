#include "daemon/realm.hpp"

#include <optional>
#include <utility>

#include "storage/repositories/branding.hpp"

namespace tessera {

namespace {

// Each is a connection to PostgreSQL and a thread of the pool for a moment; every realm's requests wait behind them.
constexpr std::size_t unknown_realms_max = 64;
constexpr std::size_t users_max = 20'000;  // as many as tokens are remembered: about a KiB each

template <class RowId>
struct RowKey {
    ProjectId project;
    RowId row;
    bool operator==(const RowKey&) const = default;
};
struct RowKeyHash {
    template <class RowId>
    std::size_t operator()(const RowKey<RowId>& key) const noexcept
    {
        return UuidHash{}(key.row.uuid);
    }
};
using ClientKey = RowKey<ClientId>;
using UserKey = RowKey<UserId>;

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

ClientRecordPtr make_record(storage::ClientRecord&& read)
{
    auto record = std::make_shared<ClientRecord>(ClientRecord{std::move(read), {}, {}});
    if (const auto& jwks = record->client.settings.jwks) {
        auto keys = jose::parse_jwk_set(*jwks);
        if (keys) {
            record->keys = std::move(keys.value());
        } else {
            record->keys_fault = std::move(keys.error().detail);
        }
    }
    return record;
}

}  // namespace

struct RealmDirectory::Loader {
    Options options;
    storage::Pool& app_pool;
    storage::Pool& system_pool;
    asio::thread_pool& threads;
    RecordCache<std::string, std::hash<std::string>, RealmPtr> realms;
    RecordCache<ClientKey, RowKeyHash, ClientRecordPtr> clients;
    RecordCache<ResourceKey, ResourceKeyHash, ResourcePtr> resources;
    RecordCache<UserKey, RowKeyHash, UserPtr> users;

    Loader(Options options_, storage::Pool& app_pool_, storage::Pool& system_pool_,
           asio::thread_pool& threads_, const Clock& clock, Metrics& metrics,
           const ChangesHeard& changes_heard)
        : options(std::move(options_)),
          app_pool(app_pool_),
          system_pool(system_pool_),
          threads(threads_),
          realms({.strangers_max = unknown_realms_max}, clock, metrics, changes_heard),
          clients({}, clock, metrics, changes_heard),
          resources({}, clock, metrics, changes_heard),
          users({.records_max = users_max}, clock, metrics, changes_heard)
    {
    }

    std::string issuer_of(std::string_view slug) const
    {
        return options.issuer_base + "/realms/" + std::string{slug};
    }

    Result<std::string, storage::StoreError> load_name(const storage::Project& project) const
    {
        TRY(auto&& transaction, storage::Transaction::begin(app_pool, storage::RealmScope{project.id}));
        TRY(auto&& name, storage::find_brand_name(transaction, project.id));
        TRY(transaction.commit());
        return name.value_or(project.settings.display_name);
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
        TRY(auto&& name, load_name(*project));
        std::string issuer = issuer_of(slug);
        return RealmPtr{
            std::make_shared<const Realm>(Realm{std::move(*project), std::move(name), std::move(issuer)})};
    }

    Result<ClientRecordPtr, storage::StoreError> load_client(ClientKey key) const
    {
        TRY(auto&& transaction, storage::Transaction::begin(app_pool, storage::RealmScope{key.project}));
        TRY(auto&& record, storage::find_client(transaction, key.row));
        TRY(transaction.commit());
        return record ? make_record(std::move(*record)) : ClientRecordPtr{};
    }

    Result<ResourcePtr, storage::StoreError> load_resource(const ResourceKey& key) const
    {
        TRY(auto&& transaction, storage::Transaction::begin(app_pool, storage::RealmScope{key.project}));
        TRY(auto&& resource, storage::find_resource_by_uri(transaction, key.uri));
        TRY(transaction.commit());
        return resource ? std::make_shared<const storage::Resource>(std::move(*resource)) : ResourcePtr{};
    }

    Result<UserPtr, storage::StoreError> load_user(UserKey key) const
    {
        TRY(auto&& transaction, storage::Transaction::begin(app_pool, storage::RealmScope{key.project}));
        TRY(auto&& user, storage::find_user(transaction, key.row));
        TRY(transaction.commit());
        return user ? std::make_shared<const storage::User>(std::move(*user)) : UserPtr{};
    }
};

RealmDirectory::RealmDirectory(Options options, storage::Pool& app_pool, storage::Pool& system_pool,
                               asio::thread_pool& threads, const Clock& clock, Metrics& metrics,
                               const ChangesHeard& changes_heard)
    : loader_(std::make_shared<Loader>(std::move(options), app_pool, system_pool, threads, clock, metrics,
                                       changes_heard))
{
}

Async<Result<RealmPtr, storage::StoreError>> RealmDirectory::find(std::string slug)
{
    const auto loader = loader_;
    co_return co_await loader->realms.find(slug, loader->threads,
                                           [loader, slug] { return loader->load_realm(slug); });
}

RealmPtr RealmDirectory::last_known(std::string_view slug) const
{
    return loader_->realms.last_known(std::string{slug});
}

Async<Result<ClientRecordPtr, storage::StoreError>> RealmDirectory::find_client(ProjectId project,
                                                                                ClientId id)
{
    const auto loader = loader_;
    const ClientKey key{project, id};
    co_return co_await loader->clients.find(key, loader->threads,
                                            [loader, key] { return loader->load_client(key); });
}

Async<Result<ResourcePtr, storage::StoreError>> RealmDirectory::find_resource(ProjectId project,
                                                                              std::string normalized_uri)
{
    const auto loader = loader_;
    const ResourceKey key{project, std::move(normalized_uri)};
    co_return co_await loader->resources.find(key, loader->threads,
                                              [loader, key] { return loader->load_resource(key); });
}

Async<Result<UserPtr, storage::StoreError>> RealmDirectory::find_user(ProjectId project, UserId id)
{
    const auto loader = loader_;
    const UserKey key{project, id};
    co_return co_await loader->users.find(key, loader->threads,
                                          [loader, key] { return loader->load_user(key); });
}

void RealmDirectory::invalidate(const storage::Invalidation& change)
{
    if (change.kind == "project") {
        loader_->realms.drop(change.row);
        return;
    }
    if (change.kind == "client") {
        if (const auto uuid = parse_uuid(change.row)) {
            loader_->clients.drop({change.project, ClientId{*uuid}});
        }
        return;
    }
    if (change.kind == "user") {
        if (const auto uuid = parse_uuid(change.row)) {
            loader_->users.drop({change.project, UserId{*uuid}});
        }
        return;
    }
    if (change.kind != "resource") {
        return;  // of somebody else's memory
    }
    // A resource's URI or scopes changed, and with them what clients may ask for there.
    loader_->resources.drop_if([&](const ResourceKey& key) { return key.project == change.project; });
    loader_->clients.drop_if([&](const ClientKey& key) { return key.project == change.project; });
}

void RealmDirectory::invalidate_all()
{
    loader_->realms.doubt_all();
    loader_->clients.drop_all();
    loader_->resources.drop_all();
    loader_->users.drop_all();
}

std::string RealmDirectory::issuer_of(std::string_view slug) const { return loader_->issuer_of(slug); }

}  // namespace tessera
