#include "daemon/login/account/account.hpp"

#include <algorithm>
#include <array>

#include "daemon/http/origin.hpp"
#include "daemon/login/endpoint.hpp"
#include "daemon/login/trouble.hpp"
#include "daemon/mail/render.hpp"
#include "storage/repositories/authenticator_apps.hpp"
#include "storage/repositories/clients.hpp"
#include "storage/repositories/grants.hpp"
#include "storage/repositories/organizations.hpp"
#include "storage/repositories/passkeys.hpp"
#include "storage/repositories/sessions.hpp"
#include "storage/repositories/token_families.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

constexpr std::array actions{
    AccountAction{page::act::change_password, change_password},
    AccountAction{page::act::add_passkey, add_passkey},
    AccountAction{page::act::rename_passkey, rename_passkey},
    AccountAction{page::act::remove_passkey, remove_passkey},
    AccountAction{page::act::add_authenticator, add_authenticator},
    AccountAction{page::act::remove_authenticator, remove_authenticator},
    AccountAction{page::act::new_recovery_codes, make_recovery_codes_anew},
    AccountAction{page::act::end_session, end_one_session},
    AccountAction{page::act::end_other_sessions, end_other_sessions},
    AccountAction{page::act::remove_app, remove_app},
    AccountAction{page::act::reauthenticate, reauthenticate},
};

struct Person {
    storage::User user;
    storage::FlowOrganization organization;
};

Result<std::optional<Person>, StoreError> load_person(storage::Transaction& transaction,
                                                      const Authentication& authentication)
{
    TRY(auto&& user, storage::find_user(transaction, authentication.user));
    TRY(auto&& organization, storage::find_organization(transaction, authentication.organization));
    if (!user || !organization) {
        return std::nullopt;
    }
    const storage::OrganizationSettings& settings = organization->settings;
    storage::FlowOrganization mine;
    mine.id = organization->id;
    mine.display_name = settings.display_name;
    mine.log_in_with_email = settings.log_in_with_email;
    mine.log_in_with_password = settings.log_in_with_password;
    mine.log_in_with_authenticator_app = settings.log_in_with_authenticator_app;
    mine.log_in_with_passkey = settings.log_in_with_passkey;
    mine.require_mfa = settings.require_mfa;
    return Person{std::move(*user), std::move(mine)};
}

Result<page::AccountPage::App, StoreError> app_of(storage::Transaction& transaction, ClientId id,
                                                  Instant granted)
{
    TRY(auto&& client, storage::find_client(transaction, id));
    page::AccountPage::App app;
    app.id = id.to_string();
    app.name = client ? client->client.settings.display_name : app.id;
    app.granted = granted;
    return app;
}

// What the person allowed, and what acts for them without having been allowed: apps of the house that keep tokens.
Result<std::vector<page::AccountPage::App>, StoreError> load_apps(storage::Transaction& transaction,
                                                                  UserId user, Instant now)
{
    std::vector<page::AccountPage::App> apps;
    TRY(auto&& grants, storage::list_grants(transaction, user));
    for (const storage::Grant& grant : grants) {
        TRY(auto&& app, app_of(transaction, grant.client, grant.create_time));
        for (const storage::GrantedScope& scope : grant.scopes) {
            app.is_offline = app.is_offline || (scope.resource.empty() && scope.scope == "offline_access");
            app.permissions.push_back(scope.scope);
        }
        apps.push_back(std::move(app));
    }
    TRY(auto&& unasked, storage::list_unasked_access(transaction, user, now));
    for (storage::UnaskedAccess& access : unasked) {
        auto app = std::ranges::find(apps, access.client.to_string(), &page::AccountPage::App::id);
        if (app == apps.end()) {
            TRY(auto&& added, app_of(transaction, access.client, access.since));
            app = apps.insert(apps.end(), std::move(added));
        }
        app->is_offline = true;
        for (std::string& scope : access.scopes) {
            if (std::ranges::find(app->permissions, scope) == app->permissions.end()) {
                app->permissions.push_back(std::move(scope));
            }
        }
    }
    return apps;
}

