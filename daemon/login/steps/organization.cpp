// Which organization the person signs in to, and the user they are there.
#include "base/ascii.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/page/organization_pages.hpp"
#include "daemon/page/outcome_pages.hpp"
#include "storage/repositories/invites.hpp"
#include "storage/repositories/organizations.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;
using storage::VisibleOrganization;
using Visible = std::vector<VisibleOrganization>;

constexpr std::size_t name_chars_max = 128;

Async<Result<Visible, LoginError>> list_visible(Visit& visit)
{
    auto listed = co_await transact(visit.front, visit.realm->project.id,
                                    [&](storage::Transaction& transaction) -> Result<Visible, StoreError> {
                                        return storage::list_visible_organizations(
                                            transaction, visit.flow().email, visit.now);
                                    });
    if (!listed) {
        co_return from_store(listed.error());
    }
    co_return std::move(listed.value());
}

// The user of this address there: the one who is, or a new one by invite or where anybody may join. Nothing when neither.
Result<std::optional<UserId>, StoreError> join(storage::Transaction& transaction, const Visit& visit,
                                               OrganizationId organization, bool anybody_may)
{
    const storage::LoginFlow& flow = visit.view.flow;
    TRY(auto&& known, storage::find_user_by_email(transaction, organization, flow.email));
    if (known) {
        TRY(storage::mark_email_verified(transaction, known->id, flow.email));
        return known->id;
    }
    TRY(auto&& invite, storage::consume_invite(transaction, organization, flow.email, visit.now));
    if (!invite && !anybody_may) {
        return std::nullopt;
    }
    storage::UserSettings settings;
    settings.email = flow.email;
    settings.owner = invite && invite->owner;
    const UserId user = UserId::random();
    TRY(storage::insert_user(transaction, visit.realm->project.id, user, organization, settings,
                             storage::EmailProof::verified));
    audit::Event event = event_of(visit, audit::EventType::user_joined);
    event.principal.id = user.to_string();
    event.target = {"user", user.to_string()};
    event.body.emplace("organization", organization.to_string());
    event.body.emplace("email", flow.email);
    if (invite) {
        event.body.emplace("invite", invite->id.to_string());
    }
    TRY(record(transaction, visit, event));
    return user;
}

// True when the flow is in the organization now, or somebody else moved it.
Async<Result<bool, LoginError>> enter(Visit& visit, OrganizationId organization, bool anybody_may)
{
    storage::LoginFlow next = visit.flow();
    auto done = co_await transact(visit.front, visit.realm->project.id,
                                  [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                                      TRY(auto&& user, join(transaction, visit, organization, anybody_may));
                                      if (!user) {
                                          return false;
                                      }
                                      next.organization = organization;
                                      next.user = *user;
                                      TRY(storage::advance_login_flow(transaction, next, visit.now));
                                      return true;
                                  });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return done.value();
}

bool is_chooser_of_organizations(const Visit& visit)
{
    return !visit.realm->project.sole_organization && visit.project().self_serve_create_organizations;
}

// It takes over the methods the project has now.
storage::OrganizationSettings settings_of_new(const storage::ProjectSettings& project,
                                              const std::string& name)
{
    storage::OrganizationSettings settings;
    settings.display_name = name;
    settings.log_in_with_google = project.log_in_with_google;
    settings.log_in_with_microsoft = project.log_in_with_microsoft;
    settings.log_in_with_github = project.log_in_with_github;
    settings.log_in_with_email = project.log_in_with_email;
    settings.log_in_with_password = project.log_in_with_password;
    settings.log_in_with_authenticator_app = project.log_in_with_authenticator_app;
    settings.log_in_with_passkey = project.log_in_with_passkey;
    return settings;
}

Async<Taken> found_organization(Visit& visit)
{
    const std::string name{ascii::trim(visit.field(page::field::name))};
    if (name.empty()) {
        co_return co_await again(visit, page::Problem::name_required);
    }
    if (name.size() > name_chars_max) {
        co_return co_await again(visit, page::Problem::name_too_long);
    }
    storage::LoginFlow next = visit.flow();
    const OrganizationId id = OrganizationId::random();
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
            next.organization = id;
            // Before anything is made: a second answer to the same page makes no second organization.
            TRY(storage::insert_organization(transaction, visit.realm->project.id, id,
                                             settings_of_new(visit.project(), name)));
            TRY(storage::put_invite(
                transaction, visit.realm->project.id,
                {UserInviteId::random(), id, next.email, true, visit.now + flow_lifetime}));
            TRY(auto&& user, join(transaction, visit, id, false));
            next.user = user;
            audit::Event event = event_of(visit, audit::EventType::organization_founded);
            event.target = {"organization", id.to_string()};
            event.body.emplace("display_name", name);
            TRY(record(transaction, visit, event));
            TRY(const bool moved, storage::advance_login_flow(transaction, next, visit.now));
            if (!moved) {
                return StoreError{storage::StoreFault::conflict, "login_flows_step", "answered twice"};
            }
            return true;
        });
    if (!done && done.error().constraint != "login_flows_step") {
        co_return from_store(done.error());
    }
    co_return std::nullopt;
}

}  // namespace

