#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/page/embedded.hpp"
#include "tests/golden/samples.hpp"

using namespace tessera;

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

const samples::Sample& sample_of(const std::vector<samples::Sample>& all, std::string_view name)
{
    const auto found = std::ranges::find(all, name, &samples::Sample::name);
    BOOST_REQUIRE_MESSAGE(found != all.end(), name);
    return *found;
}

bool has(const std::string& html, std::string_view part) { return html.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(page_golden)

BOOST_AUTO_TEST_CASE(every_page_is_what_its_golden_file_says)
{
    const fs::path root = samples::golden_directory();
    std::set<fs::path> expected;
    for (const page::Language language : page::languages) {
        for (const samples::Sample& sample : samples::all_samples(language)) {
            if (!samples::is_golden(language, sample.name)) {
                continue;
            }
            const fs::path path = root / page::tag_of(language) / (sample.name + ".html");
            expected.insert(path);
            BOOST_TEST(content_of(path) == samples::without_versions(sample.response.body),
                       path << " differs: look at the change, then run tests/golden/page_samples golden");
        }
    }
    for (const page::Language language : page::languages) {
        for (const auto& entry : fs::directory_iterator{root / page::tag_of(language)}) {
            BOOST_TEST(expected.contains(entry.path()), entry.path() << " belongs to no sample");
        }
    }
}

BOOST_AUTO_TEST_CASE(every_template_has_a_sample)
{
    std::set<std::string> titles;
    std::set<std::string> seen;
    for (const samples::Sample& sample : samples::all_samples(page::Language::en)) {
        seen.insert(sample.name.substr(0, sample.name.find('\0')));
    }
    // A sample is named after its template, maybe with a state behind it.
    for (const std::string_view name : {"account",
                                        "another_way",
                                        "authenticator",
                                        "choose_factor",
                                        "choose_organization",
                                        "consent",
                                        "create_organization",
                                        "email_code",
                                        "enrol_authenticator",
                                        "enrol_passkey",
                                        "error",
                                        "forgot_password",
                                        "form_post",
                                        "frontchannel_logout",
                                        "logout_confirm",
                                        "new_password",
                                        "passkey",
                                        "password",
                                        "recovery_code",
                                        "recovery_codes",
                                        "select_account",
                                        "sign_in",
                                        "sign_up",
                                        "signed_out"}) {
        titles.insert(std::string{name});
        BOOST_TEST(seen.contains(std::string{name}), name);
    }
    BOOST_TEST(titles.size() == page::page_templates);
}

// docs/spec-map.md B.3: browsers driven by conformance suites find these, in every language.
BOOST_AUTO_TEST_CASE(ids_that_automation_uses_stand_on_their_pages)
{
    for (const page::Language language : page::languages) {
        const auto all = samples::all_samples(language);
        const auto body = [&](std::string_view name) { return sample_of(all, name).response.body; };
        for (const std::string_view id : {"username", "password", "submit"}) {
            BOOST_TEST(has(body("sign_in"), "id=\"" + std::string{id} + '"'), id);
        }
        for (const std::string_view id : {"allow", "deny"}) {
            BOOST_TEST(has(body("consent"), "id=\"" + std::string{id} + '"'), id);
        }
        BOOST_TEST(
            has(body("error"), "id=\"error-code\"><code translate=\"no\">error=invalid_request</code>"));
        BOOST_TEST(has(body("error"), "id=\"error-description\""));
        BOOST_TEST(has(body("logout_confirm"), "id=\"logout-confirm\""));
        BOOST_TEST(has(body("signed_out"), "id=\"logout-done\""));
        BOOST_TEST(has(body("frontchannel_logout"), "id=\"logout-done\""));
    }
}

// B.3: a regular expression of a suite waits for them.
BOOST_AUTO_TEST_CASE(the_fixed_english_texts_are_there)
{
    const auto all = samples::all_samples(page::Language::en);
    BOOST_TEST(has(sample_of(all, "sign_in").response.body, "<h1>Sign in</h1>"));
    BOOST_TEST(has(sample_of(all, "error").response.body, "The request cannot be completed."));
    BOOST_TEST(has(sample_of(all, "signed_out").response.body, "<h1>You are signed out</h1>"));
}

BOOST_AUTO_TEST_CASE(every_page_is_complete_and_leaves_no_tag_unfilled)
{
    for (const page::Language language : page::languages) {
        for (const samples::Sample& sample : samples::all_samples(language)) {
            const std::string& html = sample.response.body;
            BOOST_TEST(html.starts_with("<!doctype html>\n<html lang=\"" + std::string{page::tag_of(language)}
                                        + '"'));
            BOOST_TEST(html.ends_with("</html>\n"), sample.name);
            for (const std::string_view left : {"{{", "}}", "[[", "{client_name}", "=\"\" id"}) {
                BOOST_TEST(!has(html, left), sample.name << " has " << left);
            }
        }
    }
}

// X-12, and what our own policy refuses.
BOOST_AUTO_TEST_CASE(no_page_has_inline_script_or_style_or_loads_from_elsewhere)
{
    for (const samples::Sample& sample : samples::all_samples(page::Language::en)) {
        const std::string& html = sample.response.body;
        for (const std::string_view banned : {"<style", " style=", " onclick=", " onload=", "javascript:",
                                              "src=\"http", "<script>", "href=\"http://"}) {
            const bool is_frame = sample.name == "frontchannel_logout" && banned == "src=\"http";
            BOOST_TEST((is_frame || !has(html, banned)), sample.name << " has " << banned);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_page_weighs_at_most_60_kib_and_its_script_20_kib)
{
    std::size_t style = 0;
    std::size_t script = 0;
    for (const page::Asset& asset : page::embedded_assets()) {
        (asset.name.ends_with(".css") ? style : script) += asset.content.size();
    }
    BOOST_TEST(script <= 20 * 1024);
    for (const samples::Sample& sample : samples::all_samples(page::Language::en)) {
        BOOST_TEST(style + sample.response.body.size() <= 60 * 1024, sample.name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