// Everything the page shows, in one transaction.
Result<page::AccountPage, StoreError> load_page(storage::Transaction& transaction, const AccountVisit& visit)
{
    page::AccountPage page;
    const UserId user = visit.user.id;
    page.email = visit.user.settings.email;
    page.display_name = visit.user.settings.profile.display_name.value_or(page.email);
    page.organization = visit.realm->project.sole_organization ? "" : visit.organization.display_name;
    using enum page::AccountPage::Password;
    page.password = !visit.methods.password ? off : visit.user.has_password ? set : none;
    page.passkeys_on = visit.methods.passkey;
    TRY(auto&& passkeys, storage::list_passkeys(transaction, user));
    std::vector<Bytes> registered;
    for (const storage::Passkey& passkey : passkeys) {
        registered.push_back(passkey.credential_id);
        page.passkeys.push_back(
            {passkey.id.to_string(), passkey.name, passkey.create_time, passkey.last_used_time});
    }
    if (visit.is_fresh() && visit.methods.passkey) {
        page.new_passkey = new_passkey_options(visit, registered);
    }
    page.authenticator = !visit.methods.authenticator_app   ? page::AccountPage::Authenticator::off
                         : visit.user.has_authenticator_app ? page::AccountPage::Authenticator::set
                                                            : page::AccountPage::Authenticator::none;
    TRY(page.recovery_codes_left, storage::count_recovery_codes(transaction, user));
    TRY(auto&& sessions, storage::list_live_sessions(transaction, user, visit.now,
                                                     Seconds{visit.realm->project.settings.session_idle_s}));
    for (const storage::Session& session : sessions) {
        page.sessions.push_back({session.id.to_string(), mail::device_of(session.user_agent), session.ip,
                                 session.create_time, session.last_active_time,
                                 session.id == visit.person.session});
    }
    TRY(page.apps, load_apps(transaction, user, visit.now));
    return page;
}

Async<Answer> show(AccountVisit& visit, page::Problem problem, page::Notice notice)
{
    auto loaded =
        co_await transact(visit.front, visit.realm->project.id,
                          [&](storage::Transaction& transaction) -> Result<page::AccountPage, StoreError> {
                              // What was changed a moment ago is what is shown.
                              TRY(auto&& person, load_person(transaction, visit.person));
                              if (person) {
                                  visit.user = std::move(person->user);
                              }
                              return load_page(transaction, visit);
                          });
    if (!loaded) {
        co_return from_store(loaded.error());
    }
    co_return page::render(visit.context(problem, notice), loaded.value());
}

Async<Answer> change(AccountVisit& visit)
{
    const std::string_view name = visit.field(page::field::action);
    if (name == page::act::proceed) {  // the recovery codes were read
        http::Response response;
        response.status = 303;
        response.set("Location", visit.path());
        response.set("Cache-Control", "no-store");
        co_return response;
    }
    const auto action = std::ranges::find(actions, name, &AccountAction::name);
    if (action == actions.end()) {
        co_return co_await show(visit, page::Problem::try_again, page::Notice::none);
    }
    CO_TRY(auto&& changed, co_await action->change(visit));
    if (changed.response) {
        co_return std::move(*changed.response);
    }
    co_return co_await show(visit, changed.problem, changed.notice);
}

