#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/page/consent_pages.hpp"
#include "daemon/page/outcome_pages.hpp"
#include "daemon/page/sign_in_pages.hpp"
#include "tests/golden/samples.hpp"

using namespace tessera;
using namespace tessera::page;

namespace {

bool has(std::string_view html, std::string_view part) { return html.find(part) != std::string_view::npos; }

// Every sample with one text in the place of every word, in English.
std::vector<samples::Sample> with_text(const std::string& text)
{
    return samples::all_samples(Language::en, [&](std::string_view) { return text; });
}

std::size_t count(std::string_view html, std::string_view part)
{
    std::size_t found = 0;
    for (std::size_t at = html.find(part); at != std::string_view::npos;
         at = html.find(part, at + part.size())) {
        ++found;
    }
    return found;
}

PageContext plain_context()
{
    PageContext context;
    context.project_name = "Acme";
    context.realm_path = "/realms/acme";
    return context;
}

std::string policy_of(const http::Response& response)
{
    return std::string{response.find("content-security-policy")};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(page_hostile)

// SR-09: what a caller wrote is text on every page, never a template, a partial or markup.
BOOST_AUTO_TEST_CASE(caller_text_is_never_executed)
{
    struct Case {
        std::string sent;
        std::string shown;
    };
    const Case cases[] = {
        {"{{{x}}}", "{{{x}}}"},
        {"{{> sign_in}}", "{{&gt; sign_in}}"},
        {"{{=<% %>=}}<%x%>", "{{=&lt;% %&gt;=}}&lt;%x%&gt;"},
        {"{{#hidden}}x{{/hidden}}", "{{#hidden}}x{{/hidden}}"},
        {"${x}#{x}<%= x %>", "${x}#{x}&lt;%= x %&gt;"},
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"\"'><img src=x onerror=alert(1)>", "&quot;&apos;&gt;&lt;img src=x onerror=alert(1)&gt;"},
        {"</title></textarea><svg onload=x>", "&lt;/title&gt;&lt;/textarea&gt;&lt;svg onload=x&gt;"},
        {"&lt;b&gt; &#60;", "&amp;lt;b&amp;gt; &amp;#60;"},
    };
    const auto plain = with_text("word");
    for (const Case& each : cases) {
        const auto samples = with_text(each.sent);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const std::string& html = samples[i].response.body;
            BOOST_TEST(has(html, each.shown), samples[i].name << " does not show " << each.sent);
            // The same tags as with harmless words: nothing was added to the markup.
            BOOST_TEST(count(html, "<") == count(plain[i].response.body, "<"),
                       samples[i].name << " " << each.sent);
            BOOST_TEST(count(html, "\"") == count(plain[i].response.body, "\""),
                       samples[i].name << " " << each.sent);
        }
    }
}

BOOST_AUTO_TEST_CASE(controls_and_directions_are_made_visible)
{
    const std::string replacement = "\xEF\xBF\xBD";
    for (const std::string& odd :
         {std::string("\0", 1), std::string{"\x1b"}, std::string{"\r\n"}, std::string{"\x7f"},
          std::string{"\u202e"}, std::string{"\u2066"}, std::string{"\u2069"}, std::string{"\u2028"},
          std::string{"\x80"}, std::string{"\xed\xa0\x80"}, std::string{"\xc0\xaf"},
          std::string{"\xf5\x80\x80\x80"}, std::string{"\xe2\x82"}}) {
        PageContext context = plain_context();
        context.project_name = "A" + odd + "B";
        const std::string html = render(context, SignInPage{}).body;
        BOOST_TEST(!has(html, "A" + odd));
        BOOST_TEST(has(html, "A" + replacement));
        BOOST_TEST(has(html, replacement + "B"));
    }
    // Names in Arabic and Hebrew use marks; <bdi> keeps what they do inside.
    PageContext context = plain_context();
    context.project_name = "شركة\u200f!";
    BOOST_TEST(has(render(context, SignInPage{}).body, "<bdi>شركة\u200f!</bdi>"));
}

// SR-23, O-19.
BOOST_AUTO_TEST_CASE(auto_submit_forms_take_no_injection)
{
    const std::string state = "\"><script>alert(1)</script>'`\n\u202e<&";
    FormPostPage page{"https://app.example.com/cb?a=1&b=\"", {{"state", state}, {"\"><x", "y"}}};
    const http::Response response = render(plain_context(), page);
    BOOST_TEST(count(response.body, "<script") == 1U);  // our own file
    BOOST_TEST(has(response.body, "action=\"https://app.example.com/cb?a=1&amp;b=&quot;\""));
    BOOST_TEST(has(response.body,
                   "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&apos;`\n\u202e&lt;&amp;\""));
    BOOST_TEST(has(response.body, "name=\"&quot;&gt;&lt;x\""));
    BOOST_TEST(has(policy_of(response), "form-action 'self' https://app.example.com;"));
    BOOST_TEST(response.find("cache-control") == "no-store");
}

