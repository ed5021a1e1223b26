#include "daemon/oauth/authorize/redirect_uri.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/ascii.hpp"
#include "daemon/page/outcome_pages.hpp"

namespace tessera::oauth {

namespace {

constexpr std::array<std::string_view, 3> loopback_origins{"http://127.0.0.1", "http://[::1]",
                                                           "http://localhost"};

struct Loopback {
    std::string_view origin;  // without the port
    std::string_view rest;    // path and query
};

constexpr std::size_t port_digits_max = 5;

bool is_port(std::string_view digits)
{
    unsigned port = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return !digits.empty() && digits.size() <= port_digits_max && read.ec == std::errc{}
           && read.ptr == digits.data() + digits.size() && port >= 1 && port <= 65'535;
}

// Nothing for any other text, however close: after the host comes a port, then "/" or "?" or the end.
std::optional<Loopback> parse_loopback(std::string_view uri)
{
    const auto origin =
        std::ranges::find_if(loopback_origins, [&](std::string_view each) { return uri.starts_with(each); });
    if (origin == loopback_origins.end() || uri.find_first_of("\\@#") != std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view rest = uri.substr(origin->size());
    if (rest.starts_with(':')) {
        rest.remove_prefix(1);
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (!is_port(rest.substr(0, digits))) {
            return std::nullopt;
        }
        rest.remove_prefix(digits);
    }
    if (!rest.empty() && rest.front() != '/' && rest.front() != '?') {
        return std::nullopt;
    }
    return Loopback{*origin, rest};
}

bool is_same_but_for_the_port(std::string_view asked, std::string_view registered)
{
    const auto a = parse_loopback(asked);
    const auto b = parse_loopback(registered);
    return a && b && a->origin == b->origin && a->rest == b->rest;
}

}  // namespace

bool is_registered_redirect(std::string_view asked, const std::vector<std::string>& registered)
{
    return std::ranges::any_of(registered, [&](const std::string& each) {
        return asked == each || is_same_but_for_the_port(asked, each);
    });
}

bool is_native_redirect(std::string_view uri) { return !uri.starts_with("https://"); }

bool takes_form_post(std::string_view uri)
{
    return (uri.starts_with("https://") || uri.starts_with("http://")) && !page::csp_source_of(uri).empty();
}

std::string host_shown_of(std::string_view uri)
{
    const std::size_t scheme = uri.find("://");
    if (scheme == std::string_view::npos || !(uri.starts_with("https:") || uri.starts_with("http:"))) {
        return std::string{uri.substr(0, uri.find(':') + 1)};
    }
    const std::string_view authority = uri.substr(scheme + 3);
    return std::string{authority.substr(0, authority.find_first_of("/?#"))};
}

}  // namespace tessera::oauth
