// What any process that may open keyd's socket can send: a stream of frames, cut anywhere, and the bodies in them.
#include <algorithm>
#include <string>

#include <google/protobuf/stubs/logging.h>

#include "base/assert.hpp"
#include "keyd/wire/body.hpp"
#include "keyd/wire/frame.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

// A message written again reads the same, and still fits a frame.
template <class Message>
void check_body(const std::optional<Message>& message, std::optional<Message> (*parse)(ByteView))
{
    if (!message) {
        return;
    }
    std::string out;
    ASSERT(wire::append_frame(out, wire::FrameKind::request, 1, *message));
    const std::string body = out.substr(wire::header_bytes);
    const auto again = parse(as_bytes(body));
    ASSERT(again && again->SerializeAsString() == body);
}

void check_frame(const wire::Frame& frame)
{
    ASSERT(frame.body.size() == frame.header.length && frame.body.size() <= wire::body_bytes_max);
    ASSERT((frame.header.kind == wire::FrameKind::event) == (frame.header.correlation_id == 0));
    const auto request = wire::parse_request(frame.body);
    if (request) {
        const std::string id = wire::clean_request_id(request->request_id());
        ASSERT(id.size() <= wire::request_id_chars_max);
        ASSERT(std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F; }));
        ASSERT(!wire::operation_name(request->operation_case()).empty());
    }
    check_body(request, wire::parse_request);
    check_body(wire::parse_response(frame.body), wire::parse_response);
    check_body(wire::parse_event(frame.body), wire::parse_event);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    google::protobuf::SetLogHandler(nullptr);  // as keyd does
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    // The first byte says how the stream is cut.
    const std::size_t cut = std::size_t{1} + data[0];
    std::string_view unseen = fuzz::as_input(data + 1, size - 1);
    ByteView rest = as_bytes(unseen);
    wire::FrameDecoder decoder;
    while (!rest.empty()) {
        const auto room = decoder.writable();
        const std::size_t bytes = std::min({room.size(), rest.size(), cut});
        std::copy_n(rest.begin(), bytes, room.begin());
        decoder.commit(bytes);
        rest = rest.subspan(bytes);
        auto next = decoder.next();
        for (; next && next.value(); next = decoder.next()) {
            const wire::Frame& frame = *next.value();
            check_frame(frame);
            // What comes out is what went in, byte for byte.
            std::string again;
            wire::append_header(again, frame.header);
            again += as_text(frame.body);
            ASSERT(unseen.starts_with(again));
            unseen.remove_prefix(again.size());
        }
        if (next.has_error()) {
            ASSERT(decoder.next().has_error());
            return 0;
        }
    }
    ASSERT(decoder.is_inside_frame() == !unseen.empty());
    return 0;
}
