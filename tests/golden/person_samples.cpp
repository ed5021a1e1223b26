#include "daemon/page/account_pages.hpp"
#include "daemon/page/factor_pages.hpp"
#include "tests/golden/sample_context.hpp"
#include "tests/golden/samples.hpp"

namespace tessera::samples {

using namespace page;

namespace {

// What the flow makes: module by module, black on white.
const std::string qr_svg =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h29v29H0z"/><path d="M4 4h7v7h-7zM5 5v5h5v-5zM6 6h3v3h-3zM18 4h7v7h-7zM19 5v5h5v-5zM20 6h3v3h-3zM4 18h7v7h-7zM5 19v5h5v-5zM6 20h3v3h-3zM12 4h2v3h-2zM15 8h1v4h-1zM12 12h5v1h-5zM18 13h3v2h-3zM13 15h2v4h-2zM17 17h4v1h-4zM22 16h3v2h-3zM14 21h3v2h-3zM19 20h2v5h-2zM22 22h3v1h-3z" fill-rule="evenodd"/></svg>)";
const std::string request_options =
    R"({"challenge":"ZGF5bGlnaHQ","rpId":"localhost","allowCredentials":[{"type":"public-key","id":"Y3JlZA"}]})";
const std::string creation_options =
    R"({"rp":{"id":"localhost","name":"Acme"},"user":{"id":"YWRh","name":"ada@acme.example","displayName":"Ada"},"challenge":"ZGF5bGlnaHQ","pubKeyCredParams":[{"type":"public-key","alg":-7}],"authenticatorSelection":{"residentKey":"preferred"},"attestation":"none"})";

Instant at(int year, unsigned month, unsigned day, int hour, int minute)
{
    const std::chrono::sys_days date{std::chrono::year_month_day{
        std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}}};
    return Instant{date} + std::chrono::hours{hour} + std::chrono::minutes{minute};
}

AccountPage full_account(const Say& say)
{
    AccountPage page;
    page.display_name = say("Ada Lovelace");
    page.email = say("ada@acme.example");
    page.organization = say("Acme Engineering");
    page.passkeys = {{"passkey_1", say("MacBook"), at(2026, 3, 1, 9, 5), at(2026, 11, 21, 7, 0)},
                     {"passkey_2", say("Security key at home"), at(2026, 8, 30, 18, 44), std::nullopt}};
    page.new_passkey.json = creation_options;
    page.authenticator = AccountPage::Authenticator::set;
    page.recovery_codes_left = 8;
    page.sessions = {{"session_1", say("Firefox on Linux"), say("192.0.2.7"), at(2026, 11, 20, 8, 0),
                      at(2026, 11, 21, 16, 22), true},
                     {"session_2", say("Safari on iPhone"), say("2001:db8::7"), at(2026, 10, 2, 21, 0),
                      at(2026, 11, 19, 22, 10), false}};
    page.apps = {
        {"grant_1", say("Ledger"), {"openid", "profile", "invoices:read"}, at(2026, 5, 4, 12, 0), true}};
    return page;
}

}  // namespace

std::vector<Sample> factor_samples(Language language, const Say& say)
{
    const PageContext context = sample_context(language, say);
    const std::string ada = say("ada@acme.example");
    RecoveryCodesPage codes{ada, {}};
    for (const char* code :
         {"4f9k-2mzq-8t1c-x3vb", "h7wd-p3xn-6r5b-k9qt", "q2cz-9v8j-1k4m-d6hw", "t6yb-5n3d-w7fg-p2cs",
          "m1rx-8h2s-c9pv-j7zn", "b5kd-7q4z-j3nt-f8ym", "z8gw-1f6c-y2hm-v4xr", "n3tv-6p9r-x4kb-g1td",
          "c7jq-2d5w-g8zs-n5bk", "y9hm-4b1f-r6xn-w3qc"}) {
        codes.codes.push_back(say(code));
    }
    const EnrolAuthenticatorPage enrol{qr_svg, say("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"), true};
    return {
        {"authenticator", render(context, AuthenticatorPage{ada, true})},
        {"authenticator_used", render(with(context, Problem::code_used), AuthenticatorPage{ada, false})},
        {"recovery_code", render(context, RecoveryCodePage{ada})},
        {"recovery_code_wrong", render(with(context, Problem::recovery_code_wrong), RecoveryCodePage{ada})},
        {"enrol_authenticator", render(context, enrol)},
        {"recovery_codes", render(context, codes)},
        {"passkey", render(context, PasskeyPage{ada, {request_options}, true})},
        {"enrol_passkey", render(context, EnrolPasskeyPage{{creation_options}, true})},
        {"choose_factor",
         render(context,
                ChooseFactorPage{
                    ada, ChooseFactorPage::Purpose::verify, {Factor::passkey, Factor::authenticator}, true})},
        {"choose_factor_enrol",
         render(context,
                ChooseFactorPage{
                    ada, ChooseFactorPage::Purpose::enrol, {Factor::passkey, Factor::authenticator}, false})},
    };
}

std::vector<Sample> account_samples(Language language, const Say& say)
{
    PageContext context = sample_context(language, say);
    context.form.action = "/realms/acme/account";
    PageContext renamed = context;
    renamed.notice = Notice::passkey_renamed;
    AccountPage bare;
    bare.email = say("ada@acme.example");
    bare.password = AccountPage::Password::none;
    bare.sessions = {full_account(say).sessions[0]};
    return {
        {"account", render(renamed, full_account(say))},
        {"account_bare", render(context, bare)},
        {"account_wrong", render(with(context, Problem::password_wrong), full_account(say))},
    };
}

}  // namespace tessera::samples
