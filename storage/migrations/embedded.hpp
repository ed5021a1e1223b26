// The migrations of this binary, generated from storage/migrations/*.sql by the build.
#pragma once

#include <string_view>
#include <vector>

namespace tessera::storage {

struct Migration {
    int number;
    std::string_view name;
    std::string_view sql;
};

// Numbered 1, 2, 3, … without a gap.
const std::vector<Migration>& embedded_migrations();

}  // namespace tessera::storage
