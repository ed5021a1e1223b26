// How a project's hosted pages look. Realm scope.
#pragma once

#include <optional>
#include <string>

#include "base/encoding.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// Absent members are Tessera's own look. Colours are "#rrggbb" in lower case; logos are PNG of at most 256 KiB.
struct Branding {
    std::optional<std::string> name;  // shown in place of the project's display name, 1 to 128 characters
    std::optional<Bytes> logo_png;
    std::optional<Bytes> logo_dark_png;
    std::optional<std::string> primary_color;
    std::optional<std::string> accent_color;
    bool operator==(const Branding&) const = default;
};

// Empty when nothing was ever set.
Result<std::optional<Branding>, StoreError> find_branding(Transaction& transaction, ProjectId project);
// Empty when there is none: the project goes by its display name.
Result<std::optional<std::string>, StoreError> find_brand_name(Transaction& transaction, ProjectId project);
// Sets or replaces all of it.
Result<void, StoreError> put_branding(Transaction& transaction, ProjectId project, const Branding& branding);

}  // namespace tessera::storage
