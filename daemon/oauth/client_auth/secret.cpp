#include <array>
#include <utility>

#include "base/digest.hpp"
#include "base/secret.hpp"
#include "daemon/oauth/client_auth/method.hpp"
#include "daemon/oauth/profile.hpp"

namespace tessera::oauth {

namespace {

// schema.sql: client_secrets_two_at_once.
constexpr std::size_t secrets_max = 2;

bool is_live(const storage::ClientSecret& secret, Instant now)
{
    return !secret.expire_time || now < *secret.expire_time;
}

}  // namespace

Async<Result<ClientLookup, OAuthError>> look_up_client(const Presented& presented, std::string client_id,
                                                       std::string_view method)
{
    const auto id = ClientId::parse(client_id);
    if (!id) {
        co_return ClientLookup{nullptr, "no such client"};
    }
    auto found = co_await presented.front.realms.find_client(presented.realm->project.id, *id);
    if (!found) {
        co_return from_store(found.error());
    }
    ClientRecordPtr record = std::move(found.value());
    if (record == nullptr) {
        co_return ClientLookup{nullptr, "no such client"};
    }
    if (record->client.disabled) {
        co_return ClientLookup{nullptr, "client disabled"};
    }
    const storage::ClientSettings& settings = record->client.settings;
    const Profile* profile = find_profile(settings.profile);
    if (settings.token_endpoint_auth_method != method || profile == nullptr
        || !profile->allows_auth_method(method)) {
        co_return ClientLookup{nullptr, "not the registered method"};
    }
    co_return ClientLookup{std::move(record), {}};
}

bool is_secret_of(const storage::ClientRecord* record, std::string_view secret, Instant now)
{
    const Sha256 digest = sha256(secret);
    std::array<Sha256, secrets_max> candidates{};
    std::array<bool, secrets_max> is_candidate{};
    if (record != nullptr) {
        for (std::size_t i = 0; i < record->secrets.size() && i < secrets_max; ++i) {
            candidates[i] = record->secrets[i].digest;
            is_candidate[i] = is_live(record->secrets[i], now);
        }
    }
    bool matched = false;
    for (std::size_t i = 0; i < secrets_max; ++i) {
        const bool equal = equal_constant_time(digest, candidates[i]);
        matched = (equal && is_candidate[i]) || matched;
    }
    return matched;
}

Async<Believed> authenticate_by_secret(const Presented& presented, std::string client_id, std::string secret,
                                       std::string_view method)
{
    auto found = co_await look_up_client(presented, client_id, method);
    if (!found) {
        co_return Disbelief{found.error().detail, std::move(client_id), found.error()};
    }
    ClientLookup& lookup = found.value();
    const bool matched = is_secret_of(lookup.record.get(), secret, presented.now);
    wipe({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
    if (lookup.record == nullptr) {
        co_return Disbelief{std::move(lookup.reason), std::move(client_id), std::nullopt};
    }
    if (!matched) {
        co_return Disbelief{"wrong secret", std::move(client_id), std::nullopt};
    }
    co_return AuthenticatedClient{std::move(lookup.record), method, std::nullopt};
}

}  // namespace tessera::oauth
