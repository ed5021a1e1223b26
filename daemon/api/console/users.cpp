// Users: the people of a project's organizations.
#include "base/ascii.hpp"
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/organization_reference.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/user_message.hpp"
#include "daemon/api/console/user_work.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/api/page_token.hpp"
#include "storage/repositories/mail_outbox.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Written = Result<storage::User, ApiError>;
using Removed = Result<bool, ApiError>;
using Rows = Result<std::vector<storage::User>, ApiError>;

constexpr std::size_t page_default = 50;
constexpr std::size_t page_max = 500;

Async<Result<v1::User, ApiError>> set_disabled(Call& call, std::string project_reference, std::string id,
                                               audit::EventType type)
{
    CO_TRY(auto&& project, co_await load_project(call, std::move(project_reference)));
    call.target = {"user", id};
    const bool disabled = type == audit::EventType::user_disabled;
    CO_TRY(auto&& after,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& before, load_user(transaction, id));
               if (before.disabled == disabled) {
                   return std::move(before);
               }
               TRY(storage::set_user_disabled(transaction, before.id, disabled));
               TRY(auto&& written, load_user(transaction, id));
               TRY(record(transaction, call,
                          user_event(call, type, written.id, {{"revision", written.revision}})));
               return std::move(written);
           }));
    co_return to_message(after);
}

// Nothing for an organization that is not there: a filter that fits nobody.
Rows find_page(storage::Transaction& transaction, const v1::ListUsersRequest& request, UserId after,
               std::size_t limit)
{
    std::optional<OrganizationId> organization;
    if (!request.organization_id().empty()) {
        organization = OrganizationId::parse(request.organization_id());
        if (!organization) {
            return std::vector<storage::User>{};
        }
    }
    if (request.email().empty()) {
        TRY(auto&& found, storage::list_users(transaction, organization, after, limit));
        return std::move(found);
    }
    if (organization) {
        TRY(auto&& found, storage::find_user_by_email(transaction, *organization, request.email()));
        return found ? std::vector{std::move(*found)} : std::vector<storage::User>{};
    }
    TRY(auto&& found, storage::find_users_by_email(transaction, request.email(), page_max));
    return std::move(found);
}

}  // namespace

Async<Result<v1::User, ApiError>> create_user(Call& call, v1::CreateUserRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(refuse_output_only(request.user()));
    CO_TRY(auto&& settings, to_settings(request.user()));
    const auto proof = request.email_verified() ? storage::EmailProof::verified : storage::EmailProof::none;
    CO_TRY(auto&& made,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(const OrganizationId organization,
                   place_of(transaction, project, request.user().organization_id()));
               TRY(auto&& user, storage::insert_user(transaction, project.id, UserId::random(), organization,
                                                     settings, proof));
               TRY(record(transaction, call,
                          user_event(call, audit::EventType::user_created, user.id,
                                     {{"organization", organization.to_string()},
                                      {"owner", settings.owner},
                                      {"email_verified", request.email_verified()}})));
               return std::move(user);
           }));
    co_return to_message(made);
}

Async<Result<v1::User, ApiError>> get_user(Call& call, v1::GetUserRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& found, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return load_user(transaction, request.user());
           }));
    co_return to_message(found);
}

Async<Result<v1::ListUsersResponse, ApiError>> list_users(Call& call, v1::ListUsersRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    const std::string binding =
        project.id.to_string() + " " + request.organization_id() + " " + request.email();
    CO_TRY(auto&& cursor, read_page_token("users", binding, request.page_token()));
    const UserId after = UserId::parse(cursor).value_or(UserId{});
    CO_TRY(auto&& rows, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return find_page(transaction, request, after, size + 1);
           }));
    v1::ListUsersResponse response;
    if (request.email().empty() && rows.size() > size) {
        rows.pop_back();
        response.set_next_page_token(make_page_token("users", binding, rows.back().id.to_string()));
    }
    for (const storage::User& user : rows) {
        *response.add_users() = to_message(user);
    }
    co_return response;
}

Async<Result<v1::User, ApiError>> update_user(Call& call, v1::UpdateUserRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"user", request.user()};
    CO_TRY(auto&& before, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return load_user(transaction, request.user());
           }));
    v1::User merged = to_message(before);
    CO_TRY(auto&& fields, apply_field_mask(merged, request.settings(), request.update_mask()));
    CO_TRY(auto&& settings, to_settings(merged));
    std::optional<storage::NewMail> notice;  // to the address that was: whoever reads it there may object
    if (!ascii::equal_ignoring_case(settings.email, before.settings.email)) {
        CO_TRY(notice, co_await write_mail(call, project,
                                           {.kind = mail::Kind::email_changed,
                                            .recipient = before.settings.email,
                                            .values = {{"new_email", settings.email}}}));
    }
    const auto expected = request.expected_revision() != 0 ? request.expected_revision() : before.revision;
    CO_TRY(auto&& written,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& after, storage::update_user(transaction, before.id, settings, expected));
               if (!after) {
                   return ApiError{Code::aborted, "the user was changed meanwhile: read it and try again"};
               }
               if (notice) {
                   TRY(storage::insert_mail(transaction, project.id, *notice));
               }
               TRY(record(transaction, call,
                          user_event(call, audit::EventType::user_updated, after->id,
                                     {{"fields", json_list(fields)}, {"revision", after->revision}})));
               return std::move(*after);
           }));
    co_return to_message(written);
}

Async<Result<v1::User, ApiError>> disable_user(Call& call, v1::DisableUserRequest request)
{
    co_return co_await set_disabled(call, request.project(), request.user(), audit::EventType::user_disabled);
}

Async<Result<v1::User, ApiError>> enable_user(Call& call, v1::EnableUserRequest request)
{
    co_return co_await set_disabled(call, request.project(), request.user(), audit::EventType::user_enabled);
}

Async<Result<google::protobuf::Empty, ApiError>> delete_user(Call& call, v1::DeleteUserRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"user", request.user()};
    CO_TRY(co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Removed {
        TRY(auto&& before, load_user(transaction, request.user()));
        TRY(storage::delete_user(transaction, before.id));
        TRY(record(transaction, call,
                   user_event(call, audit::EventType::user_deleted, before.id,
                              {{"organization", before.organization.to_string()}})));
        return true;
    }));
    co_return google::protobuf::Empty{};
}

}  // namespace tessera::api::console
