#include "daemon/http/serialize.hpp"

#include <array>
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/assert.hpp"

namespace tessera::http {

namespace {

std::string_view reason_of(int status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "";
    }
}

// RFC 9110 §5.6.7, made once a second.
std::string_view date_of(Instant now)
{
    struct Made {
        std::int64_t second = -1;
        std::string text;
    };
    static thread_local Made made;
    const std::int64_t second = to_unix_s(now);
    if (second != made.second) {
        constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const std::time_t time = second;
        std::tm utc{};
        gmtime_r(&time, &utc);
        made.text =
            fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(utc.tm_wday)],
                        utc.tm_mday, months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                        utc.tm_hour, utc.tm_min, utc.tm_sec);
        made.second = second;
    }
    return made.text;
}

void add(std::string& out, std::string_view name, std::string_view value)
{
    ASSERT(value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos);
    out.append(name).append(": ").append(value).append("\r\n");
}

// Which of the headers with a default the response sets itself.
struct Given {
    bool cache_control = false;
    bool content_security_policy = false;
    bool referrer_policy = false;
};

Given add_own_headers(std::string& out, const Response& response)
{
    Given given;
    for (const Header& header : response.headers) {
        given.cache_control = given.cache_control || ascii::equal_ignoring_case(header.name, "cache-control");
        given.content_security_policy = given.content_security_policy
                                        || ascii::equal_ignoring_case(header.name, "content-security-policy");
        given.referrer_policy =
            given.referrer_policy || ascii::equal_ignoring_case(header.name, "referrer-policy");
        add(out, header.name, header.value);
    }
    return given;
}

bool status_has_no_content(int status) { return status == 204 || status == 304 || status < 200; }

}  // namespace

bool has_content(const Response& response, const Framing& framing)
{
    return !framing.head_only && !status_has_no_content(response.status);
}

void serialize_head(std::string& out, const Response& response, const Framing& framing, Instant now)
{
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                   reason_of(response.status));
    add(out, "Date", date_of(now));
    const Given given = add_own_headers(out, response);
    // RFC 9110 §8.6: no Content-Length with 204; a 304 would have to repeat the one of the 200.
    if (!status_has_no_content(response.status)) {
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.content().size());
    }
    if (!given.cache_control) {
        out += "Cache-Control: no-store\r\n";
    }
    if (!given.content_security_policy) {
        out += "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
    }
    if (!given.referrer_policy) {
        out += "Referrer-Policy: no-referrer\r\n";
    }
    out += "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n";
    if (framing.tls) {
        // RFC 6797 §6.1: two years; the issuer's origin is never plain again.
        out += "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";
    }
    add(out, "X-Request-Id", framing.request_id);
    if (framing.after == AfterResponse::close) {
        out += "Connection: close\r\n";
    } else if (framing.http10) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

}  // namespace tessera::http
