// A second factor that is enrolled: always asked for, whatever path led here.
#include "daemon/keys/seal.hpp"
#include "daemon/login/authenticator.hpp"
#include "daemon/login/passkeys.hpp"
#include "daemon/login/recovery_codes.hpp"
#include "daemon/login/totp.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/page/factor_pages.hpp"
#include "storage/repositories/authenticator_apps.hpp"
#include "storage/repositories/rate_counters.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

constexpr std::string_view authenticator = "authenticator";
constexpr std::string_view passkey = "passkey";
constexpr std::string_view recovery = "recovery";

// The factor the page is about: the one asked for if the person has it, the only one otherwise; none: choose.
std::string_view chosen(const Visit& visit, const UsableFactors& usable)
{
    if (visit.variant == recovery && usable.authenticator_app && visit.view.user->recovery_codes_left > 0) {
        return recovery;
    }
    if (usable.authenticator_app && (visit.variant == authenticator || !usable.passkey)) {
        return authenticator;
    }
    return usable.passkey && (visit.variant == passkey || !usable.authenticator_app) ? passkey
                                                                                     : std::string_view{};
}

Async<Taken> verify_totp(Visit& visit)
{
    const std::string_view typed = visit.field(page::field::code);
    if (typed.empty()) {
        co_return co_await again(visit, page::Problem::code_required);
    }
    const UserId user = visit.view.user->id;
    CO_TRY(const bool allowed, co_await charge(visit, {"totp", user.to_string()}));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    auto app = co_await transact(visit.front, visit.realm->project.id,
                                 [&](storage::Transaction& transaction)
                                     -> Result<std::optional<storage::AuthenticatorApp>, StoreError> {
                                     return storage::find_authenticator_app(transaction, user);
                                 });
    if (!app) {
        co_return from_store(app.error());
    }
    if (!app.value()) {
        co_return co_await again(visit, page::Problem::try_again);
    }
    auto secret = co_await keys::open(visit.front.keys, visit.realm->project.id, authenticator_context(user),
                                      app.value()->secret_sealed, visit.request.request_id);
    if (!secret) {
        co_return from_keyd(secret.error());
    }
    const auto step = match_totp(secret.value(), typed, visit.now, app.value()->last_step);
    storage::LoginFlow proved = visit.flow();
    proved.authenticator_app_verified_time = visit.now;
    bool is_first = false;
    if (step) {
        auto used =
            co_await transact(visit.front, visit.realm->project.id,
                              [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                                  TRY(const bool first, storage::consume_totp_step(transaction, user, *step));
                                  if (first) {
                                      TRY(settle(transaction, visit, {"totp", user.to_string()}));
                                      TRY(storage::advance_login_flow(transaction, proved, visit.now));
                                  }
                                  return first;
                              });
        if (!used) {
            co_return from_store(used.error());
        }
        is_first = used.value();
    }
    if (!is_first) {
        co_return co_await refuse(visit, page::Problem::code_wrong, step ? "code_used" : "wrong_code");
    }
    co_return std::nullopt;
}

Async<Taken> use_recovery_code(Visit& visit)
{
    const UserId user = visit.view.user->id;
    CO_TRY(const bool allowed, co_await charge(visit, {"totp", user.to_string()}));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    const auto digest = recovery_code_digest(visit.field(page::field::recovery_code));
    storage::LoginFlow proved = visit.flow();
    proved.recovery_code_used_time = visit.now;
    bool is_right = false;
    if (digest) {
        auto used = co_await transact(
            visit.front, visit.realm->project.id,
            [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                TRY(const bool first, storage::consume_recovery_code(transaction, user, *digest, visit.now));
                if (first) {
                    TRY(settle(transaction, visit, {"totp", user.to_string()}));
                    audit::Event event = event_of(visit, audit::EventType::recovery_code_used);
                    event.target = {"user", user.to_string()};
                    event.body.emplace("left", visit.view.user->recovery_codes_left - 1);
                    TRY(record(transaction, visit, event));
                    TRY(storage::advance_login_flow(transaction, proved, visit.now));
                }
                return first;
            });
        if (!used) {
            co_return from_store(used.error());
        }
        is_right = used.value();
    }
    if (!is_right) {
        co_return co_await refuse(visit, page::Problem::recovery_code_wrong, "wrong_recovery_code");
    }
    co_return std::nullopt;
}

}  // namespace

std::string authenticator_context(UserId user)
{
    return "user_authenticator_apps.secret:" + user.to_string();
}

Async<Answer> show_second_factor(Visit& visit, page::Problem problem)
{
    const UsableFactors usable = usable_factors(visit.view, visit.methods);
    const bool has_both = usable.authenticator_app && usable.passkey;
    const std::string_view factor = chosen(visit, usable);
    const std::string username = visit.view.user->email;
    visit.variant = factor;
    if (factor == recovery) {
        co_return page::render(visit.context(problem), page::RecoveryCodePage{username});
    }
    if (factor == authenticator) {
        co_return page::render(visit.context(problem), page::AuthenticatorPage{username, has_both});
    }
    if (factor == passkey) {
        CO_TRY(auto&& passkeys, co_await list_passkeys(visit));
        co_return page::render(visit.context(problem),
                               page::PasskeyPage{username, request_options(visit, passkeys), has_both});
    }
    page::ChooseFactorPage page;
    page.username = username;
    page.factors = {page::Factor::passkey, page::Factor::authenticator};
    page.may_use_recovery_code = visit.view.user->recovery_codes_left > 0;
    co_return page::render(visit.context(problem), page);
}

Async<Taken> take_second_factor(Visit& visit)
{
    const UsableFactors usable = usable_factors(visit.view, visit.methods);
    const std::string_view action = visit.action();
    const std::string_view factor = chosen(visit, usable);
    if (action == page::act::another) {
        visit.variant.clear();
        co_return co_await again(visit, page::Problem::none);
    }
    if (action == page::act::recovery) {
        visit.variant = recovery;
        co_return co_await again(visit, page::Problem::none);
    }
    if (action == page::act::passkey && usable.passkey) {
        if (visit.field(page::field::credential).empty()) {
            visit.variant = passkey;
            co_return co_await again(visit, page::Problem::none);
        }
        co_return co_await verify_passkey(visit);
    }
    if (action == page::act::authenticator && usable.authenticator_app) {
        visit.variant = authenticator;
        co_return co_await again(visit, page::Problem::none);
    }
    if (factor == authenticator) {
        co_return co_await verify_totp(visit);
    }
    if (factor == recovery) {
        co_return co_await use_recovery_code(visit);
    }
    co_return co_await again(visit, page::Problem::choice_required);
}

}  // namespace tessera::login
