#include <algorithm>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>

#include "base/digest.hpp"
#include "daemon/http/form.hpp"
#include "daemon/oauth/access_token.hpp"
#include "daemon/oauth/profile.hpp"
#include "daemon/oauth/register.hpp"
#include "daemon/oauth/register_metadata.hpp"
#include "daemon/oauth/register_work.hpp"
#include "daemon/transact.hpp"

namespace tessera::oauth {

namespace {

using storage::Transaction;

RegistrationRefusal refused(OAuthError error) { return {std::move(error)}; }

// The client of `client_id`, when the token is its own.
struct Managed {
    ClientRecordPtr record;
    std::string token;
};

Async<Result<Managed, RegistrationRefusal>> authenticate(Front& front, const http::Request& request,
                                                         RealmPtr realm)
{
    const auto query = http::Form::parse(request.query);
    const auto token = bearer_token_of(request);
    if (!query || query.value().find_repeated({}) || !token) {
        co_return unauthorized_registration("no registration access token");
    }
    const auto id = ClientId::parse(query.value().find("client_id").value_or(""));
    if (!id) {
        co_return unauthorized_registration("client_id malformed");
    }
    auto found = co_await front.realms.find_client(realm->project.id, *id);
    if (!found) {
        co_return from_registration_store(found.error());
    }
    // Digests of 256-bit random values: how far two are equal tells nothing about either.
    if (!found.value() || found.value()->client.disabled
        || found.value()->client.registration_token_digest != sha256(*token)) {
        co_return unauthorized_registration("registration access token");
    }
    co_return Managed{std::move(found.value()), *token};
}

bool is_secret_of(const ClientRecord& record, std::string_view secret)
{
    return std::ranges::any_of(
        record.secrets, [&](const storage::ClientSecret& each) { return each.digest == sha256(secret); });
}

// RFC 7592 §2.2: all of it anew, the client named by its id, nothing that is ours to say.
Result<void, RegistrationRefusal> check_update(const json::object& body, const ClientRecord& record)
{
    const json::value* id = body.if_contains("client_id");
    if (id == nullptr || !id->is_string()
        || std::string_view{id->get_string()} != record.client.id.to_string()) {
        return refused({ErrorCode::invalid_client_metadata, "client_id must be the client's.", "client_id"});
    }
    for (const std::string_view ours : {"registration_access_token", "registration_client_uri",
                                        "client_secret_expires_at", "client_id_issued_at"}) {
        if (body.contains(ours)) {
            return refused({ErrorCode::invalid_client_metadata,
                            "A member that only the server sets must be left out.", std::string{ours}});
        }
    }
    if (const json::value* secret = body.if_contains("client_secret");
        secret != nullptr && (!secret->is_string() || !is_secret_of(record, secret->get_string()))) {
        return refused(
            {ErrorCode::invalid_client_metadata, "client_secret is not the client's.", "client_secret"});
    }
    return ok();
}

// RFC 7592 §2.2 lets the server choose: what an operator made narrower stays so, and a client that wants more is registered anew. A
// client somebody vouched for is that no longer when it says it is another.
Result<void, RegistrationRefusal> keep_narrow(storage::ClientSettings& settings,
                                              const storage::ClientSettings& before)
{
    const auto is_new_to = [](const std::vector<std::string>& had) {
        return [&had](const std::string& each) { return std::ranges::find(had, each) == had.end(); };
    };
    std::erase_if(settings.scopes, is_new_to(before.scopes));
    std::erase_if(settings.grant_types, is_new_to(before.grant_types));
    settings.access_token_lifetime_s = before.access_token_lifetime_s;
    settings.default_resource = before.default_resource;
    settings.assertion_audience = before.assertion_audience;
    settings.access_token_signing_alg = before.access_token_signing_alg;
    if (before.profile != profile_of_method(before.token_endpoint_auth_method)) {
        const Profile* profile = find_profile(before.profile);
        if (profile == nullptr || !profile->allows_auth_method(settings.token_endpoint_auth_method)) {
            return refused({ErrorCode::invalid_client_metadata,
                            "token_endpoint_auth_method is not one this client may have.",
                            "token_endpoint_auth_method against the profile"});
        }
        settings.profile = before.profile;
    }
    return ok();
}

Async<Result<http::Response, RegistrationRefusal>> update(Front& front, const http::Request& request,
                                                          RealmPtr realm)
{
    CO_TRY(auto&& managed, co_await authenticate(front, request, realm));
    CO_TRY(auto&& body, read_registration_body(request));
    CO_TRY(check_update(body, *managed.record));
    CO_TRY(auto&& settings, co_await read_registration_settings(front, request, realm, body));
    const storage::Client& before = managed.record->client;
    // Who got a secret keeps it, who got none gets none: another kind of client is another client.
    if (has_client_secret(settings) != has_client_secret(before.settings)) {
        co_return refused({ErrorCode::invalid_client_metadata,
                           "A client with a secret and one without are two: register anew.",
                           "token_endpoint_auth_method"});
    }
    CO_TRY(keep_narrow(settings, before.settings));
    const Instant now = front.clock.now();
    using Updated = Result<std::optional<storage::Client>, storage::StoreError>;
    auto updated = co_await transact(front, realm->project.id, [&](Transaction& transaction) -> Updated {
        TRY(auto&& client, storage::update_client(transaction, before.id, settings, before.revision));
        if (client) {
            TRY(record_registration(transaction, request, *realm, audit::EventType::client_updated, before.id,
                                    {{"fields", json::array{"registration"}}, {"revision", client->revision}},
                                    now));
        }
        return std::move(client);
    });
    if (!updated) {
        co_return from_registration_store(updated.error());
    }
    if (!updated.value()) {
        co_return RegistrationRefusal{
            {ErrorCode::temporarily_unavailable, "The client was changed meanwhile. Try again.", "revision"},
            409};
    }
    front.realms.invalidate({"client", realm->project.id, to_string(before.id.uuid)});
    co_return registration_answer(*realm, *updated.value(), {{}, managed.token}, 200);
}

// RFC 7592 §2.3: with everything that was issued to it.
Async<Result<http::Response, RegistrationRefusal>> remove(Front& front, const http::Request& request,
                                                          RealmPtr realm)
{
    CO_TRY(auto&& managed, co_await authenticate(front, request, realm));
    const storage::Client& client = managed.record->client;
    const Instant now = front.clock.now();
    auto removed = co_await transact(
        front, realm->project.id, [&](Transaction& transaction) -> Result<bool, storage::StoreError> {
            TRY(const bool is_first, storage::delete_client(transaction, client.id));
            if (is_first) {
                TRY(record_registration(transaction, request, *realm, audit::EventType::client_deleted,
                                        client.id, {{"display_name", client.settings.display_name}}, now));
            }
            return is_first;
        });
    if (!removed) {
        co_return from_registration_store(removed.error());
    }
    if (!removed.value()) {
        co_return unauthorized_registration("the client was deleted meanwhile");
    }
    front.realms.invalidate({"client", realm->project.id, to_string(client.id.uuid)});
    http::Response response;
    response.status = 204;
    response.set("Cache-Control", "no-store");
    co_return response;
}

Async<Result<http::Response, RegistrationRefusal>> read(Front& front, const http::Request& request,
                                                        RealmPtr realm)
{
    CO_TRY(auto&& managed, co_await authenticate(front, request, realm));
    co_return registration_answer(*realm, managed.record->client, {{}, managed.token}, 200);
}

}  // namespace

// What registered once is managed on, whatever the policy became: RFC 7592 promised it.
Async<http::Response> read_registration(Front& front, const http::Request& request, RealmPtr realm)
{
    auto answered = co_await read(front, request, realm);
    co_return settle_registration(request, *realm, std::move(answered));
}

Async<http::Response> update_registration(Front& front, const http::Request& request, RealmPtr realm)
{
    auto answered = co_await update(front, request, realm);
    co_return settle_registration(request, *realm, std::move(answered));
}

Async<http::Response> delete_registration(Front& front, const http::Request& request, RealmPtr realm)
{
    auto answered = co_await remove(front, request, realm);
    co_return settle_registration(request, *realm, std::move(answered));
}

}  // namespace tessera::oauth
