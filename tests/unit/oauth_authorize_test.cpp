// The authorization endpoint's rules that need no server: redirect URIs, PKCE, response URLs, profiles.
#include <boost/test/unit_test.hpp>

#include "daemon/oauth/authorize/redirect_uri.hpp"
#include "daemon/oauth/authorize/response.hpp"
#include "daemon/oauth/profile.hpp"
#include "daemon/oauth/proof/pkce.hpp"
#include "daemon/oauth/token/successor.hpp"

using namespace tessera;

BOOST_AUTO_TEST_SUITE(oauth_authorize)

// C-01, SR-24.
BOOST_AUTO_TEST_CASE(a_redirect_uri_is_one_of_the_registered_texts)
{
    const std::vector<std::string> registered{"https://app.example/cb", "https://app.example/q?a=b",
                                              "com.example.app:/cb"};
    for (const char* good : {"https://app.example/cb", "https://app.example/q?a=b", "com.example.app:/cb"}) {
        BOOST_TEST(oauth::is_registered_redirect(good, registered), good);
    }
    for (const char* bad : {"",
                            "https://App.example/cb",
                            "HTTPS://app.example/cb",
                            "https://app.example/cb/",
                            "https://app.example/cb?x=y",
                            "https://app.example/cb#f",
                            "https://app.example/%63b",
                            "https://app.example/x/%2e%2e/cb",
                            "https://app.example/x/../cb",
                            "https://user@app.example/cb",
                            "https://app.example\\cb",
                            "https://app.example:443/cb",
                            "https://app.example:8443/cb",
                            "https://app.example.evil.com/cb",
                            "https://sub.app.example/cb",
                            "https://\xd0\xb0pp.example/cb",
                            "https://app.example/c",
                            "https://app.example/cb ",
                            "http://app.example/cb",
                            "https://app.example/q?a=b&c=d",
                            "https://app.example/q",
                            "com.example.app:/cb/",
                            "com.example.app:/cb2",
                            "javascript:alert(1)"}) {
        BOOST_TEST(!oauth::is_registered_redirect(bad, registered), bad);
    }
}

// C-01, RFC 8252 §7.3.
BOOST_AUTO_TEST_CASE(a_loopback_redirect_may_have_another_port_and_nothing_else)
{
    const std::vector<std::string> registered{"http://127.0.0.1/cb", "http://[::1]:3000/cb",
                                              "http://localhost:8080/cb?x=1"};
    for (const char* good : {"http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb",
                             "http://[::1]:4000/cb", "http://[::1]/cb", "http://localhost:9/cb?x=1"}) {
        BOOST_TEST(oauth::is_registered_redirect(good, registered), good);
    }
    for (const char* bad : {"http://127.0.0.1:/cb",
                            "http://127.0.0.1:80a/cb",
                            "http://127.0.0.1:123456/cb",
                            "http://127.0.0.1:65536/cb",
                            "http://127.0.0.1:0/cb",
                            "http://127.0.0.1:80/CB",
                            "http://127.0.0.1:80/cb/",
                            "http://127.0.0.1:80/cb?x",
                            "http://127.0.0.1:80",
                            "http://127.0.0.1.nip.io/cb",
                            "http://127.0.0.1:80@evil.example/cb",
                            "http://127.1/cb",
                            "http://127.0.0.2/cb",
                            "http://localhost/cb",
                            "http://localhost.evil.com/cb?x=1",
                            "http://localhost@evil.com/cb?x=1",
                            "http://localhost:80\\@evil.com/cb?x=1",
                            "http://LOCALHOST/cb?x=1",
                            "https://127.0.0.1:443/cb",
                            "http://[::1]:3000/cb#f",
                            "http://[::2]/cb",
                            "http://2130706433/cb",
                            "http://localhost:80#/cb?x=1"}) {
        BOOST_TEST(!oauth::is_registered_redirect(bad, registered), bad);
    }
    // Registering a loopback URI opens nothing on another scheme or host.
    BOOST_TEST(!oauth::is_registered_redirect("http://127.0.0.1:80/cb", {"https://127.0.0.1/cb"}));
}

