// A second factor for a person who has none that counts here, because the organization or the caller wants one.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/keys/seal.hpp"
#include "daemon/login/authenticator.hpp"
#include "daemon/login/messages.hpp"
#include "daemon/login/passkeys.hpp"
#include "daemon/login/qr.hpp"
#include "daemon/login/recovery_codes.hpp"
#include "daemon/login/totp.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/page/factor_pages.hpp"
#include "storage/repositories/authenticator_apps.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;
using Secret = Result<SecretBytes, LoginError>;

constexpr std::string_view authenticator = "authenticator";
constexpr std::string_view passkey = "passkey";

std::string pending_context(const Visit& visit)
{
    return "login_flows.pending_secret:" + visit.view.flow.id.to_string();
}

std::string codes_context(const Visit& visit)
{
    return "login_flows.recovery_codes:" + visit.view.flow.id.to_string();
}

Async<Secret> open_pending(Visit& visit, std::string context)
{
    auto opened = co_await keys::open(visit.front.keys, visit.realm->project.id, std::move(context),
                                      *visit.flow().pending_secret_sealed, visit.request.request_id);
    if (!opened) {
        co_return from_keyd(opened.error());
    }
    co_return std::move(opened.value());
}

Async<Result<Bytes, LoginError>> seal(Visit& visit, std::string context, SecretBytes secret)
{
    auto sealed = co_await keys::seal(visit.front.keys, visit.realm->project.id, std::move(context),
                                      std::move(secret), visit.request.request_id);
    if (!sealed) {
        co_return from_keyd(sealed.error());
    }
    co_return std::move(sealed.value());
}

// A secret for the app, kept sealed in the flow until a code proves that the app has it.
Async<Taken> begin_authenticator(Visit& visit)
{
    CO_TRY(auto&& sealed, co_await seal(visit, pending_context(visit), make_totp_secret()));
    visit.flow().pending_secret_sealed = std::move(sealed);
    CO_TRY(co_await advance(visit));
    visit.variant = authenticator;
    http::Response response;
    response.status = 303;
    response.set("Location", visit.url(authenticator));
    response.set("Cache-Control", "no-store");
    co_return response;
}

std::string text_of(const std::vector<RecoveryCode>& codes)
{
    json::array list;
    for (const RecoveryCode& code : codes) {
        list.emplace_back(code.text);
    }
    return json::serialize(list);
}

Async<Taken> prove_authenticator(Visit& visit)
{
    if (!visit.flow().pending_secret_sealed) {
        co_return co_await begin_authenticator(visit);
    }
    if (visit.field(page::field::code).empty()) {
        co_return co_await again(visit, page::Problem::code_required);
    }
    const UserId user = visit.view.user->id;
    CO_TRY(const bool allowed, co_await charge(visit, {"totp", user.to_string()}));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    CO_TRY(auto&& secret, co_await open_pending(visit, pending_context(visit)));
    const auto step = match_totp(secret, visit.field(page::field::code), visit.now, std::nullopt);
    if (!step) {
        co_return co_await refuse(visit, page::Problem::code_wrong, "wrong_code");
    }
    const std::vector<RecoveryCode> codes = make_recovery_codes();
    std::vector<Sha256> digests;
    for (const RecoveryCode& code : codes) {
        digests.push_back(code.digest);
    }
    CO_TRY(auto&& sealed_secret, co_await seal(visit, authenticator_context(user), std::move(secret)));
    CO_TRY(auto&& sealed_codes,
           co_await seal(visit, codes_context(visit), SecretBytes{as_bytes(text_of(codes))}));
    CO_TRY(auto&& mail, co_await write_mail(visit, Kind::factor_added, visit.view.user->email,
                                            {{"factor", "authenticator_app"}, {"name", ""}}));
    visit.flow().authenticator_app_verified_time = visit.now;
    visit.flow().pending_secret_sealed = std::move(sealed_codes);
    visit.flow().recovery_codes_seen = false;
    bool is_first = true;
    auto done = co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        const ProjectId project = visit.realm->project.id;
        TRY(is_first,
            storage::insert_authenticator_app(transaction, project, user, {sealed_secret, *step}, visit.now));
        if (!is_first) {
            return StoreError{storage::StoreFault::conflict, "user_authenticator_apps_pkey",
                              "enrolled meanwhile"};
        }
        TRY(storage::replace_recovery_codes(transaction, project, user, digests));
        TRY(send(transaction, visit, mail));
        audit::Event enrolled = event_of(visit, audit::EventType::authenticator_app_enrolled);
        enrolled.target = {"user", user.to_string()};
        TRY(record(transaction, visit, enrolled));
        audit::Event made = event_of(visit, audit::EventType::recovery_codes_made);
        made.target = {"user", user.to_string()};
        made.body.emplace("count", digests.size());
        return record(transaction, visit, made);
    });
    if (!done && is_first) {
        co_return done.error();
    }
    // Another sign-in of the same person was faster: theirs is the app that is asked for now.
    visit.variant.clear();
    co_return std::nullopt;
}

