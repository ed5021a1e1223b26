#include "daemon/outbound/transfer.hpp"

#include <algorithm>
#include <charconv>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ascii.hpp"

namespace tessera::outbound {

namespace ip = boost::asio::ip;

namespace {

constexpr const char* user_agent = "Tessera/" TESSERA_VERSION;

constexpr const char* not_reached = "The server could not be reached.";

bool has_line_break(std::string_view text)
{
    return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

std::optional<Address> address_of(const curl_sockaddr& from)
{
    if (from.family == AF_INET) {
        sockaddr_in in{};
        std::copy_n(reinterpret_cast<const char*>(&from.addr), sizeof in, reinterpret_cast<char*>(&in));
        return ip::address_v4{ntohl(in.sin_addr.s_addr)};
    }
    if (from.family == AF_INET6 && from.addrlen >= sizeof(sockaddr_in6)) {
        // libcurl's structure has room for the longest address behind its sockaddr.
        const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&from.addr);
        ip::address_v6::bytes_type bytes;
        std::copy_n(in6->sin6_addr.s6_addr, bytes.size(), bytes.begin());
        return ip::address_v6{bytes};
    }
    return std::nullopt;
}

std::string_view describe(FetchFault fault)
{
    switch (fault) {
    case FetchFault::invalid: return "The address is not one this server asks: it takes https URLs.";
    case FetchFault::refused:
    case FetchFault::unreachable: return not_reached;
    case FetchFault::untrusted: return "The server's certificate is not trusted.";
    case FetchFault::timeout: return "The server did not answer in time.";
    case FetchFault::too_large: return "The server's answer is too long.";
    case FetchFault::redirected: return "The server sent us elsewhere, where we do not go.";
    case FetchFault::overloaded: return "Too many requests are on their way out; try again later.";
    }
    return "";
}

FetchFault fault_of(CURLcode code)
{
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return FetchFault::invalid;
    case CURLE_OPERATION_TIMEDOUT: return FetchFault::timeout;
    case CURLE_FILESIZE_EXCEEDED: return FetchFault::too_large;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return FetchFault::untrusted;
    default: return FetchFault::unreachable;
    }
}

}  // namespace

std::string_view to_string(FetchFault fault)
{
    switch (fault) {
    case FetchFault::invalid: return "invalid";
    case FetchFault::refused: return "refused";
    case FetchFault::unreachable: return "unreachable";
    case FetchFault::untrusted: return "untrusted";
    case FetchFault::timeout: return "timeout";
    case FetchFault::too_large: return "too_large";
    case FetchFault::redirected: return "redirected";
    case FetchFault::overloaded: return "overloaded";
    }
    return "";
}

FetchError fetch_error(FetchFault fault, std::string detail)
{
    return {fault, std::string{describe(fault)}, std::move(detail)};
}

std::optional<Target> parse_target(const std::string& url, std::string& why)
{
    const bool printable = std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; });
    const UrlPtr parsed{curl_url()};
    ASSERT(parsed);
    if (url.size() > url_bytes_max || !printable
        || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        why = "not a URL";
        return std::nullopt;
    }
    Target target;
    const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    if (scheme != "https" && scheme != "http") {
        why = "neither https nor http";
        return std::nullopt;
    }
    target.scheme = scheme == "https" ? Scheme::https : Scheme::http;
    if (!part_of(parsed.get(), CURLUPART_USER).empty()
        || !part_of(parsed.get(), CURLUPART_PASSWORD).empty()) {
        why = "has user information";
        return std::nullopt;
    }
    target.host = ascii::to_lower(part_of(parsed.get(), CURLUPART_HOST));
    if (target.host.starts_with('[') && target.host.ends_with(']')) {
        target.host = target.host.substr(1, target.host.size() - 2);
    }
    target.port = target.scheme == Scheme::https ? 443 : 80;
    const std::string port = part_of(parsed.get(), CURLUPART_PORT);
    std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (target.host.empty() || target.port == 0) {
        why = "has no host";
        return std::nullopt;
    }
    return target;
}

Transfer::Transfer(FetchRequest request, Done done, const Fetcher::Options& options, Tick now)
    : request_(std::move(request)),
      done_(std::move(done)),
      options_(options),
      end_(now + request_.total_max),
      easy_(curl_easy_init())
{
    ASSERT(easy_);
}

bool Transfer::is_allowed(const curl_sockaddr& address)
{
    const auto found = address_of(address);
    if (found && may_connect(options_.allowed, target_, *found)) {
        return true;
    }
    refused_address_ = found ? found->to_string() : "of an unknown family";
    return false;
}

