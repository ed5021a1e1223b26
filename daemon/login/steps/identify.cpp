// Who is it: an address with a password, an address to mail a code to, or a passkey that says so itself.
#include "base/ascii.hpp"
#include "daemon/email_address.hpp"
#include "daemon/login/browser.hpp"
#include "daemon/login/passkeys.hpp"
#include "daemon/login/password_hashing.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/page/sign_in_pages.hpp"
#include "storage/repositories/passwords.hpp"
#include "storage/repositories/sessions.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

constexpr std::string_view forgot = "forgot";
constexpr std::string_view sign_up = "sign_up";  // a variant

bool may_sign_up(const Visit& visit)
{
    return visit.project().self_serve_create_users || visit.project().self_serve_create_organizations;
}

page::SignInPage::Methods methods_on_page(const Methods& methods)
{
    using enum page::SignInPage::Methods;
    if (methods.password) {
        return methods.email ? password_and_email_code : page::SignInPage::Methods::password;
    }
    return methods.email ? email_code : passkey_only;
}

// Addresses are compared in any case of letters; what is shown is what was typed.
std::optional<std::string> typed_email(const Visit& visit)
{
    return parse_email_address(ascii::trim(visit.field(page::field::username)));
}

struct Verified {
    std::optional<storage::PasswordLogin> login;
    PasswordVerdict verdict = PasswordVerdict::wrong;
};

Async<Result<Verified, LoginError>> verify(Visit& visit, const std::string& email)
{
    Verified verified;
    auto found = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<std::optional<storage::PasswordLogin>, StoreError> {
            return storage::find_password_login(transaction, email);
        });
    if (!found) {
        co_return from_store(found.error());
    }
    verified.login = std::move(found.value());
    const std::string_view typed = visit.field(page::field::password);
    auto judged = co_await visit.front.passwords.verify(SecretBytes{as_bytes(typed)},
                                                        verified.login ? std::optional{verified.login->hash}
                                                                       : std::optional<std::string>{});
    if (!judged) {
        const PasswordHashFault fault = judged.error().fault;
        if (fault == PasswordHashFault::too_long || fault == PasswordHashFault::not_text) {
            co_return verified;  // nobody's password
        }
        co_return from_hashing(judged.error());
    }
    verified.verdict = judged.value();
    co_return verified;
}

// A device its person has signed in on has guesses of its own: nobody else's lock them out of it.
Async<Result<Attempt, LoginError>> guess_of_password(Visit& visit, const std::string& email)
{
    Attempt attempt{"password", email};
    const auto device = known_device(visit.request, *visit.realm);
    if (!device) {
        co_return attempt;
    }
    auto known = co_await transact(visit.front, visit.realm->project.id,
                                   [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                                       return storage::is_device_of_email(transaction, *device, email);
                                   });
    if (!known) {
        co_return from_store(known.error());
    }
    if (known.value()) {
        attempt.account += "|" + device->to_string();
    }
    co_return attempt;
}

Async<Taken> sign_in_by_password(Visit& visit, const std::string& email)
{
    CO_TRY(const Attempt attempt, co_await guess_of_password(visit, email));
    CO_TRY(const bool allowed, co_await charge(visit, attempt));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    CO_TRY(auto&& verified, co_await verify(visit, email));
    const bool is_wanted =
        !visit.flow().wanted_user || !verified.login || visit.flow().wanted_user == verified.login->user;
    if (verified.verdict == PasswordVerdict::wrong || !verified.login->allowed || !is_wanted) {
        co_return co_await refuse(visit, page::Problem::credentials_wrong, "wrong_password");
    }
    std::optional<std::string> better;
    if (verified.verdict == PasswordVerdict::right_but_outdated) {
        auto hashed =
            co_await visit.front.passwords.hash(SecretBytes{as_bytes(visit.field(page::field::password))});
        if (hashed) {
            better = std::move(hashed.value());  // busy: the next sign-in will do it
        }
    }
    storage::LoginFlow& flow = visit.flow();
    flow.email = email;
    flow.user = verified.login->user;
    flow.organization = verified.login->organization;
    flow.primary_factor = "password";
    flow.password_verified_time = visit.now;
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        TRY(settle(transaction, visit, attempt));
        if (better) {
            TRY(storage::rehash_password(transaction, *flow.user, verified.login->hash, *better));
        }
        return ok();
    }));
    co_return std::nullopt;
}

// A code by mail, to sign in, to sign up or to choose a new password: the pages say the same whoever has the address.
Async<Taken> begin_by_mail(Visit& visit, const std::string& email, std::string_view purpose)
{
    storage::LoginFlow& flow = visit.flow();
    flow.email = email;
    flow.primary_factor = "email";
    co_return co_await send_code(visit, purpose);
}

}  // namespace

Async<Answer> show_identify(Visit& visit, page::Problem problem)
{
    const page::PageContext context = visit.context(problem);
    std::string username{visit.field(page::field::username)};
    if (username.empty()) {
        username = visit.flow().email.empty() ? visit.flow().login_hint : visit.flow().email;
    }
    if (visit.variant == forgot && visit.methods.password) {
        co_return page::render(context, page::ForgotPasswordPage{username, visit.url("")});
    }
    const bool is_sign_up =
        visit.variant == sign_up || (visit.variant.empty() && visit.flow().purpose == sign_up);
    if (is_sign_up && may_sign_up(visit)) {
        co_return page::render(context,
                               page::SignUpPage{username, visit.flow().client_name, visit.url("sign_in")});
    }
    page::SignInPage sign_in;
    sign_in.username = std::move(username);
    sign_in.client_name = visit.flow().client_name;
    sign_in.methods = methods_on_page(visit.methods);
    if (visit.methods.passkey) {
        sign_in.passkey = discoverable_options(visit);
    }
    if (may_sign_up(visit)) {
        sign_in.sign_up_url = visit.url(sign_up);
    }
    if (visit.methods.password) {
        sign_in.forgot_url = visit.url(forgot);
    }
    co_return page::render(context, sign_in);
}

Async<Taken> take_identify(Visit& visit)
{
    if (visit.action() == page::act::passkey) {
        co_return co_await sign_in_by_passkey(visit);
    }
    if (visit.field(page::field::username).empty()) {
        co_return co_await again(visit, page::Problem::identifier_required);
    }
    const auto email = typed_email(visit);
    if (!email) {
        co_return co_await again(visit, page::Problem::identifier_invalid);
    }
    visit.named = *email;
    if (visit.variant == forgot && visit.methods.password) {
        co_return co_await begin_by_mail(visit, *email, "reset");
    }
    const bool is_sign_up =
        visit.variant == sign_up || (visit.variant.empty() && visit.flow().purpose == sign_up);
    if (is_sign_up && may_sign_up(visit)) {
        visit.flow().purpose = sign_up;
        co_return co_await begin_by_mail(visit, *email, "verify");
    }
    const bool wants_code = visit.action() == page::act::email_code || !visit.methods.password;
    if (wants_code && visit.methods.email) {
        co_return co_await begin_by_mail(visit, *email, "verify");
    }
    if (!visit.methods.password) {
        co_return co_await again(visit, page::Problem::try_again);
    }
    if (visit.field(page::field::password).empty()) {
        co_return co_await again(visit, page::Problem::password_required);
    }
    co_return co_await sign_in_by_password(visit, *email);
}

}  // namespace tessera::login
