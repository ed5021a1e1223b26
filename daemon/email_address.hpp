// An e-mail address as accounts have it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

inline constexpr std::size_t email_address_bytes_max = 254;  // RFC 5321 §4.5.3.1.3 without the brackets
inline constexpr std::size_t email_local_bytes_max = 64;     // §4.5.3.1.1

// The address with its domain in lower case: a dot-atom of ASCII before the "@" (RFC 5322 §3.2.3), a domain of at least two
// ASCII labels behind it (an international one in its xn-- form). No quotes, comments or address literals, no control
// characters. nullopt when it is none. The local part keeps its letters; addresses are compared in any case.
//
// Stricter than the specs: no local part of RFC 6531, for no two systems fold the case of all letters alike
// (docs/adr/0085-addresses-are-ascii.md).
std::optional<std::string> parse_email_address(std::string_view text);

}  // namespace tessera
