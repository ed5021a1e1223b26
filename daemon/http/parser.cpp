#include "daemon/http/parser.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/ascii.hpp"
#include "daemon/http/target.hpp"

namespace tessera::http {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

namespace {

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Method method_of(beast_http::verb verb)
{
    switch (verb) {
    case beast_http::verb::get: return Method::get;
    case beast_http::verb::head: return Method::head;
    case beast_http::verb::post: return Method::post;
    case beast_http::verb::put: return Method::put;
    case beast_http::verb::patch: return Method::patch;
    case beast_http::verb::delete_: return Method::del;
    case beast_http::verb::options: return Method::options;
    default: return Method::other;
    }
}

// RFC 9110 §8.6: digits only; Beast would take a list.
bool parse_content_length(std::string_view text, std::size_t& length)
{
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), length);
    return code == std::errc{} && end == text.data() + text.size() && text.size() <= 18;
}

}  // namespace

class Parser::Callbacks final : public beast_http::basic_parser<true> {
public:
    explicit Callbacks(Parser& parser) : parser_(parser)
    {
        header_limit(static_cast<std::uint32_t>(parser.limits_.head_bytes_max + 1));
        body_limit(boost::none);  // ours, by route
        eager(true);
    }

private:
    void fail(error_code& ec, int status, std::string_view description)
    {
        parser_.refuse(status, description);
        ec = beast_http::error::bad_value;
    }

    void on_request_impl(beast_http::verb verb, boost::beast::string_view method,
                         boost::beast::string_view target, int version, error_code& ec) override
    {
        if (target.size() > parser_.limits_.url_bytes_max) {
            return fail(ec, 414, "The request target is too long.");
        }
        Request& request = parser_.request_;
        auto parsed = http::parse_target(view(target));
        if (parsed.has_error()) {
            return fail(ec, 400, parsed.error().description);
        }
        parser_.http10_ = version == 10;
        request.method = method_of(verb);
        request.method_text = view(method);
        request.path = std::move(parsed.value().path);
        request.query = std::move(parsed.value().query);
        request.has_query = parsed.value().has_query;
    }

    void on_response_impl(int, boost::beast::string_view, int, error_code& ec) override
    {
        ec = beast_http::error::bad_method;
    }

    void on_field_impl(beast_http::field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code& ec) override
    {
        if (parser_.request_.headers.size() >= parser_.limits_.headers_max) {
            return fail(ec, 431, "The request has too many header fields.");
        }
        parser_.request_.headers.push_back({std::string{view(name)}, std::string{view(value)}});
    }

    void on_header_impl(error_code&) override {}
    void on_finish_impl(error_code&) override {}

    // Beast sees heads only. Its chunk parser asserts when the last chunk comes in two pieces.
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view, error_code&) override
    {
        return 0;
    }

    Parser& parser_;
};

Parser::Parser(const Limits& limits) : limits_(limits), beast_(std::make_unique<std::optional<Callbacks>>())
{
    next();
}
Parser::~Parser() = default;

void Parser::next()
{
    request_.method = Method::other;
    request_.method_text.clear();
    request_.path.clear();
    request_.query.clear();
    request_.has_query = false;
    request_.headers.clear();
    if (request_.body.capacity() > limits_.head_bytes_max) {
        request_.body = {};
    }
    request_.body.clear();
    request_.request_id.clear();
    request_.trace_id.clear();
    refusal_ = {};
    scanned_ = body_bytes_max_ = content_length_ = 0;
    chunks_ = {};
    keep_alive_ = http10_ = chunked_ = expects_continue_ = false;
    beast_->emplace(*this);
}

bool Parser::refuse(int status, std::string_view description)
{
    refusal_ = {status, description};
    return false;
}

// Finds the end of the head and refuses, as soon as it is seen, what must not be in one: NUL, a bare CR or LF (RFC 9112
// §2.2), a folded line (§5.2). False when refused; head_bytes is 0 while the end has not been seen.
bool Parser::scan_head(std::string_view bytes, std::size_t& head_bytes)
{
    head_bytes = 0;
    for (; scanned_ < bytes.size(); ++scanned_) {
        const char c = bytes[scanned_];
        if (c == '\0') {
            return refuse(400, "The request has a NUL byte.");
        }
        if (c == '\r' && scanned_ + 1 == bytes.size()) {
            break;  // judged with the byte after it
        }
        if ((c == '\r' && bytes[scanned_ + 1] != '\n')
            || (c == '\n' && (scanned_ == 0 || bytes[scanned_ - 1] != '\r'))) {
            return refuse(400, "A line of the request does not end with CR LF.");
        }
        if (scanned_ >= 2 && bytes[scanned_ - 1] == '\n' && (c == ' ' || c == '\t')) {
            return refuse(400, "A header field is folded over lines.");
        }
        if (c == '\n' && scanned_ >= 3 && bytes[scanned_ - 2] == '\n') {
            head_bytes = ++scanned_;
            break;
        }
    }
    if (head_bytes > limits_.head_bytes_max || (head_bytes == 0 && bytes.size() > limits_.head_bytes_max)) {
        // The request line is first: when it alone is too long, it is the URL that is.
        const bool line_ended =
            bytes.substr(0, limits_.url_bytes_max + 32).find('\n') != std::string_view::npos;
        return line_ended ? refuse(431, "The request header is too large.")
                          : refuse(414, "The request target is too long.");
    }
    return true;
}