curl_socket_t Transfer::open_socket(void* self, curlsocktype purpose, curl_sockaddr* address)
{
    auto& transfer = *static_cast<Transfer*>(self);
    // One address that is not public condemns the name: the next one would be a second try of the same trick.
    if (purpose != CURLSOCKTYPE_IPCXN || transfer.fault_ || !transfer.is_allowed(*address)) {
        transfer.fault_ = FetchFault::refused;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Transfer::take_header(char* data, std::size_t size, std::size_t count, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line{data, size * count};
    transfer.header_bytes_ += line.size();
    if (transfer.header_bytes_ > header_bytes_max) {
        transfer.fault_ = FetchFault::too_large;
        return 0;
    }
    if (line.starts_with("HTTP/")) {
        transfer.answer_.headers.clear();  // what came before was a 1xx
        return line.size();
    }
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        std::string_view value = line.substr(colon + 1);
        while (!value.empty() && (value.back() == '\r' || value.back() == '\n')) {
            value.remove_suffix(1);
        }
        transfer.answer_.headers.push_back(
            {ascii::to_lower(line.substr(0, colon)), std::string{ascii::trim(value)}});
    }
    return line.size();
}

std::size_t Transfer::take_body(char* data, std::size_t size, std::size_t count, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t bytes = size * count;
    if (transfer.answer_.body.size() + bytes > transfer.request_.body_bytes_max) {
        transfer.fault_ = FetchFault::too_large;
        return 0;
    }
    transfer.answer_.body.append(data, bytes);
    return bytes;
}

void Transfer::set_request()
{
    headers_.reset();
    append(headers_, "Expect:");
    for (const FetchHeader& header : request_.headers) {
        append(headers_, header.name + ": " + header.value);
    }
    if (request_.method == Method::post) {
        append(headers_, "Content-Type: " + request_.content_type);
        set(easy(), CURLOPT_POST, 1L);
        set(easy(), CURLOPT_POSTFIELDS, request_.body.data());
        set(easy(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    } else {
        set(easy(), CURLOPT_HTTPGET, 1L);
    }
    set(easy(), CURLOPT_HTTPHEADER, headers_.get());
    set(easy(), CURLOPT_URL, request_.url.c_str());
}

Result<void, FetchError> Transfer::prepare(Tick now)
{
    std::string why;
    const auto target = parse_target(request_.url, why);
    if (!target) {
        return fetch_error(FetchFault::invalid, why);
    }
    if (target->scheme == Scheme::http && !options_.allowed.may_use_http(*target)) {
        return fetch_error(FetchFault::invalid, "plain HTTP, which outbound-allow does not open");
    }
    const bool broken = has_line_break(request_.content_type)
                        || std::ranges::any_of(request_.headers, [](const FetchHeader& header) {
                               return has_line_break(header.name) || has_line_break(header.value);
                           });
    if (broken) {
        return fetch_error(FetchFault::invalid, "a line break in a header");
    }
    const auto left = std::chrono::duration_cast<Milliseconds>(end_ - now);
    if (left <= Milliseconds::zero()) {
        return fetch_error(FetchFault::timeout, "redirects took all the time");
    }
    target_ = *target;
    answer_ = {};
    header_bytes_ = 0;
    curl_easy_reset(easy());
    set_common(easy(), options_.ca_file);
    set_request();
    set(easy(), CURLOPT_PRIVATE, static_cast<void*>(this));
    set(easy(), CURLOPT_ERRORBUFFER, said_);
    set(easy(), CURLOPT_PROTOCOLS_STR, target_.scheme == Scheme::https ? "https" : "http");
    set(easy(), CURLOPT_FOLLOWLOCATION, 0L);
    set(easy(), CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(easy(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy(), CURLOPT_USERAGENT, user_agent);
    set(easy(), CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    set(easy(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, request_.connect_max).count()));
    set(easy(), CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.body_bytes_max));
    set(easy(), CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
    set(easy(), CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    set(easy(), CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    set(easy(), CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(easy(), CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    set(easy(), CURLOPT_WRITEDATA, static_cast<void*>(this));
    return ok();
}

bool Transfer::is_sent_on(CURLcode code)
{
    char* location = nullptr;
    if (code != CURLE_OK || request_.redirects == Redirects::none || request_.method != Method::get
        || curl_easy_getinfo(easy(), CURLINFO_REDIRECT_URL, &location) != CURLE_OK || location == nullptr) {
        return false;
    }
    std::string why;
    const std::string url = location;
    const auto next = parse_target(url, why);
    if (!next || next->scheme != target_.scheme || next->host != target_.host || next->port != target_.port
        || ++redirects_ > redirects_max) {
        fault_ = FetchFault::redirected;
        return false;
    }
    request_.url = url;
    return true;
}

FetchError Transfer::error_of(CURLcode code) const
{
    const FetchFault fault = fault_.value_or(fault_of(code));
    std::string detail = code == CURLE_OK ? "" : said_[0] != '\0' ? said_ : curl_easy_strerror(code);
    if (fault == FetchFault::refused) {
        detail = target_.host + " has the address " + refused_address_
                 + ", which is not public; outbound-allow can open it";
    }
    return fetch_error(fault, std::move(detail));
}

Result<Fetched, FetchError> Transfer::outcome(CURLcode code)
{
    if (fault_ || code != CURLE_OK) {
        return error_of(code);
    }
    long status = 0;
    curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    return std::move(answer_);
}

}  // namespace tessera::outbound
