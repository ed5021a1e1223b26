// What any process that may open keyd's socket can send: a stream of frames, cut anywhere, and the bodies in them.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "keyd/wire/body.hpp"
#include "keyd/wire/frame.hpp"

using namespace tessera;
using namespace tessera::keyd;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    // The first byte says how the stream is cut.
    const std::size_t cut = std::size_t{1} + data[0];
    ByteView rest{data + 1, size - 1};
    wire::FrameDecoder decoder;
    std::size_t consumed = 0;
    while (!rest.empty()) {
        const auto room = decoder.writable();
        const std::size_t bytes = std::min({room.size(), rest.size(), cut});
        std::copy_n(rest.begin(), bytes, room.begin());
        decoder.commit(bytes);
        rest = rest.subspan(bytes);
        for (auto next = decoder.next(); next && next.value(); next = decoder.next()) {
            const wire::Frame& frame = *next.value();
            ASSERT(frame.body.size() == frame.header.length && frame.body.size() <= wire::body_bytes_max);
            consumed += wire::header_bytes + frame.body.size();
            ASSERT(consumed < size);
            if (const auto request = wire::parse_request(frame.body)) {
                wire::clean_request_id(request->request_id());
                // What parsed can be framed again: dropping unknown fields never makes a body longer than it was.
                std::string out;
                ASSERT(wire::append_frame(out, wire::FrameKind::request, 1, *request));
            }
            static_cast<void>(wire::parse_response(frame.body));
            static_cast<void>(wire::parse_event(frame.body));
        }
    }
    return 0;
}
