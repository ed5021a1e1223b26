#include "daemon/email_address.hpp"
#include "daemon/http/network.hpp"
#include "daemon/login/browser.hpp"
#include "daemon/login/login.hpp"
#include "daemon/login/trouble.hpp"
#include "daemon/login/visit.hpp"
#include "storage/repositories/rate_counters.hpp"
#include "storage/repositories/sessions.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

constexpr std::size_t hint_bytes_max = 254;

std::string locale_of(const http::Request& request, const Realm& realm, const Wanted& wanted)
{
    const page::Language fallback =
        page::language_of(realm.project.settings.default_locale).value_or(page::Language::en);
    return std::string{
        page::tag_of(page::choose_language(wanted.ui_locales, request.find("accept-language"), fallback))};
}

std::string_view purpose_of(Wanted::Page page)
{
    switch (page) {
    case Wanted::Page::sign_in: return purpose::sign_in;
    case Wanted::Page::sign_up: return purpose::sign_up;
    case Wanted::Page::select_account: return purpose::select_account;
    case Wanted::Page::enrol_authenticator: return purpose::enrol;
    }
    return purpose::sign_in;
}

storage::LoginFlow flow_of(const http::Request& request, const Realm& realm, const Wanted& wanted,
                           const Sha256& browser, Instant now)
{
    storage::LoginFlow flow;
    flow.id = LoginFlowId::random();
    flow.browser_digest = browser;
    flow.purpose = purpose_of(wanted.page);
    flow.return_path = wanted.return_path;
    flow.wanted_user = wanted.user;
    flow.wanted_acr = wanted.acr;
    flow.wanted_auth_time = wanted.since;
    // Shown in a field of ours: nothing else than an address is.
    if (wanted.login_hint.size() <= hint_bytes_max) {
        flow.login_hint = parse_email_address(wanted.login_hint).value_or("");
    }
    flow.locale = locale_of(request, realm, wanted);
    flow.redirect_target = wanted.redirect_target;
    flow.client_name = wanted.client_name;
    flow.create_time = now;
    flow.expire_time = now + flow_lifetime;
    return flow;
}

// Whoever is signed in in this browser is asked by name, unless somebody else is wanted. Where nobody is, there is nobody to
// choose.
Result<void, StoreError> look_at_session(storage::Transaction& transaction,
                                         const std::optional<Sha256>& session_digest_, Seconds idle,
                                         storage::LoginFlow& flow)
{
    std::optional<storage::Session> session;
    if (session_digest_) {
        TRY(session, storage::find_live_session(transaction, *session_digest_, flow.create_time, idle));
    }
    if (!session && flow.purpose == purpose::select_account) {
        flow.purpose = purpose::sign_in;
    }
    const bool is_asked = flow.purpose != purpose::select_account;
    if (session && is_asked && flow.login_hint.empty()
        && (!flow.wanted_user || flow.wanted_user == session->user)) {
        TRY(auto&& known, storage::find_user(transaction, session->user));
        flow.login_hint = known ? known->settings.email : std::string{};
    }
    return ok();
}

}  // namespace

Async<Result<http::Response, StoreError>> begin(Front& front, const http::Request& request, RealmPtr realm,
                                                Wanted wanted)
{
    http::Response response;
    response.status = 303;
    response.set("Cache-Control", "no-store");
    const Instant now = front.clock.now();
    const Bytes secret = browser_secret(request, *realm, response);
    storage::LoginFlow flow = flow_of(request, *realm, wanted, sha256(secret), now);
    const auto session = session_digest(request, *realm);
    const Seconds idle{realm->project.settings.session_idle_s};
    CO_TRY(const bool allowed,
           co_await transact(
               front, realm->project.id, [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                   TRY(auto&& begun,
                       storage::count_event(transaction, realm->project.id,
                                            "flow|address|" + http::network_of(request.peer.address),
                                            rate::window, now));
                   if (begun.count > rate::flows_per_address_max) {
                       return false;
                   }
                   TRY(look_at_session(transaction, session, idle, flow));
                   TRY(storage::insert_login_flow(transaction, realm->project.id, flow));
                   return true;
               }));
    if (!allowed) {
        http::Response refused = error_page(request, *realm, 429, "too_many_requests",
                                            "Too many sign-ins were begun from this address.");
        refused.set("Retry-After", std::to_string(rate::window.count()));
        co_return refused;
    }
    response.set("Location", "/realms/" + realm->project.slug + "/login?flow=" + flow.id.to_string());
    co_return response;
}

}  // namespace tessera::login
