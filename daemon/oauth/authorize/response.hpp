// The authorization response: RFC 6749 §4.1.2, RFC 9207, OAuth 2.0 Form Post Response Mode. The one place it is made.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/http/response.hpp"
#include "daemon/oauth/authorize/context.hpp"
#include "daemon/page/page.hpp"

namespace tessera::oauth {

// docs/spec-map.md X-11.
inline constexpr std::size_t response_url_bytes_max = 8 * 1024;

using Parameters = std::vector<std::pair<std::string_view, std::string>>;

// `parameters`, state as it was sent, and iss, to the request's redirect_uri in its response_mode. Beyond response_url_bytes_max an
// error page.
http::Response authorization_response(const AuthorizeContext& context, Parameters parameters);

// RFC 3986 §3.4, docs/spec-map.md X-09: the URI's own query stays.
std::string with_query(std::string_view uri, const Parameters& parameters);

// Tells the person, and the client where the rules let it know. Never a redirect to what was not registered.
http::Response refusal_response(const AuthorizeContext& context, const AuthorizeRefusal& refusal);
// True when the client is told.
bool is_told_to_client(const AuthorizeContext& context, const AuthorizeRefusal& refusal);

http::Response error_page(const AuthorizeContext& context, const OAuthError& error);

page::PageContext page_context(const AuthorizeContext& context);

}  // namespace tessera::oauth