Async<http::Response> visit_account(Front& front, const http::Request& request, RealmPtr realm,
                                    const http::Form& form, bool is_change)
{
    auto current = co_await current_session(front, request, realm);
    if (!current) {
        co_return trouble(request, *realm, "account_not_answered", from_store(current.error()));
    }
    Wanted wanted{.return_path = "/account"};
    if (!current.value() || !satisfies(*current.value(), wanted)) {
        // An invitation's link says who it is for.
        const auto query = http::Form::parse(request.query);
        const auto hint = query ? query.value().find("login_hint") : std::nullopt;
        wanted.login_hint = hint.value_or("");
        auto begun = co_await begin(front, request, realm, std::move(wanted));
        co_return begun ? std::move(begun.value())
                        : trouble(request, *realm, "account_not_answered", from_store(begun.error()));
    }
    auto person = co_await transact(
        front, realm->project.id,
        [&](storage::Transaction& transaction) -> Result<std::optional<Person>, StoreError> {
            return load_person(transaction, *current.value());
        });
    if (!person || !person.value()) {
        co_return trouble(request, *realm, "account_not_answered",
                          person ? LoginError{500, "That could not be done.", "a session without its user"}
                                 : from_store(person.error()));
    }
    const Methods methods = methods_of(realm->project.settings, person.value()->organization);
    AccountVisit visit{front,
                       request,
                       realm,
                       form,
                       std::move(*current.value()),
                       std::move(person.value()->user),
                       std::move(person.value()->organization),
                       methods,
                       plain_context(request, *realm).language,
                       front.clock.now()};
    auto answered =
        is_change ? co_await change(visit) : co_await show(visit, page::Problem::none, page::Notice::none);
    co_return answered ? std::move(answered.value())
                       : trouble(request, *realm, "account_not_answered", answered.error());
}

}  // namespace

page::PageContext AccountVisit::context(page::Problem problem, page::Notice notice) const
{
    page::PageContext context;
    context.project_name = realm->name;
    context.realm_path = "/realms/" + realm->project.slug;
    context.language = language;
    context.form.action = path();
    context.problem = problem;
    context.notice = notice;
    if (problem == page::Problem::too_many_attempts) {
        context.retry_after = rate::window;
    }
    return context;
}

Async<Changed> ask_again(AccountVisit& visit, Wanted::Page page)
{
    auto begun =
        co_await begin(visit.front, visit.request, visit.realm,
                       {.return_path = "/account", .user = visit.user.id, .since = visit.now, .page = page});
    if (!begun) {
        co_return from_store(begun.error());
    }
    co_return Change{.response = std::move(begun.value())};
}

Async<Changed> reauthenticate(AccountVisit& visit) { co_return co_await ask_again(visit); }

audit::Event event_of(const AccountVisit& visit, audit::EventType type)
{
    audit::Event event{.type = type};
    audit::add_request(event, visit.request);
    event.project = visit.realm->project.id;
    event.principal = {audit::PrincipalKind::user, visit.user.id.to_string()};
    event.session_id = visit.person.session.to_string();
    event.target = {"user", visit.user.id.to_string()};
    return event;
}

Result<void, StoreError> record(storage::Transaction& transaction, const AccountVisit& visit,
                                const audit::Event& event)
{
    return storage::insert_audit_event(transaction, audit::to_row(event, visit.now));
}

Async<Result<storage::NewMail, LoginError>>
write_mail(AccountVisit& visit, mail::Kind kind, std::vector<std::pair<std::string, std::string>> values)
{
    auto sealed = co_await mail::seal(visit.front.keys, visit.realm->project.id,
                                      {.kind = kind,
                                       .recipient = visit.user.settings.email,
                                       .locale = std::string{page::tag_of(visit.language)},
                                       .values = std::move(values)},
                                      visit.now, visit.request.request_id);
    if (!sealed) {
        co_return from_keyd(sealed.error());
    }
    co_return std::move(sealed.value());
}

Async<http::Response> show_account(Front& front, const http::Request& request, RealmPtr realm)
{
    const http::Form nothing;
    co_return co_await visit_account(front, request, realm, nothing, false);
}

Async<http::Response> take_account(Front& front, const http::Request& request, RealmPtr realm)
{
    const auto form = http::Form::parse(request.body);
    if (request.media_type() != "application/x-www-form-urlencoded" || !form || form.value().find_repeated({})
        || !http::is_from_own_page(request, front.settings.text("issuer-base"))) {
        co_return error_page(request, *realm, 400, "invalid_request",
                             "This form did not come from our page.");
    }
    co_return co_await visit_account(front, request, realm, form.value(), true);
}

}  // namespace tessera::login
