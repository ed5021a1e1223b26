#include "daemon/http/chunked.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace tessera::http {

namespace {

constexpr int size_digits_max = 16;

}  // namespace

ChunkedDecoder::Outcome ChunkedDecoder::take_size(char c)
{
    if (const int value = ascii::hex_value(c); value >= 0) {
        size_ = size_ << 4U | static_cast<std::uint64_t>(value);
        return ++digits_ <= size_digits_max ? Outcome::more : Outcome::malformed;
    }
    if (digits_ == 0) {
        return Outcome::malformed;
    }
    at_ = At::size_end;
    return c == '\r' ? Outcome::more : c == ';' ? Outcome::extension : Outcome::malformed;
}

ChunkedDecoder::Outcome ChunkedDecoder::feed(std::string_view bytes, std::size_t body_bytes_max,
                                             std::string& body, std::size_t& consumed)
{
    const auto expect = [this](char c, char expected, At next) {
        at_ = next;
        return c == expected ? Outcome::more : Outcome::malformed;
    };
    Outcome outcome = Outcome::more;
    for (consumed = 0; consumed < bytes.size() && outcome == Outcome::more; ++consumed) {
        const char c = bytes[consumed];
        switch (at_) {
        case At::size: outcome = take_size(c); break;
        case At::size_end:
            outcome = expect(c, '\n', size_ == 0 ? At::last_cr : At::content);
            digits_ = 0;
            if (outcome == Outcome::more && size_ > body_bytes_max - body.size()) {
                outcome = Outcome::too_large;
            }
            break;
        case At::content: {
            const std::string_view content = bytes.substr(consumed, size_);
            body += content;
            size_ -= content.size();
            consumed += content.size() - 1;
            at_ = size_ == 0 ? At::content_cr : At::content;
            break;
        }
        case At::content_cr: outcome = expect(c, '\r', At::content_lf); break;
        case At::content_lf: outcome = expect(c, '\n', At::size); break;
        case At::last_cr:
            at_ = At::last_lf;
            outcome = c == '\r' ? Outcome::more : Outcome::trailer;
            break;
        case At::last_lf: outcome = c == '\n' ? Outcome::done : Outcome::malformed; break;
        }
    }
    return outcome;
}

}  // namespace tessera::http