Async<Answer> show_authenticator(Visit& visit, page::Problem problem)
{
    CO_TRY(auto&& secret, co_await open_pending(visit, pending_context(visit)));
    page::EnrolAuthenticatorPage page;
    page.secret = totp_secret_text(secret);
    page.qr_svg = qr_svg(totp_uri(secret, visit.project().display_name, visit.view.user->email),
                         visit.project().display_name)
                      .value_or("");
    page.has_another = visit.methods.passkey;
    co_return page::render(visit.context(problem), page);
}

}  // namespace

Async<Answer> show_enrol_factor(Visit& visit, page::Problem problem)
{
    visit.methods.passkey = visit.methods.passkey && visit.flow().purpose != "enrol";
    if (visit.variant == authenticator && visit.flow().pending_secret_sealed) {
        co_return co_await show_authenticator(visit, problem);
    }
    if (visit.variant == passkey && visit.methods.passkey) {
        CO_TRY(auto&& passkeys, co_await list_passkeys(visit));
        page::EnrolPasskeyPage page;
        page.passkey = creation_options(visit, passkeys);
        page.has_another = visit.methods.authenticator_app;
        co_return page::render(visit.context(problem), page);
    }
    visit.variant.clear();
    page::ChooseFactorPage page;
    page.username = visit.view.user->email;
    page.purpose = page::ChooseFactorPage::Purpose::enrol;
    if (visit.methods.passkey) {
        page.factors.push_back(page::Factor::passkey);
    }
    if (visit.methods.authenticator_app) {
        page.factors.push_back(page::Factor::authenticator);
    }
    co_return page::render(visit.context(problem), page);
}

Async<Taken> take_enrol_factor(Visit& visit)
{
    visit.methods.passkey = visit.methods.passkey && visit.flow().purpose != "enrol";
    const std::string_view action = visit.action();
    if (action == page::act::another) {
        visit.variant.clear();
        co_return co_await again(visit, page::Problem::none);
    }
    if (action == page::act::passkey && visit.methods.passkey) {
        if (visit.field(page::field::credential).empty()) {
            visit.variant = passkey;
            co_return co_await again(visit, page::Problem::none);
        }
        co_return co_await register_passkey(visit);
    }
    if (action == page::act::authenticator && visit.methods.authenticator_app) {
        co_return co_await begin_authenticator(visit);
    }
    if (visit.variant == authenticator && visit.methods.authenticator_app) {
        co_return co_await prove_authenticator(visit);
    }
    co_return co_await again(visit, page::Problem::choice_required);
}

Async<Answer> show_recovery_codes(Visit& visit, page::Problem problem)
{
    page::RecoveryCodesPage page;
    page.username = visit.view.user->email;
    if (visit.flow().pending_secret_sealed) {
        CO_TRY(auto&& opened, co_await open_pending(visit, codes_context(visit)));
        const ByteView text = opened.reveal(RevealTag{"recovery codes shown to their person, once"});
        const auto list = json::parse({reinterpret_cast<const char*>(text.data()), text.size()});
        for (const auto& code : list.as_array()) {
            page.codes.emplace_back(code.as_string());
        }
    }
    co_return page::render(visit.context(problem), page);
}

Async<Taken> take_recovery_codes(Visit& visit)
{
    visit.flow().recovery_codes_seen = true;
    visit.flow().pending_secret_sealed.reset();
    CO_TRY(co_await advance(visit));
    co_return std::nullopt;
}

}  // namespace tessera::login
