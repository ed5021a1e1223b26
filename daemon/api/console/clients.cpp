// OAuth clients: registered with what they may ask for, changed member by member.
#include "daemon/api/console/client_message.hpp"
#include "daemon/api/console/client_work.hpp"
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/given_members.hpp"
#include "daemon/api/console/not_available.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/resource_reference.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/api/page_token.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Removed = Result<bool, ApiError>;

constexpr std::size_t page_default = 50;
constexpr std::size_t page_max = 500;
constexpr int access_max = 64;

Result<void, ApiError> resolve_default_resource(storage::Transaction& transaction,
                                                const std::string& reference,
                                                storage::ClientSettings& settings)
{
    if (reference.empty()) {
        return ok();
    }
    auto resource = load_resource(transaction, reference);
    if (!resource) {
        return resource.error().code == Code::not_found
                   ? invalid("defaultResource", "is not a resource of this project")
                   : resource.error();
    }
    settings.default_resource = resource.value().id;
    return ok();
}

json::object created_body(const storage::ClientSettings& settings)
{
    return {{"display_name", settings.display_name},
            {"profile", settings.profile},
            {"auth_method", settings.token_endpoint_auth_method},
            {"grant_types", json_list(settings.grant_types)}};
}

LoadedClient insert(storage::Transaction& transaction, const Call& call,
                    const v1::CreateClientRequest& request, storage::ClientSettings settings,
                    const NewSecret* secret)
{
    TRY(resolve_default_resource(transaction, request.client().default_resource(), settings));
    const ClientId id = ClientId::at(call.front.clock.now());
    TRY(storage::insert_client(transaction, call.project, id, settings));
    TRY(record(transaction, call,
               client_event(call, audit::EventType::client_created, id, created_body(settings))));
    if (secret != nullptr) {
        TRY(store_secret(transaction, call, id, *secret));
    }
    for (const v1::RequestedAccess& access : request.access()) {
        TRY(grant_access(transaction, call, id, access.resource(),
                         {access.scopes().begin(), access.scopes().end()}));
    }
    return load_client(transaction, id.to_string());
}

Async<Result<v1::Client, ApiError>> set_disabled(Call& call, std::string project_reference, std::string id,
                                                 audit::EventType type)
{
    CO_TRY(auto&& project, co_await load_project(call, std::move(project_reference)));
    call.target = {"client", id};
    const bool disabled = type == audit::EventType::client_disabled;
    CO_TRY(
        auto&& after,
        co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> LoadedClient {
            TRY(auto&& before, load_client(transaction, id));
            if (before.client.disabled == disabled) {
                return std::move(before);
            }
            TRY(storage::set_client_disabled(transaction, before.client.id, disabled));
            TRY(auto&& written, load_client(transaction, id));
            TRY(record(transaction, call,
                       client_event(call, type, written.client.id, {{"revision", written.client.revision}})));
            return std::move(written);
        }));
    co_return to_message(after);
}

}  // namespace

Async<Result<v1::CreateClientResponse, ApiError>> create_client(Call& call, v1::CreateClientRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    v1::Client asked = default_client();
    CO_TRY(take_given_members(call, "client", request.client(), asked));
    CO_TRY(refuse_not_available(default_client(), asked));
    CO_TRY(auto&& settings, to_settings(asked));
    if (request.access_size() > access_max) {
        co_return invalid("access", "at most 64 resources at once");
    }
    const NewSecret secret = make_secret();
    const bool has_secret = uses_secret(settings);
    CO_TRY(auto&& made, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return insert(transaction, call, request, settings, has_secret ? &secret : nullptr);
           }));
    v1::CreateClientResponse response;
    *response.mutable_client() = to_message(made);
    if (has_secret) {
        response.set_client_secret(secret.text);
    }
    co_return response;
}

Async<Result<v1::Client, ApiError>> get_client(Call& call, v1::GetClientRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& found, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return load_client(transaction, request.client());
           }));
    co_return to_message(found);
}

Async<Result<v1::ListClientsResponse, ApiError>> list_clients(Call& call, v1::ListClientsRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    const std::string binding = project.id.to_string();
    CO_TRY(auto&& cursor, read_page_token("clients", binding, request.page_token()));
    const ClientId after = ClientId::parse(cursor).value_or(ClientId{});
    using Rows = Result<std::vector<storage::Client>, ApiError>;
    CO_TRY(auto&& rows, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Rows {
               TRY(auto&& found, storage::list_clients(transaction, after, size + 1));
               return std::move(found);
           }));
    v1::ListClientsResponse response;
    if (rows.size() > size) {
        rows.pop_back();
        response.set_next_page_token(make_page_token("clients", binding, rows.back().id.to_string()));
    }
    for (const storage::Client& client : rows) {
        *response.add_clients() = to_message(client);
    }
    co_return response;
}

Async<Result<v1::Client, ApiError>> update_client(Call& call, v1::UpdateClientRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"client", request.client()};
    CO_TRY(auto&& after,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> LoadedClient {
               TRY(auto&& before, load_client(transaction, request.client()));
               const v1::Client stored = to_message(before.client);
               v1::Client merged = stored;
               TRY(auto&& fields, apply_field_mask(merged, request.settings(), request.update_mask()));
               TRY(refuse_not_available(stored, merged));
               TRY(auto&& settings, to_settings(merged));
               TRY(resolve_default_resource(transaction, merged.default_resource(), settings));
               const auto expected =
                   request.expected_revision() != 0 ? request.expected_revision() : before.client.revision;
               TRY(auto&& written, storage::update_client(transaction, before.client.id, settings, expected));
               if (!written) {
                   return ApiError{Code::aborted, "the client was changed meanwhile: read it and try again"};
               }
               TRY(record(transaction, call,
                          client_event(call, audit::EventType::client_updated, written->id,
                                       {{"fields", json_list(fields)}, {"revision", written->revision}})));
               return load_client(transaction, request.client());
           }));
    co_return to_message(after);
}

Async<Result<v1::Client, ApiError>> disable_client(Call& call, v1::DisableClientRequest request)
{
    co_return co_await set_disabled(call, request.project(), request.client(),
                                    audit::EventType::client_disabled);
}

Async<Result<v1::Client, ApiError>> enable_client(Call& call, v1::EnableClientRequest request)
{
    co_return co_await set_disabled(call, request.project(), request.client(),
                                    audit::EventType::client_enabled);
}

Async<Result<google::protobuf::Empty, ApiError>> delete_client(Call& call, v1::DeleteClientRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"client", request.client()};
    CO_TRY(co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Removed {
        TRY(auto&& before, load_client(transaction, request.client()));
        TRY(storage::delete_client(transaction, before.client.id));
        TRY(record(transaction, call,
                   client_event(call, audit::EventType::client_deleted, before.client.id,
                                {{"display_name", before.client.settings.display_name}})));
        return true;
    }));
    co_return google::protobuf::Empty{};
}

}  // namespace tessera::api::console
