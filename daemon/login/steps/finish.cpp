// The end of a sign-in: one transaction makes the session, then the browser goes back to who asked.
#include "daemon/login/acr.hpp"
#include "daemon/login/browser.hpp"
#include "daemon/login/messages.hpp"
#include "daemon/login/visit.hpp"
#include "storage/repositories/sessions.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

constexpr std::size_t user_agent_bytes_max = 256;

// OpenID Connect Core §2, auth_time: when the person authenticated, which is not when the last page was answered.
std::optional<Instant> proved_since(const storage::LoginFlow& flow)
{
    std::optional<Instant> first;
    for (const auto& proof :
         {flow.email_verified_time, flow.password_verified_time, flow.authenticator_app_verified_time,
          flow.recovery_code_used_time, flow.passkey_verified_time}) {
        if (proof && (!first || *proof < *first)) {
            first = proof;
        }
    }
    return first;
}

storage::Session session_of(const Visit& visit, DeviceId device)
{
    storage::Session session;
    session.id = SessionId::random();
    session.user = visit.view.user->id;
    session.organization = visit.view.organization->id;
    session.primary_auth_factor = visit.view.flow.primary_factor;
    session.amr = amr_of(visit.view.flow);
    session.acr = acr_of(visit.view.flow);
    session.auth_time = proved_since(visit.view.flow).value_or(visit.now);
    session.create_time = visit.now;
    session.last_active_time = visit.now;
    session.expire_time = visit.now + Seconds{visit.project().session_lifetime_s};
    session.device = device;
    // As the audit trail has it: nothing of it is a control character.
    audit::Event from;
    audit::add_request(from, visit.request);
    session.ip = from.ip;
    session.user_agent = from.user_agent.substr(0, user_agent_bytes_max);
    return session;
}

audit::Event told(const Visit& visit, const storage::Session& session, audit::EventType type)
{
    audit::Event event = event_of(visit, type);
    event.session_id = session.id.to_string();
    event.target = {"session", session.id.to_string()};
    event.body.emplace("factor", session.primary_auth_factor);
    json::array amr;
    for (const std::string& value : session.amr) {
        amr.emplace_back(value);
    }
    event.body.emplace("amr", std::move(amr));
    event.body.emplace("acr", session.acr);
    return event;
}

// The browser's session of the same person goes on with what was proved now; another person's ends.
Result<bool, StoreError> renew(storage::Transaction& transaction, const Visit& visit,
                               storage::Session& session, const std::optional<Sha256>& old_digest,
                               const Sha256& digest)
{
    if (!old_digest) {
        return false;
    }
    TRY(auto&& old, storage::find_live_session(transaction, *old_digest, visit.now,
                                               Seconds{visit.project().session_idle_s}));
    if (!old) {
        return false;
    }
    if (old->user != session.user) {
        TRY(auto&& ended, storage::revoke_session(transaction, old->id, old->user, visit.now, "replaced"));
        TRY(record_ended(transaction, visit, old->user, ended, "replaced"));
        return false;
    }
    session.id = old->id;
    TRY(const bool renewed, storage::renew_session(transaction, session, digest));
    if (renewed) {
        TRY(record(transaction, visit, told(visit, session, audit::EventType::session_renewed)));
    }
    return renewed;
}

Result<void, StoreError> start(storage::Transaction& transaction, const Visit& visit,
                               const storage::Session& session, const Sha256& digest,
                               const storage::NewMail& mail)
{
    TRY(storage::insert_session(transaction, visit.realm->project.id, session, digest));
    TRY(const bool is_new_device, storage::remember_device(transaction, visit.realm->project.id, session.user,
                                                           session.device, visit.now));
    if (is_new_device) {
        TRY(send(transaction, visit, mail));
    }
    audit::Event event = told(visit, session, audit::EventType::session_started);
    event.body.emplace("device", session.device.to_string());
    return record(transaction, visit, event);
}

}  // namespace

Async<Answer> finish(Visit& visit, page::Problem)
{
    http::Response response;
    response.status = 303;
    response.set("Location", "/realms/" + visit.realm->project.slug + visit.flow().return_path);
    response.set("Cache-Control", "no-store");
    storage::Session session = session_of(visit, device_of(visit.request, *visit.realm, response));
    const auto old_digest = session_digest(visit.request, *visit.realm);
    const Sha256 digest = make_session_cookie(*visit.realm, response);
    CO_TRY(auto&& mail, co_await write_mail(visit, Kind::new_device, visit.view.user->email,
                                            {{"address", session.ip}, {"device", session.user_agent}}));
    visit.flow().finish_time = visit.now;
    CO_TRY(const bool finished,
           co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
               TRY(const bool renewed, renew(transaction, visit, session, old_digest, digest));
               if (!renewed) {
                   TRY(start(transaction, visit, session, digest, mail));
               }
               TRY(storage::record_user_sign_in(transaction, session.user, visit.now));
               return ok();
           }));
    if (!finished) {
        // Somebody answered the last page twice: the other answer has the session and its cookie.
        http::Response elsewhere;
        elsewhere.status = 303;
        elsewhere.set("Location", std::string{response.find("Location")});
        elsewhere.set("Cache-Control", "no-store");
        co_return elsewhere;
    }
    co_return response;
}

Async<Taken> take_finish(Visit& visit)
{
    CO_TRY(auto&& response, co_await finish(visit, page::Problem::none));
    co_return std::move(response);
}

}  // namespace tessera::login
