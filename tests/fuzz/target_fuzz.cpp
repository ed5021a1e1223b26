// Request targets: the path has one reading only, the authority of an absolute target means nothing.
#include <string>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/http/target.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;

void check_path(std::string_view path)
{
    ASSERT(path.starts_with('/') && is_utf8(path) && path.find("//") == std::string_view::npos);
    const std::string ended = std::string{path} + '/';
    ASSERT(ended.find("/./") == std::string::npos && ended.find("/../") == std::string::npos);
    for (const char c : path) {
        ASSERT(c != '\\' && c != 0x7F && (c < 0 || c >= 0x20));
    }
}

bool is_same(const http::Target& a, const http::Target& b)
{
    return a.path == b.path && a.query == b.query && a.has_query == b.has_query;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text{fuzz::as_input(data, size)};
    const auto parsed = http::parse_target(text);
    const auto absolute = http::parse_target("https://tessera.example" + text);
    if (parsed.has_error()) {
        ASSERT(!text.starts_with('/') || absolute.has_error());
        return 0;
    }
    const http::Target& target = parsed.value();
    if (target.path == "*") {
        ASSERT(text == "*");
        return 0;
    }
    check_path(target.path);
    ASSERT(target.has_query || target.query.empty());
    ASSERT(!text.starts_with('/') || is_same(absolute.value(), target));
    std::string again;
    for (const char c : target.path) {
        again += c == '/' ? "/" : '%' + hex_encode(as_bytes({&c, 1}));
    }
    again += target.has_query ? '?' + target.query : std::string{};
    ASSERT(is_same(http::parse_target(again).value(), target));
    return 0;
}
