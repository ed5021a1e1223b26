#include "tests/golden/samples.hpp"

#include "daemon/page/account_pages.hpp"
#include "daemon/page/consent_pages.hpp"
#include "daemon/page/organization_pages.hpp"
#include "daemon/page/outcome_pages.hpp"
#include "daemon/page/sign_in_pages.hpp"
#include "tests/golden/sample_context.hpp"

namespace tessera::samples {

using namespace page;

namespace {

const std::string request_options =
    R"({"challenge":"ZGF5bGlnaHQ","rpId":"localhost","timeout":300000,"userVerification":"preferred"})";

ConsentPage consent(const Say& say, ConsentPage::Trust trust)
{
    ConsentPage page;
    page.username = say("ada@acme.example");
    page.client_name = say("Ledger");
    page.client_host = say("ledger.example.com");
    page.redirect_host = say("ledger.example.com");
    page.trust = trust;
    page.resources = {{{}, {}, {{"openid", {}}, {"profile", {}}, {"email", {}}}},
                      {say("Invoices"),
                       say("https://api.acme.example/invoices"),
                       {{say("invoices:read"), say("Read your invoices")}, {say("invoices:write"), {}}}}};
    page.privacy_url = "https://ledger.example.com/privacy";
    page.terms_url = "https://ledger.example.com/terms";
    return page;
}

}  // namespace

PageContext sample_context(Language language, const Say& say)
{
    PageContext context;
    context.project_name = say("Acme");
    context.realm_path = "/realms/acme";
    context.language = language;
    context.form = {"/realms/acme/login", {{"flow", say("flow_0d1e2f")}, {"csrf", say("c5d6e7")}}};
    context.redirect_targets = {"https://app.example.com/callback"};
    return context;
}

PageContext with(PageContext context, Problem problem)
{
    context.problem = problem;
    return context;
}

std::vector<Sample> sign_in_samples(Language language, const Say& say)
{
    const PageContext context = sample_context(language, say);
    PageContext limited = with(context, Problem::too_many_attempts);
    limited.retry_after = Seconds{300};
    PageContext sent = context;
    sent.notice = Notice::code_sent;
    const std::string ada = say("ada@acme.example");
    const std::string client = say("Ledger");
    const SignInPage sign_in{{},
                             client,
                             SignInPage::Methods::password_and_email_code,
                             {request_options},
                             "/realms/acme/login?show=sign_up",
                             "/realms/acme/login?show=forgot"};
    SignInPage again = sign_in;
    again.username = ada;
    SignInPage by_mail = sign_in;
    by_mail.methods = SignInPage::Methods::email_code;
    by_mail.passkey.json.clear();
    SignInPage by_passkey = sign_in;
    by_passkey.methods = SignInPage::Methods::passkey_only;
    const SelectAccountPage accounts{{{"session_1", say("Ada Lovelace"), ada, say("Acme Engineering")},
                                      {"session_2", {}, say("ada@home.example"), {}}},
                                     client};
    return {
        {"sign_in", render(context, sign_in)},
        {"sign_in_wrong", render(with(context, Problem::credentials_wrong), again)},
        {"sign_in_limited", render(limited, again)},
        {"sign_in_email", render(context, by_mail)},
        {"sign_in_passkey", render(context, by_passkey)},
        {"sign_up", render(context, SignUpPage{{}, client, "/realms/acme/login"})},
        {"sign_up_invalid", render(with(context, Problem::identifier_invalid),
                                   SignUpPage{say("ada"), {}, "/realms/acme/login"})},
        {"email_code", render(sent, EmailCodePage{ada})},
        {"email_code_wrong", render(with(context, Problem::code_wrong),
                                    EmailCodePage{ada, EmailCodePage::Purpose::verify_address})},
        {"email_code_reset", render(context, EmailCodePage{ada, EmailCodePage::Purpose::reset_password})},
        {"password", render(context, PasswordPage{ada, "/realms/acme/login?show=forgot"})},
        {"new_password", render(context, NewPasswordPage{ada})},
        {"new_password_guessable", render(with(context, Problem::password_guessable),
                                          NewPasswordPage{ada, NewPasswordPage::Reason::reset})},
        {"forgot_password", render(context, ForgotPasswordPage{{}, "/realms/acme/login"})},
        {"select_account", render(context, accounts)},
    };
}

std::vector<Sample> decision_samples(Language language, const Say& say)
{
    using Standing = ChooseOrganizationPage::Organization::Standing;
    const PageContext context = sample_context(language, say);
    const std::string ada = say("ada@acme.example");
    const ChooseOrganizationPage organizations{ada,
                                               {{"org_1", say("Acme Engineering"), Standing::member},
                                                {"org_2", say("Analytical Engines Ltd"), Standing::invited}},
                                               true};
    ConsentPage offline = consent(say, ConsentPage::Trust::unverified);
    offline.is_offline = true;
    ConsentPage local = consent(say, ConsentPage::Trust::local);
    local.client_host.clear();
    local.redirect_host = say("127.0.0.1");
    local.is_offline = true;
    return {
        {"choose_organization", render(context, organizations)},
        {"choose_organization_none", render(context, ChooseOrganizationPage{ada, {}, true})},
        {"create_organization", render(context, CreateOrganizationPage{{}, true})},
        {"another_way", render(context, AnotherWayPage{ada, say("Acme Engineering"), true, true, true})},
        {"consent", render(context, consent(say, ConsentPage::Trust::verified))},
        {"consent_offline", render(context, offline)},
        {"consent_local", render(context, local)},
    };
}

std::vector<Sample> outcome_samples(Language language, const Say& say)
{
    const PageContext context = sample_context(language, say);
    const ErrorPage error{400, say("invalid_request"), say("The parameter redirect_uri is not registered."),
                          say("0193a1b2c3d4"), "/realms/acme/login"};
    const FrontChannelLogoutPage going{
        {"https://ledger.example.com/logout?iss=https%3A%2F%2Fid.example&sid=1"},
        "https://ledger.example.com/bye"};
    const FormPostPage post{
        "https://app.example.com/callback",
        {{"code", say("c0de")}, {"state", say("af0ifjsldkj")}, {"iss", "https://id.example"}}};
    return {
        {"error", render(context, error)},
        {"logout_confirm", render(context, LogoutConfirmPage{say("ada@acme.example"), say("Ledger")})},
        {"signed_out", render(context, SignedOutPage{})},
        {"frontchannel_logout", render(context, going)},
        {"form_post", render(context, post)},
    };
}

std::vector<Sample> all_samples(Language language, const Say& say)
{
    std::vector<Sample> all = sign_in_samples(language, say);
    for (auto* more : {factor_samples, decision_samples, outcome_samples, account_samples}) {
        for (Sample& sample : more(language, say)) {
            all.push_back(std::move(sample));
        }
    }
    return all;
}

std::vector<Sample> all_samples(Language language)
{
    return all_samples(language, [](std::string_view words) { return std::string{words}; });
}

bool is_golden(Language language, std::string_view name)
{
    return language == Language::en || name == "sign_in_limited" || name == "consent_offline"
           || name == "account";
}

std::string without_versions(std::string html)
{
    constexpr std::string_view mark = "?v=";
    for (std::size_t at = html.find(mark); at != std::string::npos; at = html.find(mark, at + 1)) {
        const std::size_t end = html.find('"', at);
        html.replace(at + mark.size(), end - at - mark.size(), "HASH");
    }
    return html;
}

std::string golden_directory() { return TESSERA_GOLDEN; }

}  // namespace tessera::samples
