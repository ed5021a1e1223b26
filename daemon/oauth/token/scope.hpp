// The scope parameter (RFC 6749 §3.3).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::oauth {

inline constexpr std::size_t scope_bytes_max = 4096;
inline constexpr std::size_t scope_tokens_max = 128;

// The tokens in code-point order without duplicates; nullopt unless the text is scope-tokens (NQCHAR) with one space between.
std::optional<std::vector<std::string_view>> parse_scope(std::string_view text);
std::string join_scope(std::span<const std::string_view> tokens);

}  // namespace tessera::oauth
