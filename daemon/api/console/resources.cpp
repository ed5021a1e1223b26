// Resources and their scopes: what tokens are for (RFC 8707).
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/resource_reference.hpp"
#include "daemon/api/console/validate.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/api/page_token.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Written = Result<storage::Resource, ApiError>;
using Removed = Result<bool, ApiError>;

constexpr std::size_t page_default = 50;
constexpr std::size_t page_max = 500;
constexpr int scopes_max = 200;

v1::Resource to_message(const storage::Resource& resource)
{
    v1::Resource out;
    out.set_id(resource.id.to_string());
    out.set_uri(resource.uri);
    out.set_display_name(resource.display_name);
    if (resource.introspection_client) {
        out.set_introspection_client_id(resource.introspection_client->to_string());
    }
    for (const storage::ResourceScope& scope : resource.scopes) {
        auto* added = out.add_scopes();
        added->set_name(scope.name);
        added->set_description(scope.description);
    }
    set_time(out.mutable_create_time(), resource.create_time);
    set_time(out.mutable_update_time(), resource.update_time);
    out.set_revision(resource.revision);
    return out;
}

audit::Event resource_event(const Call& call, audit::EventType type, const storage::Resource& resource,
                            json::object body)
{
    audit::Event event = event_of(call, type, audit::EventResult::success);
    event.target = {"resource", resource.id.to_string()};
    event.body = std::move(body);
    return event;
}

Checked check_scope_message(const v1::Scope& scope)
{
    TRY(check_scope("scopes", scope.name()));
    return check_description("description", scope.description());
}

Result<void, ApiError> put(storage::Transaction& transaction, const Call& call,
                           const storage::Resource& resource, const storage::ResourceScope& scope)
{
    TRY(storage::put_scope(transaction, resource.project, resource.id, scope));
    return record(transaction, call,
                  resource_event(call, audit::EventType::resource_scope_put, resource,
                                 {{"scope", scope.name}, {"description", scope.description}}));
}

Written reread(storage::Transaction& transaction, ResourceId id)
{
    TRY(auto&& found, storage::find_resource(transaction, id));
    if (!found) {
        return not_found();
    }
    return std::move(*found);
}

// Empty: no client.
Result<void, ApiError> speak_for(storage::Transaction& transaction, ResourceId resource,
                                 const std::string& client)
{
    const auto id = ClientId::parse(client);
    if (!client.empty() && !id) {
        return invalid("introspection_client_id", "must be the id of a client");
    }
    TRY(storage::set_introspection_client(transaction, resource, id));
    return ok();
}

struct NewResource {
    std::string uri;
    std::string normalized;
    std::string display_name;
};

Result<NewResource, ApiError> check_new(const v1::CreateResourceRequest& request)
{
    const v1::Resource& asked = request.resource();
    TRY(refuse_output_only(asked));
    auto normalized = normalize_resource_uri(asked.uri());
    if (!normalized) {
        return invalid("uri",
                       "must be an absolute URI without fragment or user information, at most 2,048 bytes");
    }
    NewResource out{asked.uri(), std::move(*normalized), asked.display_name()};
    if (out.display_name.empty()) {
        out.display_name = out.uri.substr(0, 256);
    }
    TRY(check_display_name(out.display_name));
    if (request.scopes_size() > scopes_max) {
        return invalid("scopes", "at most 200");
    }
    for (const v1::Scope& scope : request.scopes()) {
        TRY(check_scope_message(scope));
    }
    return out;
}

}  // namespace

Async<Result<v1::Resource, ApiError>> create_resource(Call& call, v1::CreateResourceRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& asked, check_new(request));
    CO_TRY(auto&& made,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& resource,
                   storage::insert_resource(transaction, project.id, ResourceId::at(call.front.clock.now()),
                                            asked.uri, asked.normalized, asked.display_name));
               TRY(record(transaction, call,
                          resource_event(call, audit::EventType::resource_created, resource,
                                         {{"uri", resource.uri}, {"display_name", resource.display_name}})));
               TRY(speak_for(transaction, resource.id, request.resource().introspection_client_id()));
               for (const v1::Scope& scope : request.scopes()) {
                   TRY(put(transaction, call, resource, {scope.name(), scope.description()}));
               }
               return reread(transaction, resource.id);
           }));
    co_return to_message(made);
}

