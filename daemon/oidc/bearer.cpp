#include <algorithm>

#include "base/ascii.hpp"
#include "daemon/http/form.hpp"
#include "daemon/oidc/userinfo.hpp"

namespace tessera::oidc {

namespace {

// RFC 6750 §2.1 b64token.
bool is_b64token(std::string_view text)
{
    const std::size_t end = text.find_last_not_of('=');
    if (end == std::string_view::npos) {
        return false;
    }
    return std::ranges::all_of(text.substr(0, end + 1), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ascii::is_digit(c) || c == '-' || c == '.'
               || c == '_' || c == '~' || c == '+' || c == '/';
    });
}

// Nothing for another scheme: what it carries is not for us.
Result<std::optional<std::string>, BearerFault> of_header(const http::Request& request)
{
    if (request.count("authorization") > 1) {
        return BearerFault{"More than one Authorization header was sent."};
    }
    const std::string_view header = request.find("authorization");
    const std::size_t space = header.find(' ');
    if (!ascii::equal_ignoring_case(header.substr(0, space), "bearer")) {
        return std::optional<std::string>{};
    }
    const std::string_view token =
        space == std::string_view::npos ? std::string_view{} : header.substr(space + 1);
    if (!is_b64token(token)) {
        return BearerFault{"The Authorization header carries no well-formed token."};
    }
    return std::optional{std::string{token}};
}

Result<std::optional<std::string>, BearerFault> of_form(const http::Request& request)
{
    if (request.method != http::Method::post || request.body.empty()) {
        return std::optional<std::string>{};
    }
    if (request.media_type() != "application/x-www-form-urlencoded") {
        return BearerFault{"The body must be a form."};
    }
    const auto form = http::Form::parse(request.body);
    if (!form || form.value().find_repeated({})) {
        return BearerFault{"The body is no well-formed form."};
    }
    const auto token = form.value().find("access_token");
    if (!token) {
        return std::optional<std::string>{};
    }
    if (!is_b64token(*token)) {
        return BearerFault{"The form carries no well-formed token."};
    }
    return std::optional{std::string{*token}};
}

}  // namespace

Result<std::optional<std::string>, BearerFault> find_bearer_token(const http::Request& request)
{
    TRY(auto&& header, of_header(request));
    TRY(auto&& form, of_form(request));
    if (header && form) {
        return BearerFault{"The token was sent in two ways."};
    }
    return header ? std::move(header) : std::move(form);
}

}  // namespace tessera::oidc
