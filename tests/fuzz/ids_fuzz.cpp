// Prefixed ids, scopes, resource URIs and audit text: what is accepted has one spelling, what is escaped is clean.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "base/id.hpp"
#include "daemon/audit/escape.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "daemon/resource_uri.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto id = ClientId::parse(text)) {
        ASSERT(id->to_string() == text);
    }
    if (const auto uri = normalize_resource_uri(text)) {
        ASSERT(normalize_resource_uri(*uri) == uri);
    }
    if (const auto tokens = oauth::parse_scope(text)) {
        ASSERT(oauth::parse_scope(oauth::join_scope(*tokens)) == tokens);
    }
    const std::string escaped = audit::escape_text(text);
    ASSERT(is_utf8(escaped) && escaped.size() <= audit::text_bytes_max);
    ASSERT(escaped.find('\0') == std::string::npos);
    return 0;
}
