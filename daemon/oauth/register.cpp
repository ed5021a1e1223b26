#include "daemon/oauth/register.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "daemon/http/network.hpp"
#include "daemon/oauth/register_work.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/initial_access_tokens.hpp"
#include "storage/repositories/rate_counters.hpp"

namespace tessera::oauth {

namespace {

using storage::Transaction;

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t hint_chars = 4;
constexpr std::string_view secret_prefix = "tessera_secret_";
constexpr std::string_view token_prefix = "tessera_registration_";
// docs/spec-map.md RG-04.
constexpr std::int32_t per_address_and_hour = 20;
constexpr std::int64_t clients_max = 1'000;
constexpr Seconds unused_kept{30 * 86'400};

std::string random_text(std::string_view prefix)
{
    std::array<std::uint8_t, secret_bytes> bytes;
    fill_random(bytes);
    return std::string{prefix} + base64url_encode(bytes);
}

http::Response nothing_here() { return http::json_error(404, "not_found", "There is nothing at this path."); }

bool is_off(const Realm& realm) { return realm.project.settings.registration_policy == "off"; }

// Before anything is done for them; used it is in the transaction that makes the client.
Async<Result<void, RegistrationRefusal>> check_token(Front& front, const http::Request& request,
                                                     RealmPtr realm)
{
    if (realm->project.settings.registration_policy != "token") {
        co_return ok();
    }
    const auto token = bearer_token_of(request);
    if (!token) {
        co_return unauthorized_registration("no initial access token");
    }
    const Sha256 digest = sha256(*token);
    const Instant now = front.clock.now();
    auto good = co_await transact(front, realm->project.id, [&](Transaction& transaction) {
        return storage::is_initial_access_token(transaction, digest, now);
    });
    if (!good) {
        co_return from_registration_store(good.error());
    }
    co_return good.value() ? Result<void, RegistrationRefusal>{ok()}
                           : unauthorized_registration("initial access token");
}

// RG-04: strangers may fill neither the table nor an afternoon. A use of an initial access token is its owner's to bound.
Result<storage::Vouched, RegistrationRefusal> admit(Transaction& transaction, const http::Request& request,
                                                    const Realm& realm, Instant now)
{
    if (realm.project.settings.registration_policy == "token") {
        const auto token = bearer_token_of(request);
        if (!token) {
            return unauthorized_registration("no initial access token");
        }
        auto consumed = storage::consume_initial_access_token(transaction, sha256(*token), now);
        if (!consumed) {
            return from_registration_store(consumed.error());
        }
        if (!consumed.value()) {
            return unauthorized_registration("initial access token");
        }
        return *consumed.value();
    }
    auto count =
        storage::count_event(transaction, realm.project.id,
                             "register|" + http::network_of(request.peer.address), Seconds{3600}, now);
    if (!count) {
        return from_registration_store(count.error());
    }
    if (count.value().count > per_address_and_hour) {
        return RegistrationRefusal{{ErrorCode::temporarily_unavailable,
                                    "Too many registrations. Try again later.",
                                    "registrations of one address", Challenge::none, 3600},
                                   429};
    }
    auto removed = storage::delete_unused_registered_clients(transaction, now - unused_kept);
    if (!removed) {
        return from_registration_store(removed.error());
    }
    auto clients = storage::count_registered_clients(transaction);
    if (!clients) {
        return from_registration_store(clients.error());
    }
    if (clients.value() >= clients_max) {
        return RegistrationRefusal{{ErrorCode::temporarily_unavailable,
                                    "This realm takes no more clients for now.",
                                    "registered clients at the cap", Challenge::none, 3600},
                                   503};
    }
    return storage::Vouched::no;
}

Result<storage::Client, storage::StoreError> insert(Transaction& transaction, const http::Request& request,
                                                    const Realm& realm,
                                                    const storage::ClientSettings& settings,
                                                    const RegistrationCredentials& credentials, Instant now)
{
    TRY(auto&& client, storage::insert_client(transaction, realm.project.id, ClientId::random(), settings));
    TRY(storage::set_client_registration_token(transaction, client.id,
                                               sha256(credentials.registration_token)));
    if (!credentials.secret.empty()) {
        TRY(storage::insert_client_secret(
            transaction, realm.project.id, client.id, ClientSecretId::random(), sha256(credentials.secret),
            credentials.secret.substr(credentials.secret.size() - hint_chars), std::nullopt));
    }
    TRY(record_registration(
        transaction, request, realm, audit::EventType::client_created, client.id,
        {{"display_name", settings.display_name},
         {"profile", settings.profile},
         {"auth_method", settings.token_endpoint_auth_method},
         {"grant_types", json::array(settings.grant_types.begin(), settings.grant_types.end())}},
        now));
    return std::move(client);
}

Async<Result<http::Response, RegistrationRefusal>> make(Front& front, const http::Request& request,
                                                        RealmPtr realm)
{
    CO_TRY(co_await check_token(front, request, realm));
    CO_TRY(auto&& body, read_registration_body(request));
    CO_TRY(auto&& settings, co_await read_registration_settings(front, request, realm, body));
    const RegistrationCredentials credentials{
        has_client_secret(settings) ? random_text(secret_prefix) : std::string{}, random_text(token_prefix)};
    const Instant now = front.clock.now();
    std::optional<RegistrationRefusal> refusal;
    auto made = co_await transact(
        front, realm->project.id,
        [&](Transaction& transaction) -> Result<std::optional<storage::Client>, storage::StoreError> {
            auto admitted = admit(transaction, request, *realm, now);
            if (!admitted) {
                refusal = std::move(admitted.error());
                return std::optional<storage::Client>{};  // what was counted is kept
            }
            settings.trusted = admitted.value() == storage::Vouched::yes;
            TRY(auto&& client, insert(transaction, request, *realm, settings, credentials, now));
            return std::optional{std::move(client)};
        });
    if (!made) {
        co_return from_registration_store(made.error());
    }
    if (refusal) {
        co_return std::move(*refusal);
    }
    co_return registration_answer(*realm, *made.value(), credentials, 201);
}

}  // namespace

Async<http::Response> register_client(Front& front, const http::Request& request, RealmPtr realm)
{
    if (is_off(*realm)) {
        co_return nothing_here();
    }
    auto answered = co_await make(front, request, realm);
    co_return settle_registration(request, *realm, std::move(answered));
}

}  // namespace tessera::oauth
