#include "daemon/oauth/client_uris.hpp"

#include <algorithm>
#include <array>

#include "daemon/resource_uri.hpp"

namespace tessera::oauth {

namespace {

constexpr std::string_view https = "https://";
constexpr std::array<std::string_view, 3> loopback_hosts{"127.0.0.1", "[::1]", "localhost"};

std::string_view authority_of(std::string_view normalized)
{
    const std::size_t scheme = normalized.find("://");
    if (scheme == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = normalized.substr(scheme + 3);
    return rest.substr(0, rest.find_first_of("/?"));
}

std::string_view without_port(std::string_view authority)
{
    const std::size_t literal = authority.starts_with('[') ? authority.find(']') : 0;
    return authority.substr(0, authority.find(':', literal));
}

bool is_loopback(std::string_view normalized)
{
    return normalized.starts_with("http://")
           && std::ranges::find(loopback_hosts, without_port(authority_of(normalized)))
                  != loopback_hosts.end();
}

// A path segment "." or "..", also percent-encoded: servers and browsers take it away, the comparison does not.
bool has_dot_segment(std::string_view normalized)
{
    const std::string_view path = normalized.substr(0, normalized.find('?'));
    std::string plain;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path.substr(i, 2) == "%2" && i + 2 < path.size() && (path[i + 2] == 'e' || path[i + 2] == 'E')) {
            plain += '.';
            i += 2;
        } else {
            plain += path[i];
        }
    }
    return (plain + "/").find("/../") != std::string::npos || (plain + "/").find("/./") != std::string::npos;
}

}  // namespace

UriFlaw find_redirect_uri_flaw(std::string_view uri, std::string_view application_type)
{
    const auto normalized = normalize_resource_uri(uri);
    if (!normalized || uri.size() > client_uri_bytes_max) {
        return "must be an absolute URI of at most 2,048 characters without fragment or user information";
    }
    const bool is_native = application_type == "native" && is_loopback(*normalized);
    if (!normalized->starts_with(https) && !is_native) {
        return "must be https; only a native application may use http, on 127.0.0.1, [::1] or localhost";
    }
    // Written as it will be compared: what starts otherwise would match no request of a careful client.
    if (!uri.starts_with(https) && !uri.starts_with("http://")) {
        return "must have its scheme in lower case";
    }
    if (uri.find('*') != std::string_view::npos) {
        return "must be exact: a wildcard matches nothing";
    }
    if (has_dot_segment(*normalized)) {
        return "must not have the path segment \".\" or \"..\"";
    }
    return std::nullopt;
}

UriFlaw find_web_uri_flaw(std::string_view uri)
{
    const auto normalized = normalize_resource_uri(uri);
    if (!normalized || !normalized->starts_with(https) || uri.size() > client_uri_bytes_max) {
        return "must be an absolute https URI of at most 2,048 characters without fragment or user "
               "information";
    }
    return std::nullopt;
}

std::string origin_of_uri(std::string_view uri)
{
    const auto normalized = normalize_resource_uri(uri);
    const std::size_t scheme = normalized ? normalized->find("://") : std::string::npos;
    return scheme == std::string::npos
               ? std::string{}
               : normalized->substr(0, scheme + 3) + std::string{authority_of(*normalized)};
}

std::string host_of_uri(std::string_view uri)
{
    const auto normalized = normalize_resource_uri(uri);
    return normalized ? std::string{without_port(authority_of(*normalized))} : std::string{};
}

bool is_on_an_origin_of(std::string_view uri, const std::vector<std::string>& redirect_uris)
{
    const std::string origin = origin_of_uri(uri);
    return !origin.empty() && std::ranges::any_of(redirect_uris, [&](const std::string& each) {
        return origin_of_uri(each) == origin;
    });
}

bool have_one_host(const std::vector<std::string>& redirect_uris)
{
    return !redirect_uris.empty() && std::ranges::all_of(redirect_uris, [&](const std::string& each) {
        return host_of_uri(each) == host_of_uri(redirect_uris.front());
    });
}

}  // namespace tessera::oauth