Async<Result<bool, LoginError>> choose_for_them(Visit& visit)
{
    if (visit.realm->project.sole_organization) {
        co_return co_await enter(visit, *visit.realm->project.sole_organization,
                                 visit.project().self_serve_create_users);
    }
    CO_TRY(auto&& visible, co_await list_visible(visit));
    if (visible.size() == 1 && visible.front().user && !is_chooser_of_organizations(visit)) {
        co_return co_await enter(visit, visible.front().id, false);
    }
    co_return false;
}

Async<Answer> show_organization(Visit& visit, page::Problem problem)
{
    Visible visible;
    if (!visit.realm->project.sole_organization) {
        CO_TRY(auto&& listed, co_await list_visible(visit));
        visible = std::move(listed);
    }
    const bool may_create = is_chooser_of_organizations(visit);
    if (visible.empty() && !may_create) {
        co_return page::render(
            visit.context(),
            page::ErrorPage{403, "access_denied",
                            "There is no account for this address here. Ask whoever runs the "
                            "service for an invitation.",
                            visit.request.request_id, visit.url("")});
    }
    if (may_create && (visible.empty() || visit.variant == "create")) {
        visit.variant = "create";
        co_return page::render(
            visit.context(problem),
            page::CreateOrganizationPage{std::string{visit.field(page::field::name)}, !visible.empty()});
    }
    page::ChooseOrganizationPage page;
    page.username = visit.flow().email;
    page.may_create = may_create;
    for (const VisibleOrganization& organization : visible) {
        using enum page::ChooseOrganizationPage::Organization::Standing;
        page.organizations.push_back(
            {organization.id.to_string(), organization.display_name, organization.user ? member : invited});
    }
    co_return page::render(visit.context(problem), page);
}

Async<Taken> take_organization(Visit& visit)
{
    const std::string_view action = visit.action();
    if (action == page::act::create && is_chooser_of_organizations(visit)) {
        visit.variant = "create";
        co_return co_await again(visit, page::Problem::none);
    }
    if (visit.variant == "create" && is_chooser_of_organizations(visit) && action == page::act::proceed) {
        co_return co_await found_organization(visit);
    }
    if (action == page::act::another) {
        if (visit.variant == "create") {
            visit.variant.clear();
            co_return co_await again(visit, page::Problem::none);
        }
        co_return co_await start_over(visit);
    }
    const auto chosen = OrganizationId::parse(visit.field(page::field::choice));
    if (!chosen) {
        co_return co_await again(visit, page::Problem::choice_required);
    }
    CO_TRY(auto&& visible, co_await list_visible(visit));
    if (std::ranges::find(visible, *chosen, &VisibleOrganization::id) == visible.end()) {
        co_return co_await again(visit, page::Problem::organization_gone);
    }
    CO_TRY(const bool entered, co_await enter(visit, *chosen, false));
    if (!entered) {
        co_return co_await again(visit, page::Problem::organization_gone);
    }
    co_return std::nullopt;
}

Async<Answer> show_another_way(Visit& visit, page::Problem problem)
{
    page::AnotherWayPage page;
    page.username = visit.display_email();
    page.organization = visit.realm->project.sole_organization ? visit.project().display_name
                                                               : visit.view.organization->display_name;
    page.with_password = visit.methods.password;
    page.with_email_code = visit.methods.email;
    page.with_passkey = visit.methods.passkey;
    co_return page::render(visit.context(problem), page);
}

// Every other way begins at the beginning.
Async<Taken> take_another_way(Visit& visit) { co_return co_await start_over(visit); }

Async<Answer> show_refused(Visit& visit, page::Problem)
{
    co_return page::render(visit.context(), page::ErrorPage{403,
                                                            "access_denied",
                                                            "This account cannot sign in here at the moment.",
                                                            visit.request.request_id,
                                                            {}});
}

Async<Taken> take_refused(Visit& visit) { co_return co_await again(visit, page::Problem::none); }

}  // namespace tessera::login
