#include <array>
#include <cstdint>
#include <utility>

#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "base/on_pool.hpp"
#include "base/random.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/authorize/response.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "storage/repositories/authorization_codes.hpp"

namespace tessera::oauth {

namespace {

// A family whose code is never redeemed is not kept; a code past its time is still told from one that never was.
constexpr Seconds unredeemed_kept{300};

// docs/spec-map.md X-13: 256 bits.
std::string new_code()
{
    std::array<std::uint8_t, 32> bytes;
    fill_random(bytes);
    return base64url_encode(bytes);
}

storage::TokenFamily family_of(const AuthorizeContext& context)
{
    const storage::AuthorizationRequest& request = context.request;
    const login::Authentication& session = *context.session;
    storage::TokenFamily family;
    family.id = TokenFamilyId::random();
    family.client = request.client;
    family.user = session.user;
    family.organization = session.organization;
    family.session = session.session;
    family.redirect_uri = request.redirect_uri;
    family.scope = request.scope;
    family.resources = request.resources;
    family.nonce = request.nonce;
    family.claims = request.claims;
    family.auth_time = session.auth_time;
    family.amr = session.amr;
    family.acr = session.acr;
    family.auth_time_asked = request.max_age_s.has_value() || context.settings().require_auth_time;
    family.offline = has_scope(request.scope, "offline_access");
    family.create_time = context.now;
    family.expire_time = context.now + code_lifetime + unredeemed_kept;
    return family;
}

storage::AuditRow event_of(const AuthorizeContext& context, const storage::TokenFamily& family)
{
    audit::Event event{.type = audit::EventType::oauth_authorization_granted};
    audit::add_request(event, context.http);
    event.project = context.realm->project.id;
    event.client_id = family.client.to_string();
    event.principal = {audit::PrincipalKind::user, family.user.to_string()};
    event.session_id = family.session.to_string();
    event.target = {"client", event.client_id};
    event.authority = context.grant ? "grant=" + context.grant->to_string() : "client=first_party";
    event.body.emplace("family", family.id.to_string());
    event.body.emplace("scope", family.scope);
    event.body.emplace("resources", json::array(family.resources.begin(), family.resources.end()));
    event.body.emplace("redirect_uri", family.redirect_uri);
    event.body.emplace("auth_time", to_unix_s(family.auth_time));
    event.body.emplace("acr", family.acr);
    event.body.emplace("amr", json::array(family.amr.begin(), family.amr.end()));
    event.body.emplace("offline", family.offline);
    return audit::to_row(event, context.now);
}

enum class Written { yes, answered_before, ended };

// One transaction, kept when all of it was: the request is answered once, with a code that has its family and its event.
Result<Written, storage::StoreError> write(const AuthorizeContext& context,
                                           const storage::TokenFamily& family, const storage::NewCode& code)
{
    const ProjectId project = context.realm->project.id;
    TRY(auto&& transaction,
        storage::Transaction::begin(context.front.app_pool, storage::RealmScope{project}));
    if (context.stored == AuthorizeContext::Stored::yes) {
        TRY(const bool first,
            storage::finish_authorization_request(transaction, context.request.id, context.now));
        if (!first) {
            return Written::answered_before;
        }
    }
    TRY(const bool stands,
        storage::insert_authorization_code(transaction, project, family, context.grant, code));
    if (!stands) {
        return Written::ended;
    }
    TRY(storage::insert_audit_event(transaction, event_of(context, family)));
    TRY(transaction.commit());
    return Written::yes;
}

}  // namespace

// RFC 6749 §4.1.2.
Async<Outcome> respond(AuthorizeContext& context)
{
    const storage::TokenFamily family = family_of(context);
    const std::string code = new_code();
    const storage::NewCode stored{sha256(code), context.request.code_challenge, context.now + code_lifetime};
    auto written = co_await on_pool(context.front.threads, [&] { return write(context, family, stored); });
    if (!written) {
        co_return AuthorizeRefusal{from_store(written.error())};
    }
    if (written.value() == Written::answered_before) {
        co_return malformed("This sign-in was answered already.", "answered before", Tell::page);
    }
    if (written.value() == Written::ended) {
        co_return AuthorizeRefusal{{ErrorCode::interaction_required,
                                    "What the person signed in with or allowed has ended meanwhile.",
                                    "session or consent ended"}};
    }
    co_return std::optional{authorization_response(context, {{"code", code}})};
}

}  // namespace tessera::oauth
