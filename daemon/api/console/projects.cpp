// Projects: made with their keyring, changed member by member, disabled but never deleted.
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/given_members.hpp"
#include "daemon/api/console/not_available.hpp"
#include "daemon/api/console/project_message.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/api/page_token.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Written = Result<storage::Project, ApiError>;

constexpr std::size_t page_default = 50;
constexpr std::size_t page_max = 500;
constexpr std::size_t upstream_secret_bytes_max = 1024;

v1::Project message_of(const Call& call, const storage::Project& project)
{
    return to_message(project, call.front.realms.issuer_of(project.slug));
}

// keyd binds the envelope to where it is stored, so a row swapped in the database does not open.
Async<Result<std::optional<Bytes>, ApiError>> seal(Call& call, ProjectId project, std::string column,
                                                   std::string plaintext)
{
    if (plaintext.empty()) {
        co_return std::nullopt;
    }
    if (plaintext.size() > upstream_secret_bytes_max) {
        co_return invalid(column, "at most 1,024 bytes");
    }
    keyd::v1::Request request;
    request.set_request_id(call.request.request_id);
    auto& seal = *request.mutable_seal();
    seal.set_project(project.uuid.bytes.data(), project.uuid.bytes.size());
    seal.set_context("projects." + column + ":" + project.to_string());
    seal.set_plaintext(std::move(plaintext));
    CO_TRY(auto&& response, co_await call.front.keys.client().call(std::move(request)));
    const ByteView envelope = as_bytes(response.sealed().envelope());
    co_return Bytes{envelope.begin(), envelope.end()};
}

Async<Result<storage::UpstreamSecrets, ApiError>> seal_secrets(Call& call, ProjectId project,
                                                               const v1::Project& message)
{
    storage::UpstreamSecrets out;
    CO_TRY(auto&& google,
           co_await seal(call, project, "google_oauth_client_secret", message.google_oauth_client_secret()));
    CO_TRY(auto&& microsoft, co_await seal(call, project, "microsoft_oauth_client_secret",
                                           message.microsoft_oauth_client_secret()));
    CO_TRY(auto&& github,
           co_await seal(call, project, "github_oauth_client_secret", message.github_oauth_client_secret()));
    out.google = std::move(google);
    out.microsoft = std::move(microsoft);
    out.github = std::move(github);
    co_return out;
}

Result<void, ApiError> store_secrets(storage::Transaction& transaction, ProjectId project,
                                     const storage::UpstreamSecrets& secrets)
{
    if (secrets.google || secrets.microsoft || secrets.github) {
        TRY(storage::set_project_upstream_secrets(transaction, project, secrets));
    }
    return ok();
}

// What the update names; the rest of the body is not written.
storage::UpstreamSecrets masked(const storage::UpstreamSecrets& secrets,
                                const std::vector<std::string>& fields)
{
    const auto is_named = [&](std::string_view field) {
        return std::ranges::find(fields, field) != fields.end();
    };
    storage::UpstreamSecrets out;
    if (is_named("googleOauthClientSecret")) {
        out.google = secrets.google;
    }
    if (is_named("microsoftOauthClientSecret")) {
        out.microsoft = secrets.microsoft;
    }
    if (is_named("githubOauthClientSecret")) {
        out.github = secrets.github;
    }
    return out;
}

// A new project's members over the defaults: what the request leaves out keeps its default.
Result<v1::Project, ApiError> with_defaults(const Call& call, const v1::Project& asked)
{
    TRY(check_slug(asked.slug()));
    v1::Project out = default_project();
    TRY(take_given_members(call, "project", asked, out));
    TRY(refuse_not_available(default_project(), out));
    return out;
}

audit::Event project_event(const Call& call, audit::EventType type, ProjectId id, json::object body)
{
    audit::Event event = event_of(call, type, audit::EventResult::success);
    event.project = id;
    event.target = {"project", id.to_string()};
    event.body = std::move(body);
    return event;
}

Result<void, ApiError> record_creation(storage::Transaction& transaction, const Call& call,
                                       const storage::Project& project, const std::string& shared_keyring)
{
    const std::string issuer = call.front.realms.issuer_of(project.slug);
    audit::Event keyring =
        project_event(call, audit::EventType::keyring_created, project.id,
                      {{"issuer", issuer}, {"label", shared_keyring}, {"shared", !shared_keyring.empty()}});
    keyring.target = {"keyring", project.keyring.to_string()};
    TRY(record(transaction, call, keyring));
    if (project.sole_organization) {
        audit::Event organization = project_event(call, audit::EventType::organization_created, project.id,
                                                  {{"display_name", project.settings.display_name}});
        organization.target = {"organization", project.sole_organization->to_string()};
        TRY(record(transaction, call, organization));
    }
    return record(transaction, call,
                  project_event(call, audit::EventType::project_created, project.id,
                                {{"slug", project.slug},
                                 {"display_name", project.settings.display_name},
                                 {"keyring", project.keyring.to_string()},
                                 {"issuer", issuer}}));
}

Result<void, ApiError> record_update(storage::Transaction& transaction, const Call& call,
                                     const storage::Project& before, const storage::Project& after,
                                     const std::vector<std::string>& fields)
{
    const auto days = after.settings.audit_retention_days;
    if (days != before.settings.audit_retention_days) {
        TRY(record(transaction, call,
                   project_event(call, audit::EventType::audit_retention_changed, after.id,
                                 {{"days", days}, {"days_before", before.settings.audit_retention_days}})));
    }
    return record(transaction, call,
                  project_event(call, audit::EventType::project_updated, after.id,
                                {{"fields", json_list(fields)}, {"revision", after.revision}}));
}

