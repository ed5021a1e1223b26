// Accept-Language: bounded, sorted, nothing refused gets through, and the choice is always a language we speak.
#include <algorithm>

#include "base/assert.hpp"
#include "daemon/page/language.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    const std::string_view text = fuzz::as_input(data, size);
    const auto ranges = page::parse_accept_language(text);
    ASSERT(ranges.size() <= page::language_ranges_max);
    ASSERT(std::ranges::is_sorted(ranges, std::ranges::greater{}, &page::LanguageRange::q_permille));
    for (const page::LanguageRange& range : ranges) {
        ASSERT(range.q_permille >= 1 && range.q_permille <= 1000);
        ASSERT(!range.tag.empty() && text.find(range.tag) < page::accept_language_bytes_max);
    }
    for (const page::Language fallback : page::languages) {
        const page::Language chosen = page::choose_language(text, text, fallback);
        ASSERT(std::ranges::find(page::languages, chosen) != page::languages.end());
    }
    return 0;
}
