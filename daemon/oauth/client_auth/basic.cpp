#include "daemon/oauth/client_auth/basic.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/encoding.hpp"
#include "daemon/oauth/client_auth/method.hpp"

namespace tessera::oauth {

namespace {

bool has_basic_scheme(std::string_view header)
{
    constexpr std::string_view scheme = "basic ";
    return header.size() > scheme.size()
           && ascii::equal_ignoring_case(header.substr(0, scheme.size()), scheme);
}

bool is_presented(const Presented& presented) { return presented.request.count("authorization") > 0; }

Async<Believed> authenticate(const Presented& presented)
{
    if (presented.request.count("authorization") > 1) {
        co_return Disbelief{"two Authorization headers",
                            {},
                            OAuthError{ErrorCode::invalid_request,
                                       "More than one Authorization header was sent.",
                                       "two Authorization headers"}};
    }
    auto credentials = parse_basic(presented.request.find("authorization"));
    if (!credentials) {
        co_return Disbelief{"malformed Basic header", {}, std::nullopt};
    }
    co_return co_await authenticate_by_secret(presented, std::move(credentials->id),
                                              std::move(credentials->secret), client_auth::basic.name);
}

}  // namespace

std::optional<BasicCredentials> parse_basic(std::string_view header)
{
    if (header.size() > basic_bytes_max || !has_basic_scheme(header)) {
        return std::nullopt;
    }
    const auto decoded = base64_decode(header.substr(header.find(' ') + 1));
    if (!decoded) {
        return std::nullopt;
    }
    const std::string_view pair = as_text(*decoded);
    const std::size_t colon = pair.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    auto id = http::form_decode(pair.substr(0, colon));
    auto secret = http::form_decode(pair.substr(colon + 1));
    if (!id || !secret || id->empty() || secret->empty()) {
        return std::nullopt;
    }
    return BasicCredentials{std::move(*id), std::move(*secret)};
}

namespace client_auth {
constinit const Method basic{"client_secret_basic", is_presented, authenticate, Challenge::basic};
}

}  // namespace tessera::oauth
