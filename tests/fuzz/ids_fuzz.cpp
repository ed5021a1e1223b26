// Small texts with one spelling: prefixed ids, UUIDs, encodings, correlation ids, scopes. What is accepted is written back as it
// was read.
#include <algorithm>

#include "base/assert.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "daemon/http/correlation.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;

template <class... Ids>
void check_ids(std::string_view text)
{
    const int accepted = (0 + ... + [text] {
        const auto id = Ids::parse(text);
        ASSERT(!id || (id->to_string() == text && parse_uuid(to_string(id->uuid)) == id->uuid));
        return id ? 1 : 0;
    }());
    ASSERT(accepted <= 1);
}

void check_encodings(std::string_view text)
{
    const ByteView bytes = as_bytes(text);
    const Bytes copy(bytes.begin(), bytes.end());
    ASSERT(base64url_decode(base64url_encode(bytes)) == copy);
    ASSERT(base64_decode(base64_encode(bytes)) == copy);
    ASSERT(hex_decode(hex_encode(bytes)) == copy);
    if (const auto decoded = base64url_decode(text)) {
        ASSERT(base64url_encode(*decoded) == text);
    }
    if (const auto decoded = base64_decode(text)) {
        ASSERT(base64_encode(*decoded) == text);
    }
    if (const auto decoded = hex_decode(text)) {
        ASSERT(hex_encode(*decoded) == text);
    }
    if (const auto decoded = base36_decode(text)) {
        ASSERT(base36_encode(*decoded) == text);
    }
    if (const auto uuid = parse_uuid(text)) {
        ASSERT(to_string(*uuid) == text);
    }
}

// Another implementation's idea of UTF-8.
void check_utf8(std::string_view text)
{
    if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; })) {
        return;
    }
    const std::string quoted = '"' + std::string{text} + '"';
    ASSERT(parse_json(quoted, {.bytes_max = quoted.size(), .depth_max = 1}).has_value() == is_utf8(text));
}

void check_scope(std::string_view text)
{
    const auto tokens = oauth::parse_scope(text);
    if (tokens) {
        ASSERT(!tokens->empty() && tokens->size() <= oauth::scope_tokens_max);
        ASSERT(std::ranges::is_sorted(*tokens) && std::ranges::adjacent_find(*tokens) == tokens->end());
        ASSERT(oauth::parse_scope(oauth::join_scope(*tokens)) == tokens);
    }
}

void check_correlation(std::string_view text)
{
    http::Request request;
    request.headers = {{"X-Request-Id", std::string{text}}, {"traceparent", std::string{text}}};
    http::correlate(request);
    ASSERT(http::is_request_id(request.request_id));
    ASSERT((request.request_id == text) == http::is_request_id(text));
    if (!request.trace_id.empty()) {
        ASSERT(request.trace_id == text.substr(3, 32) && hex_decode(request.trace_id));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::as_input(data, size);
    check_ids<ProjectId, ClientId, ClientSecretId, ClientKeyId, ResourceId, ScopeId, KeyringId, KeyId,
              AuditEventId>(text);
    check_encodings(text);
    check_utf8(text);
    check_scope(text);
    check_correlation(text);
    return 0;
}
