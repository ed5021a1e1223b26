// Strict JSON: what is accepted is UTF-8 within its limits, and has one canonical form, which is strict JSON of the same value.
#include <algorithm>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;

constexpr JsonLimits limits{.bytes_max = 16 * 1024, .depth_max = 8};

std::size_t depth_of(const json::value& value)
{
    std::size_t deepest = 0;
    if (const auto* array = value.if_array()) {
        for (const json::value& element : *array) {
            deepest = std::max(deepest, depth_of(element));
        }
    } else if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            ASSERT(is_utf8({member.key().data(), member.key().size()}));
            deepest = std::max(deepest, depth_of(member.value()));
        }
    } else {
        ASSERT(!value.is_string() || is_utf8({value.get_string().data(), value.get_string().size()}));
        return 0;
    }
    return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::as_input(data, size);
    const auto parsed = parse_json(text, limits);
    if (parsed.has_error()) {
        ASSERT(parsed.error().offset <= size && !to_string(parsed.error().fault).empty());
        ASSERT(size <= limits.bytes_max || parsed.error().fault == JsonFault::too_large);
        return 0;
    }
    ASSERT(size <= limits.bytes_max && is_utf8(text) && depth_of(parsed.value()) <= limits.depth_max);
    if (!has_double(parsed.value())) {
        const std::string canonical = canonical_json(parsed.value());
        const auto again =
            parse_json(canonical, {.bytes_max = canonical.size(), .depth_max = limits.depth_max});
        ASSERT(again.has_value() && again.value() == parsed.value());
        ASSERT(canonical_json(again.value()) == canonical);
    }
    return 0;
}
