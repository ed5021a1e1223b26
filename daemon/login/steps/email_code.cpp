// A code sent by mail: six digits to type, or a link for the browser that began.
#include <array>

#include "base/ascii.hpp"
#include "base/random.hpp"
#include "daemon/login/messages.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/mail/outlook.hpp"
#include "daemon/page/sign_in_pages.hpp"
#include "storage/repositories/email_codes.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::login {

namespace {

using storage::CodeVerdict;
using storage::EmailCodePurpose;
using storage::StoreError;

constexpr Seconds code_lifetime{600};
constexpr std::int32_t attempts_max = 5;
constexpr std::size_t code_digits = 6;
constexpr std::size_t link_bytes = 32;

// Of one flow, purpose and address: without the flow's id the digest of six digits could be looked up in a table.
Sha256 digest_of(const storage::LoginFlow& flow, std::string_view purpose, std::string_view secret)
{
    return sha256(fmt::format("{}|{}|{}|{}", flow.id.to_string(), purpose, flow.email, secret));
}

// Even over 000000 to 999999: 2^64 modulo 10^6 leaves a bias of 10^-13.
std::string random_digits()
{
    std::array<std::uint8_t, 8> bytes{};
    fill_random(bytes);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes) {
        number = number << 8U | byte;
    }
    std::string digits = std::to_string(number % 1'000'000);
    return std::string(code_digits - digits.size(), '0') + digits;
}

std::string random_link()
{
    std::array<std::uint8_t, link_bytes> bytes{};
    fill_random(bytes);
    return base64url_encode(bytes);
}

std::string typed_digits(std::string_view typed)
{
    std::string digits;
    for (const char c : typed) {
        if (ascii::is_digit(c)) {
            digits += c;
        } else if (c != ' ' && c != '-') {
            return {};
        }
    }
    return digits.size() == code_digits ? digits : std::string{};
}

bool is_reset(const Visit& visit) { return visit.variant == "forgot"; }

// Who may be sent a code for this address: somebody who has it, who is invited, or anybody where anybody may sign up.
Result<bool, StoreError> may_receive(storage::Transaction& transaction, const Visit& visit)
{
    if (visit.project().self_serve_create_users || visit.project().self_serve_create_organizations) {
        return true;
    }
    TRY(auto&& organizations,
        storage::list_visible_organizations(transaction, visit.view.flow.email, visit.now));
    return !organizations.empty();
}

// Six digits are guessed by patience: wrong ones are counted for an address over a day, whatever flows and codes they are of. A
// link is never guessed, and is what is left to the person whose digits somebody else used up.
Attempt guess_of_code(Visit& visit, bool by_link)
{
    return {.kind = "code",
            .account = by_link ? std::string{} : visit.flow().email,
            .account_max = rate::codes_per_account_max,
            .account_window = rate::codes_window};
}

page::Problem problem_of(CodeVerdict verdict)
{
    switch (verdict) {
    case CodeVerdict::wrong: return page::Problem::code_wrong;
    case CodeVerdict::gone: return page::Problem::code_expired;
    case CodeVerdict::exhausted: return page::Problem::too_many_attempts;
    case CodeVerdict::right: break;
    }
    return page::Problem::none;
}

}  // namespace

// The work is the same whether or not somebody has the address: a code, a mail, one transaction. Only the mail is not kept.
Async<Taken> send_code(Visit& visit, std::string_view purpose)
{
    storage::LoginFlow& flow = visit.flow();
    CO_TRY(const bool allowed, co_await charge(visit, {"mail", flow.email, rate::mails_per_account_max,
                                                       rate::mails_per_address_max}));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_messages, "too_many_messages");
    }
    visit.front.mail_outlook.ask();
    const bool for_reset = purpose == "reset";
    const std::string code = random_digits();
    const std::string link = random_link();
    const std::string url =
        visit.front.settings.text("issuer-base") + visit.url(for_reset ? "forgot" : "") + "&link=" + link;
    CO_TRY(auto&& mail, co_await write_mail(visit, for_reset ? Kind::reset_code : Kind::sign_in_code,
                                            flow.email, {{"code", code}, {"link", url}}));
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        TRY(storage::put_email_code(transaction, visit.realm->project.id, flow.id,
                                    for_reset ? EmailCodePurpose::reset : EmailCodePurpose::verify,
                                    {flow.email, digest_of(flow, purpose, code),
                                     digest_of(flow, purpose, link), visit.now, visit.now + code_lifetime}));
        TRY(const bool wanted, may_receive(transaction, visit));
        if (wanted) {
            TRY(send(transaction, visit, mail));
            audit::Event event = event_of(visit, audit::EventType::login_code_sent);
            event.body.emplace("purpose", purpose);
            event.body.emplace("flow", flow.id.to_string());
            TRY(record(transaction, visit, event));
        }
        return ok();
    }));
    if (for_reset && !is_reset(visit)) {
        visit.variant = "forgot";
    }
    http::Response response;
    response.status = 303;
    response.set("Location", visit.url(for_reset ? "forgot" : ""));
    response.set("Cache-Control", "no-store");
    co_return response;
}

