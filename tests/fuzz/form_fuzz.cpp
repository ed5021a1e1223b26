// application/x-www-form-urlencoded bodies: every parameter of what is taken can be asked for, and the same parameters
// encoded the plain way read the same.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/http/form.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// The parameters by their definition: "&" between pairs, "=" between name and value.
Pairs pairs_of(std::string_view body)
{
    Pairs pairs;
    while (!body.empty()) {
        std::string_view value = fuzz::cut(body, '&');
        if (value.empty()) {
            continue;
        }
        const std::string_view name = fuzz::cut(value, '=');
        pairs.emplace_back(http::form_decode(name).value(), http::form_decode(value).value());
    }
    return pairs;
}

void check(const http::Form& form, const Pairs& pairs)
{
    ASSERT(form.size() == pairs.size());
    std::set<std::string> names;
    for (const auto& [name, value] : pairs) {
        names.insert(name);
        ASSERT(is_utf8(name) && is_utf8(value));
        ASSERT((name + value).find('\0') == std::string::npos);
    }
    const auto repeated = form.find_repeated({});
    ASSERT(repeated.has_value() == (names.size() < pairs.size()));
    ASSERT(!repeated || std::ranges::count(pairs, *repeated, &Pairs::value_type::first) > 1);
    for (const std::string& name : names) {
        std::vector<std::string_view> values;
        for (const auto& [key, value] : pairs) {
            if (key == name && !value.empty()) {
                values.emplace_back(value);
            }
        }
        ASSERT(form.find_all(name) == values);
        ASSERT(form.find(name) == (values.empty() ? std::nullopt : std::optional{values.front()}));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view body = fuzz::as_input(data, size);
    if (const auto decoded = http::form_decode(body)) {
        ASSERT(http::form_decode(http::form_encode(*decoded)) == *decoded);
    }
    const auto form = http::Form::parse(body);
    if (form.has_error()) {
        return 0;
    }
    const Pairs pairs = pairs_of(body);
    check(form.value(), pairs);
    std::string again;
    for (const auto& [name, value] : pairs) {
        again += http::form_encode(name) + '=' + http::form_encode(value) + '&';
    }
    const auto parsed = http::Form::parse(again);
    ASSERT(parsed.has_value());
    check(parsed.value(), pairs);
    return 0;
}
