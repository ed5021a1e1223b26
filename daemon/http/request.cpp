#include "daemon/http/request.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace tessera::http {

std::string_view to_string(Method method)
{
    switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: return {};
    }
    return {};
}

std::string_view Request::find(std::string_view name) const
{
    for (const Header& header : headers) {
        if (ascii::equal_ignoring_case(header.name, name)) {
            return header.value;
        }
    }
    return {};
}

std::size_t Request::count(std::string_view name) const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        headers, [&](const Header& header) { return ascii::equal_ignoring_case(header.name, name); }));
}

std::string Request::media_type() const
{
    // RFC 9110 §8.3.1: type and subtype compare without case; parameters follow a semicolon.
    std::string_view value = find("content-type");
    value = value.substr(0, value.find(';'));
    return ascii::to_lower(ascii::trim(value));
}

}  // namespace tessera::http