Async<Taken> start_over(Visit& visit)
{
    storage::LoginFlow& flow = visit.flow();
    flow.primary_factor.clear();
    flow.email.clear();
    flow.user.reset();
    flow.organization.reset();
    flow.email_verified_time.reset();
    flow.password_verified_time.reset();
    flow.authenticator_app_verified_time.reset();
    flow.recovery_code_used_time.reset();
    flow.passkey_verified_time.reset();
    flow.passkey_user_verified = false;
    flow.reset_verified_time.reset();
    flow.pending_secret_sealed.reset();
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) {
        return storage::delete_email_codes(transaction, flow.id);
    }));
    visit.variant.clear();
    co_return std::nullopt;
}

Async<Answer> show_email_code(Visit& visit, page::Problem problem)
{
    page::EmailCodePage page;
    page.email = visit.flow().email;
    page.is_mail_out = visit.front.mail_outlook.is_out();
    if (is_reset(visit)) {
        page.purpose = page::EmailCodePage::Purpose::reset_password;
    } else if (visit.flow().purpose == purpose::sign_up) {
        page.purpose = page::EmailCodePage::Purpose::verify_address;
    }
    co_return page::render(visit.context(problem), page);
}

Async<Taken> take_email_code(Visit& visit)
{
    const bool by_link = visit.request.method != http::Method::post;
    if (!by_link && visit.action() == page::act::another) {
        co_return co_await start_over(visit);
    }
    const std::string_view purpose = is_reset(visit) ? "reset" : "verify";
    if (!by_link && visit.action() == page::act::resend) {
        co_return co_await send_code(visit, purpose);
    }
    const std::string secret =
        by_link ? std::string{visit.field("link")} : typed_digits(visit.field(page::field::code));
    if (secret.empty()) {
        co_return co_await again(visit, visit.field(page::field::code).empty() ? page::Problem::code_required
                                                                               : page::Problem::code_wrong);
    }
    const Attempt attempt = guess_of_code(visit, by_link);
    CO_TRY(const bool allowed, co_await charge(visit, attempt));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    storage::LoginFlow proved = visit.flow();
    proved.email_verified_time = visit.now;
    if (is_reset(visit)) {
        proved.reset_verified_time = visit.now;
    }
    // A wrong one is counted, a right one used up, in the transaction that moves the flow on.
    auto judged = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<CodeVerdict, StoreError> {
            TRY(const CodeVerdict verdict,
                storage::consume_email_code(
                    transaction, proved.id,
                    is_reset(visit) ? EmailCodePurpose::reset : EmailCodePurpose::verify, proved.email,
                    digest_of(proved, purpose, secret), attempts_max, visit.now));
            if (verdict == CodeVerdict::right) {
                TRY(settle(transaction, visit, attempt));
                if (visit.view.user) {
                    TRY(storage::mark_email_verified(transaction, visit.view.user->id, proved.email));
                }
                TRY(storage::advance_login_flow(transaction, proved, visit.now));
            }
            return verdict;
        });
    if (!judged) {
        co_return from_store(judged.error());
    }
    if (judged.value() != CodeVerdict::right) {
        co_return co_await refuse(visit, problem_of(judged.value()), "wrong_code");
    }
    visit.variant.clear();
    co_return std::nullopt;
}

}  // namespace tessera::login
