// The scope parameter (RFC 6749 §3.3).
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::oauth {

inline constexpr std::size_t scope_bytes_max = 4096;
inline constexpr std::size_t scope_tokens_max = 128;

// OpenID Connect Core §3.1.2.1, §5.4, §11: what is asked of us about the person, not of a resource. In code-point order.
inline constexpr std::array<std::string_view, 6> identity_scopes{"address", "email", "offline_access",
                                                                 "openid",  "phone", "profile"};
inline bool is_identity_scope(std::string_view scope)
{
    return std::ranges::binary_search(identity_scopes, scope);
}

// The tokens in code-point order without duplicates; nullopt unless the text is scope-tokens (NQCHAR) with one space between.
std::optional<std::vector<std::string_view>> parse_scope(std::string_view text);
std::string join_scope(std::span<const std::string_view> tokens);
// True when `scope`, joined, has the token.
bool has_scope(std::string_view scope, std::string_view token);

}  // namespace tessera::oauth
