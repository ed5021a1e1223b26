#include "daemon/http/request.hpp"

#include <algorithm>

namespace tessera::http {

namespace {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

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

// Not locale's tolower: RFC 9110 §5.1 compares field names as ASCII.
bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return to_lower(x) == to_lower(y);
           });
}

std::string_view Request::find(std::string_view name) const
{
    for (const Header& header : headers) {
        if (equal_ignoring_case(header.name, name)) {
            return header.value;
        }
    }
    return {};
}

std::size_t Request::count(std::string_view name) const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        headers, [&](const Header& header) { return equal_ignoring_case(header.name, name); }));
}

std::string Request::media_type() const
{
    // RFC 9110 §8.3.1: type and subtype compare without case; parameters follow a semicolon.
    std::string_view value = find("content-type");
    value = value.substr(0, value.find(';'));
    const auto last = value.find_last_not_of(" \t");
    std::string type{value.substr(0, last == std::string_view::npos ? 0 : last + 1)};
    std::ranges::transform(type, type.begin(), to_lower);
    return type;
}

}  // namespace tessera::http
