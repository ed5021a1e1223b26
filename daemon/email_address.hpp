// An e-mail address as accounts have it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

inline constexpr std::size_t email_address_bytes_max = 254;  // RFC 5321 §4.5.3.1.3 without the brackets
inline constexpr std::size_t email_local_bytes_max = 64;     // §4.5.3.1.1

// The address with its domain in lower case: a dot-atom before the "@" (RFC 5322 §3.2.3; ASCII, or UTF-8 by RFC 6531), a domain
// of ASCII labels behind it (an international one in its xn-- form). No quotes, comments or address literals, no control
// characters. nullopt when it is none. The local part keeps its letters; addresses are compared in any case.
std::optional<std::string> parse_email_address(std::string_view text);

}  // namespace tessera
