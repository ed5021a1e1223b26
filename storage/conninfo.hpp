// libpq connection strings: both forms ("host=… dbname=…" and "postgresql://…") with what we decide put
// on top.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera::storage {

using ConninfoValues = std::vector<std::pair<std::string_view, std::string>>;

// The string in keyword form; `ours` win over what it says. Throws std::invalid_argument with libpq's words
// when it does not parse.
std::string conninfo_with(const std::string& database_url, const ConninfoValues& ours);

}  // namespace tessera::storage
