// The URIs a client may register (OpenID Connect Registration §2, RFC 8252 §7, RFC 9700 §4.1). Each function says what is wrong
// with one, for whoever registers it; nothing when it may be registered.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::oauth {

inline constexpr std::size_t client_uri_bytes_max = 2048;
inline constexpr std::size_t redirect_uris_max = 64;

using UriFlaw = std::optional<std::string_view>;

// Where a browser is sent with an answer: https; http on the loopback interface for a native application. Compared as text later,
// so no wildcard; no fragment, user information or "..": the path that is compared is the path that is fetched.
// Stricter than the spec: no private-use scheme, which any program of the device may claim (docs/adr/0086-no-private-use-redirect-schemes.md).
UriFlaw find_redirect_uri_flaw(std::string_view uri, std::string_view application_type);

// A page, a picture, a key set, an endpoint of the client's: https.
UriFlaw find_web_uri_flaw(std::string_view uri);

// "https://app.example:8443", default port left out; empty for a text that is no such URI.
std::string origin_of_uri(std::string_view uri);
// "app.example"
std::string host_of_uri(std::string_view uri);

// OpenID Connect Front-Channel Logout §2: domain, port and scheme of one of the redirect URIs.
bool is_on_an_origin_of(std::string_view uri, const std::vector<std::string>& redirect_uris);
// OpenID Connect Core §8.1: without a sector identifier URI all of them have one host.
bool have_one_host(const std::vector<std::string>& redirect_uris);

}  // namespace tessera::oauth