Async<Result<v1::Resource, ApiError>> get_resource(Call& call, v1::GetResourceRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& found,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               return load_resource(transaction, request.resource());
           }));
    co_return to_message(found);
}

Async<Result<v1::ListResourcesResponse, ApiError>> list_resources(Call& call,
                                                                  v1::ListResourcesRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    const std::string binding = project.id.to_string() + " " + request.uri();
    CO_TRY(auto&& cursor, read_page_token("resources", binding, request.page_token()));
    const ResourceId after = ResourceId::parse(cursor).value_or(ResourceId{});
    using Rows = Result<std::vector<storage::Resource>, ApiError>;
    CO_TRY(auto&& rows, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Rows {
               if (!request.uri().empty()) {
                   const auto normalized = normalize_resource_uri(request.uri());
                   TRY(auto&& found,
                       storage::find_resource_by_uri(transaction, normalized.value_or(std::string{})));
                   return found ? std::vector{std::move(*found)} : std::vector<storage::Resource>{};
               }
               TRY(auto&& found, storage::list_resources(transaction, after, size + 1));
               return std::move(found);
           }));
    v1::ListResourcesResponse response;
    if (rows.size() > size) {
        rows.pop_back();
        response.set_next_page_token(make_page_token("resources", binding, rows.back().id.to_string()));
    }
    for (const storage::Resource& resource : rows) {
        *response.add_resources() = to_message(resource);
    }
    co_return response;
}

Async<Result<v1::Resource, ApiError>> update_resource(Call& call, v1::UpdateResourceRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& written,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& before, load_resource(transaction, request.resource()));
               v1::Resource merged = to_message(before);
               TRY(auto&& fields, apply_field_mask(merged, request.settings(), request.update_mask()));
               TRY(check_display_name(merged.display_name()));
               const auto expected =
                   request.expected_revision() != 0 ? request.expected_revision() : before.revision;
               TRY(const bool updated,
                   storage::update_resource(transaction, before.id, merged.display_name(), expected));
               if (!updated) {
                   return ApiError{Code::aborted,
                                   "the resource was changed meanwhile: read it and try again"};
               }
               TRY(speak_for(transaction, before.id, merged.introspection_client_id()));
               TRY(auto&& after, reread(transaction, before.id));
               TRY(record(transaction, call,
                          resource_event(call, audit::EventType::resource_updated, after,
                                         {{"fields", json_list(fields)}, {"revision", after.revision}})));
               return std::move(after);
           }));
    co_return to_message(written);
}

Async<Result<google::protobuf::Empty, ApiError>> delete_resource(Call& call,
                                                                 v1::DeleteResourceRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Removed {
        TRY(auto&& resource, load_resource(transaction, request.resource()));
        TRY(storage::delete_resource(transaction, resource.id));
        TRY(record(
            transaction, call,
            resource_event(call, audit::EventType::resource_deleted, resource, {{"uri", resource.uri}})));
        return true;
    }));
    co_return google::protobuf::Empty{};
}

Async<Result<v1::Resource, ApiError>> put_scope(Call& call, v1::PutScopeRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(check_scope("name", request.name()));
    CO_TRY(check_description("description", request.description()));
    CO_TRY(auto&& written,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& resource, load_resource(transaction, request.resource()));
               if (resource.scopes.size() >= static_cast<std::size_t>(scopes_max)) {
                   return failed_precondition("a resource has at most 200 scopes");
               }
               TRY(put(transaction, call, resource, {request.name(), request.description()}));
               return reread(transaction, resource.id);
           }));
    co_return to_message(written);
}

Async<Result<v1::Resource, ApiError>> delete_scope(Call& call, v1::DeleteScopeRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& written,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& resource, load_resource(transaction, request.resource()));
               TRY(const bool deleted, storage::delete_scope(transaction, resource.id, request.name()));
               if (!deleted) {
                   return not_found();
               }
               TRY(record(transaction, call,
                          resource_event(call, audit::EventType::resource_scope_deleted, resource,
                                         {{"scope", request.name()}})));
               return reread(transaction, resource.id);
           }));
    co_return to_message(written);
}

}  // namespace tessera::api::console
