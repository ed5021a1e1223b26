// What a page's template is filled with. A name that was not set is a section that does not appear.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tessera::page {

class Values {
public:
    struct Flag {};
    using Value = std::variant<Flag, std::string, std::vector<Values>>;

    // Text for people: NUL, controls, invalid UTF-8 and bidirectional embeddings, overrides and isolates become U+FFFD, so
    // that nothing around it can be made to read otherwise. Empty = not set.
    Values& shown(std::string name, std::string_view text);
    // Bytes for a machine, as they are (form fields, code): only NUL and invalid UTF-8, which HTML cannot hold, become U+FFFD.
    // Always set, empty or not.
    Values& verbatim(std::string name, std::string_view text);
    // The same, but not set when empty.
    Values& verbatim_if_any(std::string name, std::string_view text);
    // A path of ours: begins with one "/" and has neither "\" nor controls. Anything else is not set.
    Values& path(std::string name, std::string_view url);
    // An absolute https URL of someone else; anything else is not set.
    Values& link(std::string name, std::string_view url);
    Values& flag(std::string name);
    // Empty = not set.
    Values& list(std::string name, std::vector<Values> items);

    const std::vector<std::pair<std::string, Value>>& all() const { return values_; }

private:
    std::vector<std::pair<std::string, Value>> values_;
};

// The first character of a name in upper case where it is ASCII, for the mark beside it; "·" when there is none.
std::string initial_of(std::string_view name);

}  // namespace tessera::page
