// Page tokens: opaque to clients, bound to the list and the filters they were made for. They hold a key the caller was shown
// or could ask for anyway, never anything secret, so they are not encrypted.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/api/error.hpp"

namespace tessera::api {

// `list` names the method, `filter` is any text that stands for its filters, `cursor` is printable ASCII.
std::string make_page_token(std::string_view list, std::string_view filter, std::string_view cursor);

// The cursor; empty for an empty token. invalid_argument for a token of another list, other filters or nobody's.
Result<std::string, ApiError> read_page_token(std::string_view list, std::string_view filter,
                                              std::string_view token);

inline constexpr std::size_t page_token_bytes_max = 512;

// 0 takes `fallback`; more than `max` is cut to it; negative is refused.
Result<std::size_t, ApiError> page_size(int asked, std::size_t fallback, std::size_t max);

}  // namespace tessera::api
