// Organizations: the customers of a project.
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/given_members.hpp"
#include "daemon/api/console/not_available.hpp"
#include "daemon/api/console/organization_message.hpp"
#include "daemon/api/console/organization_reference.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/api/page_token.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Written = Result<storage::Organization, ApiError>;
using Removed = Result<bool, ApiError>;

constexpr std::size_t page_default = 50;
constexpr std::size_t page_max = 500;

audit::Event organization_event(const Call& call, audit::EventType type, OrganizationId id, json::object body)
{
    audit::Event event = event_of(call, type, audit::EventResult::success);
    event.target = {"organization", id.to_string()};
    event.body = std::move(body);
    return event;
}

Async<Result<v1::Organization, ApiError>> set_logins_disabled(Call& call, std::string project_reference,
                                                              std::string id, audit::EventType type)
{
    CO_TRY(auto&& project, co_await load_project(call, std::move(project_reference)));
    call.target = {"organization", id};
    const bool disabled = type == audit::EventType::organization_logins_disabled;
    CO_TRY(auto&& after,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& before, load_organization(transaction, id));
               if (before.logins_disabled == disabled) {
                   return std::move(before);
               }
               TRY(storage::set_organization_logins_disabled(transaction, before.id, disabled));
               TRY(auto&& written, load_organization(transaction, id));
               TRY(record(transaction, call,
                          organization_event(call, type, written.id, {{"revision", written.revision}})));
               return std::move(written);
           }));
    co_return to_message(after);
}

}  // namespace

Async<Result<v1::Organization, ApiError>> create_organization(Call& call,
                                                              v1::CreateOrganizationRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    if (project.sole_organization) {
        co_return failed_precondition("the project has one organization and no more");
    }
    storage::Organization fresh;
    fresh.settings = default_organization(project.settings);
    const v1::Organization defaults = to_message(fresh);
    v1::Organization asked = defaults;
    CO_TRY(take_given_members(call, "organization", request.organization(), asked));
    CO_TRY(refuse_not_available(defaults, asked));
    CO_TRY(auto&& settings, to_settings(asked));
    CO_TRY(check_methods(fresh.settings, settings, project.settings));
    CO_TRY(auto&& made,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& organization,
                   storage::insert_organization(transaction, project.id, OrganizationId::random(), settings));
               TRY(record(transaction, call,
                          organization_event(call, audit::EventType::organization_created, organization.id,
                                             {{"display_name", settings.display_name}})));
               return std::move(organization);
           }));
    co_return to_message(made);
}

Async<Result<v1::Organization, ApiError>> get_organization(Call& call, v1::GetOrganizationRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& found, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return load_organization(transaction, request.organization());
           }));
    co_return to_message(found);
}

Async<Result<v1::ListOrganizationsResponse, ApiError>>
list_organizations(Call& call, v1::ListOrganizationsRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    const std::string binding = project.id.to_string() + " " + request.domain();
    CO_TRY(auto&& cursor, read_page_token("organizations", binding, request.page_token()));
    const OrganizationId after = OrganizationId::parse(cursor).value_or(OrganizationId{});
    using Rows = Result<std::vector<storage::Organization>, ApiError>;
    CO_TRY(auto&& rows, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Rows {
               if (!request.domain().empty()) {
                   TRY(auto&& found,
                       storage::find_organizations_by_domain(transaction, request.domain(), page_max));
                   return std::move(found);
               }
               TRY(auto&& found, storage::list_organizations(transaction, after, size + 1));
               return std::move(found);
           }));
    v1::ListOrganizationsResponse response;
    if (request.domain().empty() && rows.size() > size) {
        rows.pop_back();
        response.set_next_page_token(make_page_token("organizations", binding, rows.back().id.to_string()));
    }
    for (const storage::Organization& organization : rows) {
        *response.add_organizations() = to_message(organization);
    }
    co_return response;
}

Async<Result<v1::Organization, ApiError>> update_organization(Call& call,
                                                              v1::UpdateOrganizationRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"organization", request.organization()};
    CO_TRY(
        auto&& written,
        co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
            TRY(auto&& before, load_organization(transaction, request.organization()));
            const v1::Organization stored = to_message(before);
            v1::Organization merged = stored;
            TRY(auto&& fields, apply_field_mask(merged, request.settings(), request.update_mask()));
            TRY(refuse_not_available(stored, merged));
            TRY(auto&& settings, to_settings(merged));
            TRY(check_methods(before.settings, settings, project.settings));
            const auto expected =
                request.expected_revision() != 0 ? request.expected_revision() : before.revision;
            TRY(auto&& after, storage::update_organization(transaction, before.id, settings, expected));
            if (!after) {
                return ApiError{Code::aborted,
                                "the organization was changed meanwhile: read it and try again"};
            }
            TRY(record(transaction, call,
                       organization_event(call, audit::EventType::organization_updated, after->id,
                                          {{"fields", json_list(fields)}, {"revision", after->revision}})));
            return std::move(*after);
        }));
    co_return to_message(written);
}

Async<Result<v1::Organization, ApiError>>
disable_organization_logins(Call& call, v1::DisableOrganizationLoginsRequest request)
{
    co_return co_await set_logins_disabled(call, request.project(), request.organization(),
                                           audit::EventType::organization_logins_disabled);
}

Async<Result<v1::Organization, ApiError>>
enable_organization_logins(Call& call, v1::EnableOrganizationLoginsRequest request)
{
    co_return co_await set_logins_disabled(call, request.project(), request.organization(),
                                           audit::EventType::organization_logins_enabled);
}

Async<Result<google::protobuf::Empty, ApiError>> delete_organization(Call& call,
                                                                     v1::DeleteOrganizationRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"organization", request.organization()};
    CO_TRY(co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Removed {
        TRY(auto&& before, load_organization(transaction, request.organization()));
        TRY(storage::delete_organization(transaction, before.id));
        TRY(record(transaction, call,
                   organization_event(call, audit::EventType::organization_deleted, before.id,
                                      {{"display_name", before.settings.display_name}})));
        return true;
    }));
    co_return google::protobuf::Empty{};
}

}  // namespace tessera::api::console
