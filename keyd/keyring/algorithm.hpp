// The signature algorithms of JOSE that keyd signs with.
#pragma once

#include <optional>
#include <string_view>

#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

// RFC 7518 §3.1, RFC 8037 §3.1: "ES256". "" for a value that is none.
std::string_view jose_name(v1::Algorithm algorithm);
std::optional<v1::Algorithm> find_algorithm(std::string_view jose_name);
inline bool is_algorithm(v1::Algorithm algorithm) { return !jose_name(algorithm).empty(); }
inline bool is_rsa(v1::Algorithm algorithm) { return algorithm == v1::RS256 || algorithm == v1::PS256; }

}  // namespace tessera::keyd
