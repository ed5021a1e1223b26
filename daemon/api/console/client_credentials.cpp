// What a client proves itself with, and what it may ask for: secrets, public keys, access.
#include "daemon/api/console/client_message.hpp"
#include "daemon/api/console/client_work.hpp"
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/resource_reference.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

using Removed = Result<bool, ApiError>;

Async<Result<v1::CreateClientSecretResponse, ApiError>>
create_client_secret(Call& call, v1::CreateClientSecretRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"client", request.client()};
    NewSecret secret = make_secret();
    if (request.has_client_secret()) {
        CO_TRY(secret, take_secret(request.client_secret()));
    }
    if (request.has_expire_time()) {
        CO_TRY(secret.stored.expire_time, read_time(request.expire_time(), "expireTime"));
        if (*secret.stored.expire_time <= call.front.clock.now()) {
            co_return invalid("expireTime", "is in the past");
        }
    }
    using Stored = Result<storage::ClientSecret, ApiError>;
    CO_TRY(auto&& stored,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Stored {
               TRY(auto&& client, load_client(transaction, request.client()));
               if (!uses_secret(client.client.settings)) {
                   return failed_precondition("the client does not authenticate with a secret");
               }
               return store_secret(transaction, call, client.client.id, secret);
           }));
    v1::CreateClientSecretResponse response;
    to_message(stored, *response.mutable_secret());
    if (!request.has_client_secret()) {
        response.set_client_secret(secret.text);
    }
    co_return response;
}

Async<Result<google::protobuf::Empty, ApiError>> delete_client_secret(Call& call,
                                                                      v1::DeleteClientSecretRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"client", request.client()};
    CO_TRY(co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Removed {
        TRY(auto&& client, load_client(transaction, request.client()));
        const auto secret = ClientSecretId::parse(request.secret());
        if (!secret) {
            return not_found();
        }
        TRY(const bool deleted, storage::delete_client_secret(transaction, client.client.id, *secret));
        if (!deleted) {
            return not_found();
        }
        TRY(record(transaction, call,
                   client_event(call, audit::EventType::client_secret_deleted, client.client.id,
                                {{"secret", secret->to_string()}})));
        return true;
    }));
    co_return google::protobuf::Empty{};
}

Async<Result<v1::Client, ApiError>> set_client_keys(Call& call, v1::SetClientKeysRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"client", request.client()};
    CO_TRY(auto&& kids, check_jwks(request.jwks()));
    CO_TRY(auto&& after,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> LoadedClient {
               TRY(auto&& before, load_client(transaction, request.client()));
               storage::ClientSettings settings = before.client.settings;
               settings.jwks = request.jwks();
               settings.jwks_uri.reset();
               TRY(auto&& written,
                   storage::update_client(transaction, before.client.id, settings, before.client.revision));
               if (!written) {
                   return ApiError{Code::aborted, "the client was changed meanwhile: read it and try again"};
               }
               TRY(record(transaction, call,
                          client_event(call, audit::EventType::client_keys_updated, written->id,
                                       {{"kids", json_list(kids)},
                                        {"key_count", kids.size()},
                                        {"revision", written->revision}})));
               return load_client(transaction, request.client());
           }));
    co_return to_message(after);
}

Async<Result<v1::Client, ApiError>> set_client_access(Call& call, v1::SetClientAccessRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"client", request.client()};
    CO_TRY(auto&& after,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> LoadedClient {
               TRY(auto&& before, load_client(transaction, request.client()));
               TRY(grant_access(transaction, call, before.client.id, request.resource(),
                                {request.scopes().begin(), request.scopes().end()}));
               return load_client(transaction, request.client());
           }));
    co_return to_message(after);
}

Async<Result<v1::Client, ApiError>> delete_client_access(Call& call, v1::DeleteClientAccessRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"client", request.client()};
    CO_TRY(auto&& after,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> LoadedClient {
               TRY(auto&& before, load_client(transaction, request.client()));
               TRY(auto&& resource, load_resource(transaction, request.resource()));
               TRY(storage::set_client_access(transaction, project.id, before.client.id, resource.id, {},
                                              false));
               TRY(record(transaction, call,
                          client_event(call, audit::EventType::client_access_updated, before.client.id,
                                       {{"resource", resource.id.to_string()}, {"granted", false}})));
               return load_client(transaction, request.client());
           }));
    co_return to_message(after);
}

}  // namespace tessera::api::console
