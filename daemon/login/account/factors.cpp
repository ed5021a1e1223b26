// Passkeys, the authenticator app and recovery codes of the signed-in person. Adding or removing one asks for a fresh sign-in.
#include <algorithm>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "daemon/login/account/account.hpp"
#include "daemon/login/browser.hpp"
#include "daemon/login/passkeys.hpp"
#include "daemon/login/recovery_codes.hpp"
#include "daemon/page/factor_pages.hpp"
#include "storage/repositories/authenticator_apps.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

// Unknown outside this browser and us, and another one after each sign-in.
Bytes challenge_of(const AccountVisit& visit)
{
    Bytes input;
    const auto add = [&](ByteView bytes) { input.insert(input.end(), bytes.begin(), bytes.end()); };
    add(as_bytes("tessera account passkey challenge"));
    const auto digest = session_digest(visit.request, *visit.realm);
    if (digest) {
        add(*digest);
    }
    add(as_bytes(to_rfc3339(visit.person.auth_time)));
    const Sha256 challenge = sha256(input);
    return {challenge.begin(), challenge.end()};
}

// Second factors that would be left without this passkey, or without the authenticator app.
bool is_last_factor(const AccountVisit& visit, const std::vector<storage::Passkey>& passkeys,
                    std::optional<PasskeyId> without)
{
    if (!visit.organization.require_mfa) {
        return false;
    }
    const bool other_passkey =
        visit.methods.passkey && std::ranges::any_of(passkeys, [&](const auto& passkey) {
            return !passkey.disabled && passkey.id != without;
        });
    const bool app = without && visit.methods.authenticator_app && visit.user.has_authenticator_app;
    return !other_passkey && !app;
}

storage::Passkey passkey_of(const AccountVisit& visit, const RegisteredPasskey& made)
{
    const std::string_view typed = visit.field(page::field::name);
    storage::Passkey passkey;
    passkey.id = PasskeyId::random();
    passkey.user = visit.user.id;
    passkey.name =
        typed.empty() || typed.size() > passkey_name_bytes_max ? std::string{"Passkey"} : std::string{typed};
    passkey.rp_id = relying_party_of(visit.front, *visit.realm).id;
    passkey.create_time = visit.now;
    take_registration(passkey, made);
    return passkey;
}

}  // namespace

page::PasskeyOptions new_passkey_options(const AccountVisit& visit, std::span<const Bytes> registered)
{
    std::vector<CredentialDescriptor> exclude;
    for (const Bytes& id : registered.first(std::min(registered.size(), credentials_listed_max))) {
        exclude.push_back({id, {}});
    }
    return {to_json(CreationOptions{
        .relying_party = relying_party_of(visit.front, *visit.realm),
        .challenge = challenge_of(visit),
        .user_handle = handle_of(visit.user.id),
        .user_name = visit.user.settings.email,
        .user_display_name = visit.user.settings.profile.display_name.value_or(visit.user.settings.email),
        .exclude = std::move(exclude),
    })};
}

Async<Changed> add_passkey(AccountVisit& visit)
{
    if (!visit.is_fresh() || !visit.methods.passkey) {
        co_return co_await ask_again(visit);
    }
    const WebauthnExpectation expected{relying_party_of(visit.front, *visit.realm), challenge_of(visit),
                                       UserVerification::required};
    auto response = parse_registration_response(visit.field(page::field::credential));
    auto verified = response ? verify_registration(expected, response.value())
                             : Result<RegisteredPasskey, WebauthnError>{response.error()};
    if (!verified) {
        log::write(log::Level::info, "passkey_not_registered", visit.request.request_id,
                   {{"reason", to_string(verified.error().fault)}, {"detail", verified.error().detail}});
        co_return Change{.problem = page::Problem::passkey_failed};
    }
    const storage::Passkey passkey = passkey_of(visit, verified.value());
    CO_TRY(auto&& mail, co_await write_mail(visit, mail::Kind::factor_added,
                                            {{"factor", "passkey"}, {"name", passkey.name}}));
    auto done =
        co_await transact(visit.front, visit.realm->project.id,
                          [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                              TRY(storage::insert_passkey(transaction, visit.realm->project.id, passkey));
                              TRY(storage::insert_mail(transaction, visit.realm->project.id, mail));
                              audit::Event event = event_of(visit, audit::EventType::passkey_registered);
                              event.target = {"passkey", passkey.id.to_string()};
                              event.body.emplace("passkey", passkey.id.to_string());
                              event.body.emplace("name", passkey.name);
                              event.body.emplace("aaguid", to_string(passkey.aaguid));
                              event.body.emplace("attestation", to_string(verified.value().attestation));
                              TRY(record(transaction, visit, event));
                              return true;
                          });
    if (!done && done.error().constraint == "passkeys_credential_key") {
        co_return Change{.problem = page::Problem::passkey_failed};
    }
    if (!done) {
        co_return from_store(done.error());
    }
    co_return Change{.notice = page::Notice::passkey_added};
}

