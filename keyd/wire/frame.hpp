// Frames of the keyd protocol: the 20-byte header of keyd.proto's FRAME text, and a decoder for a stream of them.
//
// Pure: no I/O, no clock, no log. Both sides use it; it is fuzzed (tests/fuzz/keyd_frame_fuzz.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"

namespace google::protobuf {
class MessageLite;
}

namespace tessera::keyd::wire {

inline constexpr std::uint16_t protocol_version = 1;
inline constexpr std::size_t header_bytes = 20;
inline constexpr std::size_t body_bytes_max = limits::keyd_frame_bytes_max;

enum class FrameKind : std::uint8_t { request = 1, response = 2, event = 3 };

// A version this side does not speak is no fault here: the header's layout is the same in every version, and the side
// that receives it decides (keyd answers VERSION_UNSUPPORTED, a client gives up).
struct FrameHeader {
    std::uint16_t version = protocol_version;
    FrameKind kind = FrameKind::request;
    std::uint32_t length = 0;
    std::uint64_t correlation_id = 0;
};

enum class FrameFault { bad_magic, bad_kind, bad_reserved, too_long, bad_correlation_id };

// For logs: "the frame does not start with TSKD".
std::string_view to_string(FrameFault fault);

// Refuses everything the FRAME text does not allow: another magic or kind, a reserved byte that is not 0, a length above
// body_bytes_max, an event with a correlation id, a request or response without one.
Result<FrameHeader, FrameFault> parse_header(std::span<const std::uint8_t, header_bytes> bytes);

// Appends header and body to `out`. False, and `out` unchanged, when the message is longer than body_bytes_max.
[[nodiscard]] bool append_frame(std::string& out, FrameKind kind, std::uint64_t correlation_id,
                                const google::protobuf::MessageLite& message);

// Appends a header as given, valid or not: `length` bytes of body must follow. For tests and for append_frame.
void append_header(std::string& out, const FrameHeader& header);

struct Frame {
    FrameHeader header;
    ByteView body;  // valid until the next call of the decoder
};

// Cuts a byte stream into frames. Holds at most one frame of the largest size and one read; what was handed out is
// overwritten with zeros at the next call, because bodies carry PINs and plaintexts. After a fault it stays failed.
//
//   while open: read into writable(), commit(n), then next() until it has no frame.
class FrameDecoder {
public:
    FrameDecoder() = default;
    FrameDecoder(const FrameDecoder&) = delete;
    FrameDecoder& operator=(const FrameDecoder&) = delete;
    ~FrameDecoder();

    // Where to read to: at least 4 KiB.
    std::span<std::uint8_t> writable();
    void commit(std::size_t bytes);
    Result<std::optional<Frame>, FrameFault> next();

    // True while part of a frame has come and the rest has not: the peer owes bytes.
    bool is_inside_frame() const { return begin_ != end_; }

private:
    void forget_handed_out();

    Bytes buffer_;
    std::size_t begin_ = 0;       // first byte not yet handed out
    std::size_t end_ = 0;         // end of what was read
    std::size_t handed_out_ = 0;  // bytes before begin_ that the last frame occupies
    std::optional<FrameFault> fault_;
};

}  // namespace tessera::keyd::wire