BOOST_AUTO_TEST_CASE(what_people_are_shown_of_a_redirect_is_its_host)
{
    BOOST_TEST(oauth::host_shown_of("https://app.example:8443/cb?x") == "app.example:8443");
    BOOST_TEST(oauth::host_shown_of("http://127.0.0.1:3000/cb") == "127.0.0.1:3000");
    BOOST_TEST(oauth::host_shown_of("com.example.app:/cb") == "com.example.app:");
    BOOST_TEST(oauth::is_native_redirect("http://127.0.0.1/cb"));
    BOOST_TEST(!oauth::is_native_redirect("https://app.example/cb"));
    BOOST_TEST(oauth::takes_form_post("https://app.example/cb"));
    for (const char* bad :
         {"com.example.app:/cb", "HTTPS://app.example/cb", "https://", "javascript:alert(1)"}) {
        BOOST_TEST(!oauth::takes_form_post(bad), bad);
    }
}

// C-04, RFC 7636 appendix B.
BOOST_AUTO_TEST_CASE(pkce_is_s256_of_43_to_128_unreserved_characters)
{
    const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    BOOST_TEST(oauth::challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    BOOST_TEST(oauth::is_code_verifier(verifier));
    BOOST_TEST(oauth::is_code_verifier(std::string(128, '~')));
    BOOST_TEST(!oauth::is_code_verifier(std::string(42, 'a')));
    BOOST_TEST(!oauth::is_code_verifier(std::string(129, 'a')));
    BOOST_TEST(!oauth::is_code_verifier(std::string(42, 'a') + "+"));
    BOOST_TEST(oauth::is_code_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    for (const char* bad :
         {"", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c",
          "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"}) {
        BOOST_TEST(!oauth::is_code_challenge(bad), bad);
    }
}

//
BOOST_AUTO_TEST_CASE(a_redirect_uri_keeps_its_query_and_values_are_encoded)
{
    const oauth::Parameters parameters{{"code", "a b"}, {"state", "%20+\xc3\xa4&="}};
    const std::string encoded = "code=a+b&state=%2520%2B%C3%A4%26%3D";
    BOOST_TEST(oauth::with_query("https://a.example/cb", parameters) == "https://a.example/cb?" + encoded);
    BOOST_TEST(oauth::with_query("https://a.example/cb?x=1", parameters)
               == "https://a.example/cb?x=1&" + encoded);
    BOOST_TEST(oauth::with_query("https://a.example/cb?", parameters) == "https://a.example/cb?" + encoded);
}

// C-11, design: a stolen table shows no successor.
BOOST_AUTO_TEST_CASE(a_successor_opens_with_the_token_it_replaced_and_no_other)
{
    const std::string presented = "tessera_refresh_one";
    const std::string successor = "tessera_refresh_two";
    const Bytes sealed = oauth::seal_successor(presented, successor);
    BOOST_TEST((oauth::open_successor(presented, sealed) == successor));
    BOOST_TEST((as_text(sealed).find(successor) == std::string_view::npos));
    BOOST_TEST((oauth::seal_successor(presented, successor) != sealed));
    BOOST_TEST(!oauth::open_successor("tessera_refresh_onf", sealed).has_value());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes changed = sealed;
        changed[i] ^= 1;
        BOOST_TEST(!oauth::open_successor(presented, changed).has_value());
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        BOOST_TEST(!oauth::open_successor(presented, ByteView{sealed}.first(size)).has_value());
    }
}

// ASVS 10.4.5, 10.4.6; F.2.
BOOST_AUTO_TEST_CASE(a_client_without_credentials_always_proves_and_rotates)
{
    for (const oauth::Profile& profile : oauth::profiles()) {
        if (profile.allows_auth_method("none")) {
            BOOST_TEST((profile.pkce == oauth::Pkce::required), profile.name);
            BOOST_TEST((profile.rotation == oauth::Rotation::always), profile.name);
            BOOST_TEST(!profile.allows_grant_type("client_credentials"), profile.name);
        }
        if (profile.pkce == oauth::Pkce::optional) {
            BOOST_TEST(profile.name == "oidc_legacy");
        }
    }
    BOOST_TEST((oauth::code_lifetime <= Seconds{60}));
}

BOOST_AUTO_TEST_SUITE_END()