Async<Changed> rename_passkey(AccountVisit& visit)
{
    const auto chosen = PasskeyId::parse(visit.field(page::field::choice));
    const std::string name{visit.field(page::field::name)};
    if (!chosen || name.empty()) {
        co_return Change{.problem = chosen ? page::Problem::name_required : page::Problem::choice_required};
    }
    if (name.size() > passkey_name_bytes_max) {
        co_return Change{.problem = page::Problem::name_too_long};
    }
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
            TRY(const bool renamed, storage::rename_passkey(transaction, visit.user.id, *chosen, name));
            if (renamed) {
                audit::Event event = event_of(visit, audit::EventType::passkey_renamed);
                event.body.emplace("passkey", chosen->to_string());
                event.body.emplace("name", name);
                TRY(record(transaction, visit, event));
            }
            return renamed;
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return done.value() ? Change{.notice = page::Notice::passkey_renamed}
                           : Change{.problem = page::Problem::choice_required};
}

Async<Changed> remove_passkey(AccountVisit& visit)
{
    if (!visit.is_fresh()) {
        co_return co_await ask_again(visit);
    }
    const auto chosen = PasskeyId::parse(visit.field(page::field::choice));
    if (!chosen) {
        co_return Change{.problem = page::Problem::choice_required};
    }
    CO_TRY(auto&& mail,
           co_await write_mail(visit, mail::Kind::factor_removed, {{"factor", "passkey"}, {"name", ""}}));
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<Change, StoreError> {
            TRY(auto&& passkeys, storage::list_passkeys(transaction, visit.user.id));
            if (is_last_factor(visit, passkeys, *chosen)) {
                return Change{.problem = page::Problem::last_factor};
            }
            TRY(const bool removed, storage::delete_passkey(transaction, visit.user.id, *chosen));
            if (!removed) {
                return Change{.problem = page::Problem::choice_required};
            }
            TRY(storage::end_login_flows_of(transaction, visit.user.id, std::nullopt, visit.now));
            TRY(storage::insert_mail(transaction, visit.realm->project.id, mail));
            audit::Event event = event_of(visit, audit::EventType::passkey_removed);
            event.body.emplace("passkey", chosen->to_string());
            TRY(record(transaction, visit, event));
            return Change{.notice = page::Notice::passkey_removed};
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return std::move(done.value());
}

// Set up at the end of a sign-in, behind every factor there is.
Async<Changed> add_authenticator(AccountVisit& visit)
{
    co_return co_await ask_again(visit, Wanted::Page::enrol_authenticator);
}

Async<Changed> remove_authenticator(AccountVisit& visit)
{
    if (!visit.is_fresh()) {
        co_return co_await ask_again(visit);
    }
    CO_TRY(auto&& mail, co_await write_mail(visit, mail::Kind::factor_removed,
                                            {{"factor", "authenticator_app"}, {"name", ""}}));
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<Change, StoreError> {
            TRY(auto&& passkeys, storage::list_passkeys(transaction, visit.user.id));
            if (is_last_factor(visit, passkeys, std::nullopt)) {
                return Change{.problem = page::Problem::last_factor};
            }
            TRY(const bool removed, storage::delete_authenticator_app(transaction, visit.user.id));
            if (removed) {
                TRY(storage::end_login_flows_of(transaction, visit.user.id, std::nullopt, visit.now));
                TRY(storage::insert_mail(transaction, visit.realm->project.id, mail));
                TRY(record(transaction, visit, event_of(visit, audit::EventType::authenticator_app_removed)));
            }
            return Change{.notice = page::Notice::authenticator_removed};
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return std::move(done.value());
}

Async<Changed> make_recovery_codes_anew(AccountVisit& visit)
{
    if (!visit.is_fresh() || !visit.user.has_authenticator_app) {
        co_return co_await ask_again(visit);
    }
    const std::vector<RecoveryCode> codes = make_recovery_codes();
    std::vector<Sha256> digests;
    page::RecoveryCodesPage page;
    page.username = visit.user.settings.email;
    for (const RecoveryCode& code : codes) {
        digests.push_back(code.digest);
        page.codes.push_back(code.text);
    }
    auto done =
        co_await transact(visit.front, visit.realm->project.id,
                          [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                              TRY(storage::replace_recovery_codes(transaction, visit.realm->project.id,
                                                                  visit.user.id, digests));
                              audit::Event event = event_of(visit, audit::EventType::recovery_codes_made);
                              event.body.emplace("count", digests.size());
                              TRY(record(transaction, visit, event));
                              return true;
                          });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return Change{.response = page::render(
                         visit.context(page::Problem::none, page::Notice::recovery_codes_made), page)};
}

}  // namespace tessera::login