BOOST_AUTO_TEST_CASE(only_urls_that_can_be_followed_safely_become_sources)
{
    BOOST_TEST(csp_source_of("https://rp.example:8443/cb?x#y") == "https://rp.example:8443");
    BOOST_TEST(csp_source_of("HTTPS://RP.Example/cb") == "https://rp.example");
    BOOST_TEST(csp_source_of("http://127.0.0.1:51004/cb") == "http://127.0.0.1:51004");
    BOOST_TEST(csp_source_of("http://[::1]:51004/cb") == "http:");
    BOOST_TEST(csp_source_of("com.example.app:/cb").empty());
    for (const std::string_view url : {"javascript:alert(1)",
                                       "JaVaScRiPt:alert(1)",
                                       "java\tscript:alert(1)",
                                       "java\nscript:x",
                                       " javascript:x",
                                       "data:text/html,x",
                                       "vbscript:x",
                                       "blob:https://x/y",
                                       "file:///etc/passwd",
                                       "about:blank",
                                       "",
                                       ":",
                                       "/path",
                                       "//host/path",
                                       "https:host",
                                       "https://",
                                       "https://user@host/",
                                       "https://host;script-src *",
                                       "https://ho st/",
                                       "https://host,x/",
                                       "https://h\\x/",
                                       "https://h'x/",
                                       "https://*/",
                                       "9x:y",
                                       "view-source:https://x/"}) {
        BOOST_TEST(csp_source_of(url).empty(), url);
    }
}

BOOST_AUTO_TEST_CASE(links_of_others_are_https_or_not_there)
{
    for (const std::string_view url :
         {"javascript:alert(1)", "http://x.example/", "https://", "https://x.example/\"y",
          "https://x.example/ y", "//x.example/", "data:text/html,x"}) {
        ConsentPage page;
        page.privacy_url = url;
        BOOST_TEST(!has(render(plain_context(), page).body, "Privacy policy"), url);
    }
    for (const std::string_view url :
         {"//evil.example/", "javascript:x", "data:text/html,x", "/\\evil.example", "x"}) {
        const SignedOutPage page{std::string{url}, "evil.example"};
        BOOST_TEST(!has(render(plain_context(), page).body, "id=\"submit\""), url);
    }
    BOOST_TEST(has(render(plain_context(), SignedOutPage{"https://rp.example/bye", "rp.example"}).body,
                   "href=\"https://rp.example/bye\""));
}

BOOST_AUTO_TEST_CASE(logout_frames_are_web_pages_only_and_named_in_the_policy)
{
    const FrontChannelLogoutPage page{
        {"https://a.example/out?sid=1", "javascript:alert(1)", "com.example:/x", "https://b.example/out"},
        "javascript:alert(1)"};
    const http::Response response = render(plain_context(), page);
    BOOST_TEST(count(response.body, "<iframe") == 2U);
    BOOST_TEST(!has(response.body, "javascript:"));
    BOOST_TEST(!has(response.body, "http-equiv=\"refresh\""));
    BOOST_TEST(has(policy_of(response), "; frame-src https://a.example https://b.example;"));
}

BOOST_AUTO_TEST_CASE(every_page_has_the_same_security_headers)
{
    for (const samples::Sample& sample : samples::all_samples(Language::en)) {
        const http::Response& response = sample.response;
        const std::string policy = policy_of(response);
        for (const std::string_view part :
             {"default-src 'none'", "style-src 'self'", "script-src 'self'", "frame-ancestors 'none'",
              "base-uri 'none'", "form-action 'self'"}) {
            BOOST_TEST(has(policy, part), sample.name << " lacks " << part);
        }
        BOOST_TEST(!has(policy, "unsafe"));
        BOOST_TEST(!has(policy, "connect-src"));
        BOOST_TEST(response.find("cache-control") == "no-store");
        BOOST_TEST(response.find("referrer-policy") == "no-referrer");
        BOOST_TEST(response.find("cross-origin-opener-policy") == "same-origin");
        BOOST_TEST(response.find("content-type") == "text/html; charset=utf-8");
        BOOST_TEST(response.status == (sample.name == "error" ? 400 : 200));
    }
}

BOOST_AUTO_TEST_CASE(a_form_may_redirect_to_the_client_and_nowhere_else)
{
    PageContext context = plain_context();
    context.redirect_targets = {"https://app.example.com/cb", "com.example.app:/cb", "javascript:x",
                                "x; script-src *"};
    const std::string policy = policy_of(render(context, SignInPage{}));
    BOOST_TEST(has(policy, "form-action 'self' https://app.example.com; frame-ancestors"));
}

BOOST_AUTO_TEST_SUITE_END()
