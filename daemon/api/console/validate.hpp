// Texts an operator may set, checked before the store sees them. Every rule matches the whole text (T-18).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/api/error.hpp"

namespace tessera::api::console {

using Checked = Result<void, ApiError>;

// 1 to 256 characters on one line.
Checked check_display_name(std::string_view text);
// At most 1,024 characters; may be empty.
Checked check_description(std::string_view field, std::string_view text);
// [a-z0-9-], 1 to 63, no hyphen at either end.
Checked check_slug(std::string_view text);
// Where a browser may be sent: https, or http to this machine; no fragment, no user information. Empty is absent.
Checked check_redirect(std::string_view field, std::string_view uri);
// A DNS name of at least two labels in lower case. Empty is absent.
Checked check_domain(std::string_view field, std::string_view name);
// RFC 6749 §3.3 scope-token.
Checked check_scope(std::string_view field, std::string_view name);
// An opaque identifier of somebody else's: at most 512 visible characters.
Checked check_foreign_id(std::string_view field, std::string_view text);
Checked check_range(std::string_view field, std::int64_t value, std::int64_t min, std::int64_t max);

std::size_t characters(std::string_view utf8);
// No control character at all; the JSON reader lets line ends and tabs through.
bool is_one_line(std::string_view text);

}  // namespace tessera::api::console
