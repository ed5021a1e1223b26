// HTTP requests as a session feeds them: in two pieces, a body by a fixed limit, the next one after it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "daemon/http/parser.hpp"
#include "daemon/http/proxy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera::http;
    static const Limits limits;
    constexpr std::size_t body_bytes_max = 4096;
    std::string_view bytes{reinterpret_cast<const char*>(data), size};
    static_cast<void>(parse_proxy_v2(bytes));
    Parser parser{limits};
    for (int requests = 0; requests < 16 && !bytes.empty(); ++requests) {
        std::size_t consumed = 0;
        auto need = parser.feed_head(bytes.substr(0, bytes.size() / 2), consumed);
        if (need == Parser::Need::more) {
            need = parser.feed_head(bytes, consumed);
        }
        if (need == Parser::Need::body) {
            bytes.remove_prefix(consumed);
            if (!parser.set_body_limit(body_bytes_max) || bytes.empty()) {
                return 0;
            }
            need = parser.feed_body(bytes, consumed);
            ASSERT(parser.request().body.size() <= body_bytes_max);
        }
        ASSERT(need != Parser::Need::refused || parser.refusal().status >= 400);
        if (need != Parser::Need::nothing) {
            return 0;
        }
        ASSERT(parser.request().path.find('\0') == std::string::npos);
        ASSERT(consumed > 0 && consumed <= bytes.size());
        bytes.remove_prefix(consumed);
        parser.next();
    }
    return 0;
}
