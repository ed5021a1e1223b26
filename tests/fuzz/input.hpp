// What the targets share: libFuzzer's bytes as text, cut into parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera::fuzz {

inline std::string_view as_input(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

// What stands before the first `at`, which goes with it; all of it when there is none.
inline std::string_view cut(std::string_view& rest, char at)
{
    const auto found = rest.find(at);
    const std::string_view part = rest.substr(0, found);
    rest = found == std::string_view::npos ? std::string_view{} : rest.substr(found + 1);
    return part;
}

// One line of a corpus file that is read by people too.
inline std::string_view cut_line(std::string_view& rest) { return cut(rest, '\n'); }

}  // namespace tessera::fuzz
