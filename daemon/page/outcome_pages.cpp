#include "daemon/page/outcome_pages.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/assert.hpp"
#include "daemon/page/render.hpp"

namespace tessera::page {

namespace {

// What may stand in a CSP host source (CSP3 §2.3.1); an internationalised name comes as its A-label.
bool is_host_and_port(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'z') || ascii::is_digit(c) || c == '-'
               || c == '.' || c == ':';
    });
}

bool has_control(std::string_view url)
{
    return std::ranges::any_of(
        url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\'; });
}

bool is_web(std::string_view url)
{
    const std::string_view scheme = url.substr(0, url.find(':'));
    return ascii::equal_ignoring_case(scheme, "https") || ascii::equal_ignoring_case(scheme, "http");
}

}  // namespace

std::string csp_source_of(std::string_view url)
{
    const std::size_t colon = url.find(':');
    if (colon == std::string_view::npos || has_control(url) || !is_web(url)) {
        return {};
    }
    const std::string scheme = ascii::to_lower(url.substr(0, colon));
    std::string_view rest = url.substr(colon + 1);
    if (!rest.starts_with("//")) {
        return {};
    }
    rest.remove_prefix(2);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.starts_with('[')) {
        return scheme + ':';
    }
    return is_host_and_port(authority) ? scheme + "://" + ascii::to_lower(authority) : std::string{};
}

http::Response render(const PageContext& context, const ErrorPage& page)
{
    Values values;
    values.shown("code", page.code)
        .shown("description", page.description)
        .shown("request_id", page.request_id);
    values.path("start_url", page.start_url);
    Delivery delivery;
    delivery.status = page.status;
    return respond(context, PageTemplate::error, std::move(values), {}, delivery);
}

http::Response render(const PageContext& context, const LogoutConfirmPage& page)
{
    Values values;
    values.shown("username", page.username).shown("client_name", page.client_name);
    return respond(context, PageTemplate::logout_confirm, std::move(values));
}

http::Response render(const PageContext& context, const SignedOutPage& page)
{
    Values values;
    if (!csp_source_of(page.continue_url).empty()) {
        values.verbatim("continue_url", page.continue_url).shown("continue_host", page.continue_host);
    }
    return respond(context, PageTemplate::signed_out, std::move(values));
}

http::Response render(const PageContext& context, const FrontChannelLogoutPage& page)
{
    Values values;
    Delivery delivery;
    std::vector<Values> frames;
    for (const std::string& url : page.frame_urls) {
        if (std::string source = csp_source_of(url); !source.empty()) {
            frames.emplace_back().verbatim("url", url);
            delivery.frames.push_back(std::move(source));
        }
    }
    values.list("frames", std::move(frames));
    if (!csp_source_of(page.continue_url).empty()) {
        values.verbatim("continue_url", page.continue_url)
            .verbatim("wait_s", std::to_string(page.wait.count()));
    }
    return respond(context, PageTemplate::frontchannel_logout, std::move(values), {}, delivery);
}

http::Response render(const PageContext& context, const FormPostPage& page)
{
    std::string source = csp_source_of(page.target);
    ASSERT(!source.empty());
    Values values;
    std::vector<Values> rows;
    for (const HiddenField& each : page.fields) {
        rows.emplace_back().verbatim("name", each.name).verbatim("value", each.value);
    }
    values.verbatim("target", page.target).list("fields", std::move(rows));
    Delivery delivery;
    delivery.form_actions.push_back(std::move(source));
    return respond(context, PageTemplate::form_post, std::move(values), {}, delivery);
}

}  // namespace tessera::page