// The framing and identity of the message (RFC 9112 §6, §3.2), judged as a whole.
bool Parser::check_head()
{
    const Request& request = request_;
    const std::size_t lengths = request.count("content-length");
    const std::size_t encodings = request.count("transfer-encoding");
    // Stricter than RFC 9112 §6.3, which lets equal lengths pass: nobody honest sends them.
    if (lengths + encodings > 1) {
        return refuse(400, "The request says more than once how long its body is.");
    }
    if (lengths == 1 && !parse_content_length(request.find("content-length"), content_length_)) {
        return refuse(400, "Content-Length is not a number.");
    }
    if (encodings == 1) {
        if (http10_ || !ascii::equal_ignoring_case(request.find("transfer-encoding"), "chunked")) {
            return refuse(400, "The only transfer coding accepted is chunked, with HTTP/1.1.");
        }
        chunked_ = true;
    }
    const std::size_t hosts = request.count("host");
    if (hosts > 1 || (hosts == 0 && !http10_)) {
        return refuse(400, "The request must have exactly one Host header.");
    }
    if (request.path == "*" && request.method != Method::options) {
        return refuse(400, "The target * is for OPTIONS.");
    }
    if (const std::string_view expect = request.find("expect"); !expect.empty()) {
        if (!ascii::equal_ignoring_case(expect, "100-continue")) {
            return refuse(417, "The only expectation understood is 100-continue.");
        }
        expects_continue_ = !http10_ && (chunked_ || content_length_ > 0);
    }
    return true;
}

Parser::Need Parser::feed_head(std::string_view bytes, std::size_t& consumed)
{
    consumed = 0;
    // RFC 9112 §2.2: an empty line before a request is ignored; one, not any number.
    const std::size_t skipped = bytes.starts_with("\r\n") ? 2 : 0;
    if (bytes.size() <= skipped || bytes == "\r") {
        return Need::more;
    }
    const std::string_view head = bytes.substr(skipped);
    std::size_t head_bytes = 0;
    if (!scan_head(head, head_bytes)) {
        return Need::refused;
    }
    if (head_bytes == 0) {
        return Need::more;
    }
    error_code ec;
    (*beast_)->put(boost::asio::buffer(head.data(), head_bytes), ec);
    if (ec) {
        if (ec == beast_http::error::bad_version) {
            refuse(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
        } else if (refusal_.status == 0) {
            refuse(400, "The request is not well-formed HTTP/1.1.");
        }
        return Need::refused;
    }
    if (!check_head()) {
        return Need::refused;
    }
    keep_alive_ = (*beast_)->keep_alive();
    consumed = skipped + head_bytes;
    return chunked_ || content_length_ > 0 ? Need::body : Need::nothing;
}

bool Parser::set_body_limit(std::size_t bytes_max)
{
    body_bytes_max_ = bytes_max;
    return content_length_ <= bytes_max || refuse(413, "The request body is too large.");
}

Parser::Need Parser::feed_chunks(std::string_view bytes, std::size_t& consumed)
{
    switch (chunks_.feed(bytes, body_bytes_max_, request_.body, consumed)) {
    case ChunkedDecoder::Outcome::more: return Need::more;
    case ChunkedDecoder::Outcome::done: return Need::nothing;
    case ChunkedDecoder::Outcome::malformed: refuse(400, "A chunk is malformed."); break;
    case ChunkedDecoder::Outcome::extension: refuse(400, "Chunk extensions are not accepted."); break;
    case ChunkedDecoder::Outcome::trailer: refuse(400, "Trailer fields are not accepted."); break;
    case ChunkedDecoder::Outcome::too_large: refuse(413, "The request body is too large."); break;
    }
    return Need::refused;
}

Parser::Need Parser::feed_body(std::string_view bytes, std::size_t& consumed)
{
    if (chunked_) {
        return feed_chunks(bytes, consumed);
    }
    consumed = std::min(bytes.size(), content_length_ - request_.body.size());
    request_.body += bytes.substr(0, consumed);
    return request_.body.size() == content_length_ ? Need::nothing : Need::more;
}

}  // namespace tessera::http