Async<Result<v1::Project, ApiError>> set_disabled(Call& call, std::string reference, audit::EventType type)
{
    CO_TRY(auto&& project, co_await load_project(call, std::move(reference)));
    const bool disabled = type == audit::EventType::project_disabled;
    if (project.disabled == disabled) {
        co_return message_of(call, project);
    }
    CO_TRY(auto&& written,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(storage::set_project_disabled(transaction, project.id, disabled));
               TRY(auto&& after, storage::find_project(transaction, project.id));
               if (!after) {
                   return not_found();
               }
               TRY(record(transaction, call,
                          project_event(call, type, project.id, {{"revision", after->revision}})));
               return std::move(*after);
           }));
    co_return message_of(call, written);
}

}  // namespace

Async<Result<v1::Project, ApiError>> create_project(Call& call, v1::CreateProjectRequest request)
{
    CO_TRY(auto&& asked, with_defaults(call, request.project()));
    CO_TRY(auto&& settings, to_settings(asked));
    const std::string slug = request.project().slug();
    call.target = {"project", slug};
    const std::string issuer = call.front.realms.issuer_of(slug);
    std::string shared = request.shared_keyring().empty() ? call.front.settings.text("shared-keyring")
                                                          : request.shared_keyring();
    // Before the row: a keyring nobody refers to yet is found again by the next try, a realm without one would not work.
    auto ensured = co_await call.front.keys.ensure_realm_keyring(issuer, shared);
    if (!ensured && ensured.error().code_name == "ISSUER_ENROLLED_ELSEWHERE"
        && request.shared_keyring().empty()) {
        // An operator made a keyring for this issuer beforehand, on a token of its own perhaps: it comes before the default.
        shared.clear();
        ensured = co_await call.front.keys.ensure_realm_keyring(issuer, shared);
    }
    CO_TRY(auto&& keyring, std::move(ensured));
    const ProjectId id = ProjectId::random();
    CO_TRY(auto&& secrets, co_await seal_secrets(call, id, request.project()));
    const auto sole = request.single_organization() ? std::optional{OrganizationId::random()} : std::nullopt;
    const storage::SystemScope why{"console: make a project"};
    CO_TRY(auto&& made, co_await in_system(call, why, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& project,
                   storage::insert_project(transaction, id, slug, settings, keyring, secrets, sole));
               TRY(record_creation(transaction, call, project, shared));
               return std::move(project);
           }));
    co_return message_of(call, made);
}

Async<Result<v1::Project, ApiError>> get_project(Call& call, v1::GetProjectRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    co_return message_of(call, project);
}

Async<Result<v1::ListProjectsResponse, ApiError>> list_projects(Call& call, v1::ListProjectsRequest request)
{
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    CO_TRY(auto&& after, read_page_token("projects", "", request.page_token()));
    using Rows = Result<std::vector<storage::Project>, ApiError>;
    const storage::SystemScope why{"console: list projects"};
    CO_TRY(auto&& rows, co_await in_system(call, why, [&](storage::Transaction& transaction) -> Rows {
               TRY(auto&& found, storage::list_projects(transaction, after, size + 1));
               return std::move(found);
           }));
    v1::ListProjectsResponse response;
    if (rows.size() > size) {
        rows.pop_back();
        response.set_next_page_token(make_page_token("projects", "", rows.back().slug));
    }
    for (const storage::Project& project : rows) {
        *response.add_projects() = message_of(call, project);
    }
    co_return response;
}

Async<Result<v1::Project, ApiError>> update_project(Call& call, v1::UpdateProjectRequest request)
{
    CO_TRY(auto&& known, co_await load_project(call, request.project()));
    call.target = {"project", known.id.to_string()};
    const ProjectId id = known.id;
    CO_TRY(auto&& secrets, co_await seal_secrets(call, id, request.settings()));
    CO_TRY(auto&& written, co_await in_realm(call, id, [&](storage::Transaction& transaction) -> Written {
               TRY(auto&& before, storage::find_project(transaction, id));
               if (!before) {
                   return not_found();
               }
               const v1::Project stored = message_of(call, *before);
               v1::Project merged = stored;
               TRY(auto&& fields, apply_field_mask(merged, request.settings(), request.update_mask()));
               TRY(refuse_not_available(stored, merged));
               TRY(auto&& settings, to_settings(merged));
               const auto expected =
                   request.expected_revision() != 0 ? request.expected_revision() : before->revision;
               TRY(auto&& after, storage::update_project(transaction, id, settings, expected));
               if (!after) {
                   return ApiError{Code::aborted, "the project was changed meanwhile: read it and try again"};
               }
               TRY(store_secrets(transaction, id, masked(secrets, fields)));
               TRY(record_update(transaction, call, *before, *after, fields));
               TRY(auto&& written, storage::find_project(transaction, id));
               return std::move(*written);
           }));
    co_return message_of(call, written);
}

Async<Result<v1::Project, ApiError>> disable_project(Call& call, v1::DisableProjectRequest request)
{
    co_return co_await set_disabled(call, request.project(), audit::EventType::project_disabled);
}

Async<Result<v1::Project, ApiError>> enable_project(Call& call, v1::EnableProjectRequest request)
{
    co_return co_await set_disabled(call, request.project(), audit::EventType::project_enabled);
}

}  // namespace tessera::api::console
