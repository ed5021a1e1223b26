// HTTP requests as a session reads them. A stream means the same however it is cut into packets, and what was understood of a
// request, written in the plainest way, is understood the same.
#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/http/parser.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::http;

constexpr std::size_t body_bytes_max = 4096;
constexpr std::size_t requests_max = 16;
const Limits limits;

struct Reading {
    std::vector<Request> requests;
    bool is_refused = false;
};

// Reads as http/session does: what has come and is unread, again and again, `step` bytes more each time.
class Reader {
public:
    Reader(std::string_view stream, std::size_t step) : stream_(stream), step_(step) {}

    Reading read()
    {
        Parser parser{limits};
        Reading reading;
        while (reading.requests.size() < requests_max) {
            parser.next();
            auto need = feed(parser, &Parser::feed_head);
            if (need == Parser::Need::body) {
                need = parser.set_body_limit(body_bytes_max) ? feed(parser, &Parser::feed_body)
                                                             : Parser::Need::refused;
                ASSERT(parser.request().body.size() <= body_bytes_max);
            }
            if (need == Parser::Need::refused) {
                ASSERT(parser.refusal().status >= 400 && !parser.refusal().description.empty());
                reading.is_refused = true;
                break;
            }
            if (need == Parser::Need::more) {
                break;
            }
            reading.requests.push_back(parser.request());
        }
        return reading;
    }

private:
    Parser::Need feed(Parser& parser, Parser::Need (Parser::*part)(std::string_view, std::size_t&))
    {
        while (true) {
            // A copy of exactly what has come: a read beyond it is seen.
            const std::vector<char> unread(stream_.begin() + static_cast<std::ptrdiff_t>(taken_),
                                           stream_.begin() + static_cast<std::ptrdiff_t>(come_));
            std::size_t consumed = 0;
            const auto need = unread.empty() ? Parser::Need::more
                                             : (parser.*part)({unread.data(), unread.size()}, consumed);
            ASSERT(consumed <= unread.size());
            taken_ += consumed;
            if (need != Parser::Need::more || come_ == stream_.size()) {
                return need;
            }
            come_ = std::min(come_ + step_, stream_.size());
        }
    }

    std::string_view stream_;
    std::size_t step_;
    std::size_t taken_ = 0;
    std::size_t come_ = 0;
};

bool is_same(const Request& a, const Request& b)
{
    const auto is_same_header = [](const Header& x, const Header& y) {
        return x.name == y.name && x.value == y.value;
    };
    return a.method == b.method && a.method_text == b.method_text && a.path == b.path && a.query == b.query
           && a.has_query == b.has_query && std::ranges::equal(a.headers, b.headers, is_same_header)
           && a.body == b.body;
}

void check(const Request& request)
{
    ASSERT(request.path == "*" || request.path.starts_with('/'));
    ASSERT(is_utf8(request.path) && request.path.find('\0') == std::string::npos);
    ASSERT(request.headers.size() <= limits.headers_max && request.count("host") <= 1);
    ASSERT(request.count("content-length") + request.count("transfer-encoding") <= 1);
    for (const Header& header : request.headers) {
        ASSERT(!header.name.empty());
        ASSERT((header.name + header.value).find_first_of(std::string_view{"\r\n\0", 3})
               == std::string::npos);
    }
}

std::string escaped(std::string_view path)
{
    std::string out;
    for (const char c : path) {
        const bool is_plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/';
        out += is_plain ? std::string{c} : '%' + hex_encode(as_bytes({&c, 1}));
    }
    return out;
}

// The request as its simplest sender would have sent it.
void check_again(const Request& request)
{
    const std::string target = (request.path == "*" ? "*" : escaped(request.path))
                               + (request.has_query ? "?" + request.query : std::string{});
    std::string text = request.method_text + ' ' + target + " HTTP/1.1\r\n";
    Request expected = request;
    std::erase_if(expected.headers, [](const Header& header) {
        return ascii::equal_ignoring_case(header.name, "transfer-encoding")
               || ascii::equal_ignoring_case(header.name, "content-length");
    });
    if (expected.count("host") == 0) {
        expected.headers.insert(expected.headers.begin(), {"Host", "a"});
    }
    expected.headers.push_back({"Content-Length", std::to_string(request.body.size())});
    for (const Header& header : expected.headers) {
        text += header.name + ": " + header.value + "\r\n";
    }
    text += "\r\n";
    if (target.size() > limits.url_bytes_max || text.size() > limits.head_bytes_max
        || expected.headers.size() > limits.headers_max) {
        return;
    }
    text += request.body;
    const Reading again = Reader{text, text.size()}.read();
    ASSERT(!again.is_refused && again.requests.size() == 1 && is_same(again.requests[0], expected));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    // The first byte says how the stream is cut.
    const std::string_view stream = fuzz::as_input(data + 1, size - 1);
    const std::size_t step = std::max<std::size_t>(1 + data[0] % 64, stream.size() / 64);
    const Reading whole = Reader{stream, stream.size()}.read();
    const Reading cut = Reader{stream, step}.read();
    ASSERT(whole.is_refused == cut.is_refused);
    ASSERT(std::ranges::equal(whole.requests, cut.requests, is_same));
    for (const Request& request : whole.requests) {
        check(request);
        check_again(request);
    }
    return 0;
}
