// RFC 8707 §2 resource indicators as text: checked and made comparable.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

inline constexpr std::size_t resource_uri_bytes_max = 2048;

// The form two resource URIs are compared in (docs/spec-map.md RI-06): scheme and host in lower case, the scheme's default port
// dropped, an empty path equal to "/" and nothing else. The path keeps its case. nullopt when the text is no absolute URI,
// has a fragment or user information, or a character RFC 3986 does not allow.
//
// Registered resources store this form beside the text that goes into `aud`; requests are normalised and looked up by it.
std::optional<std::string> normalize_resource_uri(std::string_view uri);

}  // namespace tessera
