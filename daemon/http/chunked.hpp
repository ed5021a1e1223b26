// The chunked transfer coding (RFC 9112 §7.1), decoded without I/O, cut anywhere.
//
// Stricter than the spec: no chunk extensions and no trailer fields, which nothing here needs and where readers disagree, and
// at most sixteen digits of size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tessera::http {

class ChunkedDecoder {
public:
    enum class Outcome { more, done, malformed, extension, trailer, too_large };

    // Appends content to `body`, which never grows beyond `body_bytes_max`. Consumes everything up to the end of the coding or
    // to the byte at fault.
    Outcome feed(std::string_view bytes, std::size_t body_bytes_max, std::string& body,
                 std::size_t& consumed);

private:
    enum class At { size, size_end, content, content_cr, content_lf, last_cr, last_lf };

    Outcome take_size(char c);

    At at_ = At::size;
    std::uint64_t size_ = 0;  // of the chunk; then what is left of it
    int digits_ = 0;
};

}  // namespace tessera::http
