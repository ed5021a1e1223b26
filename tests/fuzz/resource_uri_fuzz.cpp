// Resource URIs (RFC 8707): the form they are compared in is a fixed point, keeps the path, and is an absolute URI itself.
#include <algorithm>

#include "base/assert.hpp"
#include "daemon/resource_uri.hpp"
#include "tests/fuzz/input.hpp"

namespace {

// RFC 3986 §3.2.2: brackets enclose an IP literal and stand nowhere else in an authority.
void check_authority(std::string_view authority)
{
    ASSERT(!authority.empty() && authority.find('@') == std::string_view::npos);
    const auto close = authority.rfind(']');
    ASSERT((close != std::string_view::npos) == authority.starts_with('['));
    if (close != std::string_view::npos) {
        ASSERT(std::ranges::count(authority, '[') == 1 && std::ranges::count(authority, ']') == 1);
        ASSERT(close + 1 == authority.size() || authority[close + 1] == ':');
    } else {
        ASSERT(std::ranges::count(authority, ':') <= 1 && !authority.ends_with(':'));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = tessera::fuzz::as_input(data, size);
    const auto uri = tessera::normalize_resource_uri(text);
    if (!uri) {
        return 0;
    }
    ASSERT(tessera::normalize_resource_uri(*uri) == uri);
    ASSERT(uri->size() <= text.size() + 1);
    ASSERT(std::ranges::all_of(*uri, [](char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '"'; }));
    const auto colon = uri->find(':');
    ASSERT(std::ranges::none_of(uri->substr(0, colon), [](char c) { return c >= 'A' && c <= 'Z'; }));
    const auto start = uri->find("://");
    if (start == colon) {
        const auto end = uri->find('/', start + 3);
        ASSERT(end != std::string::npos);
        check_authority(std::string_view{*uri}.substr(start + 3, end - start - 3));
        ASSERT(text.ends_with(std::string_view{*uri}.substr(end + 1)));
    } else {
        ASSERT(text.ends_with(std::string_view{*uri}.substr(colon)));
    }
    return 0;
}
