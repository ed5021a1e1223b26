#include "keyd/wire/frame.hpp"

#include <algorithm>
#include <cstring>

#include <google/protobuf/message_lite.h>

#include "base/assert.hpp"
#include "base/secret.hpp"

namespace tessera::keyd::wire {

namespace {

constexpr std::uint32_t magic = 0x54534B44;  // "TSKD"
constexpr std::size_t read_bytes_min = 4 * 1024;
constexpr std::size_t buffer_bytes_initial = 32 * 1024;

template <class Number>
Number read_big_endian(const std::uint8_t* bytes)
{
    Number number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        number = static_cast<Number>((number << 8) | bytes[i]);
    }
    return number;
}

template <class Number>
void append_big_endian(std::string& out, Number number)
{
    for (std::size_t i = sizeof(Number); i-- > 0;) {
        out.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> (8 * i))));
    }
}

}  // namespace

std::string_view to_string(FrameFault fault)
{
    switch (fault) {
    case FrameFault::bad_magic: return "a frame does not start with TSKD: the peer speaks another protocol";
    case FrameFault::bad_kind: return "a frame is neither request, response nor event";
    case FrameFault::bad_reserved: return "a frame's reserved byte is not 0";
    case FrameFault::too_long: return "a frame is longer than the limit";
    case FrameFault::bad_correlation_id: return "a frame's correlation id does not fit its kind";
    }
    return "unknown framing fault";
}

Result<FrameHeader, FrameFault> parse_header(std::span<const std::uint8_t, header_bytes> bytes)
{
    if (read_big_endian<std::uint32_t>(bytes.data()) != magic) {
        return FrameFault::bad_magic;
    }
    const std::uint8_t kind = bytes[6];
    if (kind < static_cast<std::uint8_t>(FrameKind::request)
        || kind > static_cast<std::uint8_t>(FrameKind::event)) {
        return FrameFault::bad_kind;
    }
    if (bytes[7] != 0) {
        return FrameFault::bad_reserved;
    }
    FrameHeader header;
    header.version = read_big_endian<std::uint16_t>(bytes.data() + 4);
    header.kind = static_cast<FrameKind>(kind);
    header.length = read_big_endian<std::uint32_t>(bytes.data() + 8);
    header.correlation_id = read_big_endian<std::uint64_t>(bytes.data() + 12);
    if (header.length > body_bytes_max) {
        return FrameFault::too_long;
    }
    if ((header.kind == FrameKind::event) != (header.correlation_id == 0)) {
        return FrameFault::bad_correlation_id;
    }
    return header;
}

void append_header(std::string& out, const FrameHeader& header)
{
    append_big_endian(out, magic);
    append_big_endian(out, header.version);
    append_big_endian(out, static_cast<std::uint8_t>(header.kind));
    append_big_endian(out, std::uint8_t{0});
    append_big_endian(out, header.length);
    append_big_endian(out, header.correlation_id);
}

bool append_frame(std::string& out, FrameKind kind, std::uint64_t correlation_id,
                  const google::protobuf::MessageLite& message)
{
    const std::size_t length = message.ByteSizeLong();
    if (length > body_bytes_max) {
        return false;
    }
    append_header(
        out, {.kind = kind, .length = static_cast<std::uint32_t>(length), .correlation_id = correlation_id});
    const std::size_t start = out.size();
    out.resize(start + length);
    message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.data() + start));
    return true;
}

FrameDecoder::~FrameDecoder() { wipe(buffer_); }

void FrameDecoder::forget_handed_out()
{
    wipe(std::span{buffer_}.subspan(begin_ - handed_out_, handed_out_));
    handed_out_ = 0;
}

std::span<std::uint8_t> FrameDecoder::writable()
{
    forget_handed_out();
    const std::size_t held = end_ - begin_;
    std::size_t wanted = std::max(buffer_bytes_initial, held + read_bytes_min);
    if (held >= header_bytes) {
        // The header was checked by next(), so its length is within the limit.
        const auto length = read_big_endian<std::uint32_t>(buffer_.data() + begin_ + 8);
        wanted =
            std::max(wanted, header_bytes + std::min<std::size_t>(length, body_bytes_max) + read_bytes_min);
    }
    // A large frame makes the buffer grow; it shrinks again once that frame is gone.
    const bool resize = buffer_.size() < wanted || (held == 0 && buffer_.size() > buffer_bytes_initial);
    if (resize) {
        Bytes larger(wanted);
        std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), held, larger.begin());
        wipe(buffer_);
        buffer_ = std::move(larger);
        begin_ = 0;
        end_ = held;
    } else if (buffer_.size() - end_ < read_bytes_min || held == 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, held);
        wipe(std::span{buffer_}.subspan(held, end_ - held));
        begin_ = 0;
        end_ = held;
    }
    return std::span{buffer_}.subspan(end_);
}

void FrameDecoder::commit(std::size_t bytes)
{
    ASSERT(bytes <= buffer_.size() - end_);
    end_ += bytes;
}

Result<std::optional<Frame>, FrameFault> FrameDecoder::next()
{
    if (fault_) {
        return *fault_;
    }
    forget_handed_out();
    if (end_ - begin_ < header_bytes) {
        return std::optional<Frame>{};
    }
    const auto header =
        parse_header(std::span<const std::uint8_t, header_bytes>{buffer_.data() + begin_, header_bytes});
    if (!header) {
        fault_ = header.error();
        return *fault_;
    }
    const std::size_t frame_bytes = header_bytes + header.value().length;
    if (end_ - begin_ < frame_bytes) {
        return std::optional<Frame>{};
    }
    const ByteView body = ByteView{buffer_}.subspan(begin_ + header_bytes, header.value().length);
    begin_ += frame_bytes;
    handed_out_ = frame_bytes;
    return std::optional{Frame{header.value(), body}};
}

}  // namespace tessera::keyd::wire
