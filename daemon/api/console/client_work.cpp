#include "daemon/api/console/client_work.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/resource_reference.hpp"
#include "daemon/api/console/validate.hpp"

namespace tessera::api::console {

namespace {

constexpr std::string_view secret_prefix = "tessera_secret_";
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t hint_chars = 4;

NewSecret secret_of(std::string text)
{
    NewSecret out;
    out.stored.id = ClientSecretId::random();
    out.stored.digest = sha256(text);
    out.stored.hint = text.substr(text.size() - hint_chars);
    out.text = std::move(text);
    return out;
}

}  // namespace

LoadedClient load_client(storage::Transaction& transaction, const std::string& id)
{
    const auto parsed = ClientId::parse(id);
    if (!parsed) {
        return not_found();
    }
    TRY(auto&& found, storage::find_client(transaction, *parsed));
    if (!found) {
        return not_found();
    }
    return std::move(*found);
}

audit::Event client_event(const Call& call, audit::EventType type, ClientId client, json::object body)
{
    audit::Event event = event_of(call, type, audit::EventResult::success);
    event.target = {"client", client.to_string()};
    event.body = std::move(body);
    return event;
}

bool uses_secret(const storage::ClientSettings& settings)
{
    return settings.token_endpoint_auth_method.starts_with("client_secret_");
}

NewSecret make_secret()
{
    std::array<std::uint8_t, secret_bytes> random{};
    fill_random(random);
    return secret_of(std::string{secret_prefix} + base64url_encode(random));
}

Result<NewSecret, ApiError> take_secret(const std::string& text)
{
    const bool prefixed = text.starts_with(secret_prefix);
    const auto bytes =
        prefixed ? base64url_decode(std::string_view{text}.substr(secret_prefix.size())) : std::nullopt;
    if (!bytes || bytes->size() != secret_bytes) {
        return invalid("clientSecret", "must be tessera_secret_ and 32 random bytes in base64url");
    }
    return secret_of(text);
}

Result<storage::ClientSecret, ApiError> store_secret(storage::Transaction& transaction, const Call& call,
                                                     ClientId client, const NewSecret& secret)
{
    const storage::ClientSecret& asked = secret.stored;
    TRY(auto&& stored, storage::insert_client_secret(transaction, call.project, client, asked.id,
                                                     asked.digest, asked.hint, asked.expire_time));
    json::object body{{"secret", asked.id.to_string()}, {"hint", asked.hint}};
    if (asked.expire_time) {
        body["expire_time"] = to_rfc3339(*asked.expire_time);
    }
    TRY(record(transaction, call,
               client_event(call, audit::EventType::client_secret_created, client, std::move(body))));
    return std::move(stored);
}

Result<void, ApiError> grant_access(storage::Transaction& transaction, const Call& call, ClientId client,
                                    const std::string& resource, const std::vector<std::string>& scopes)
{
    auto found = load_resource(transaction, resource);
    if (!found) {
        return found.error().code == Code::not_found
                   ? invalid("resource", "is not a resource of this project")
                   : found.error();
    }
    const auto& known = found.value().scopes;
    for (const std::string& scope : scopes) {
        const bool is_known =
            std::any_of(known.begin(), known.end(), [&](const auto& one) { return one.name == scope; });
        if (!is_known) {
            return invalid("scopes", "has one the resource does not have: add it to the resource first");
        }
    }
    TRY(storage::set_client_access(transaction, call.project, client, found.value().id, scopes, true));
    return record(
        transaction, call,
        client_event(
            call, audit::EventType::client_access_updated, client,
            {{"resource", found.value().id.to_string()}, {"scopes", json_list(scopes)}, {"granted", true}}));
}

}  // namespace tessera::api::console
