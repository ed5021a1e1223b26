// Settings as one table per program: name, type, unit, default, range, since, one paragraph. From the table come the
// parser, the help text, the example file and the manual page (docs/reference/).
//
// A settings file has one `name = value` a line; `#` starts a comment; later sources win: defaults, file, then
// `--name=value` arguments. An unknown name, a value out of range or a line that does not parse is fatal and names the
// line. Secrets are never settings: a setting may name a file or a credential.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tessera {

enum class SettingType { text, path, integer, flag, list };  // list: comma-separated texts

struct Setting {
    std::string_view name;  // kebab-case: "http-port"
    SettingType type;
    std::string_view unit;      // "s", "bytes", "" where there is none
    std::string_view fallback;  // the default in the file's syntax
    std::int64_t min;           // integers only
    std::int64_t max;
    std::string_view since;      // version that introduced it
    std::string_view paragraph;  // what it does, for a person
};

struct SettingsError {
    std::string text;  // names the file and line or the argument, and what would be right
};

class Settings {
public:
    explicit Settings(std::span<const Setting> table);

    Result<void, SettingsError> read_file(const std::string& path);
    // Takes `--name=value` and `--name value`; a flag may stand alone. Anything else is an error.
    Result<void, SettingsError> read_arguments(std::span<const std::string> arguments);

    // Names must be in the table (ASSERT).
    const std::string& text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    bool flag(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;
    // True when a file or an argument gave the value.
    bool is_given(std::string_view name) const;

private:
    Result<void, SettingsError> set(std::string_view name, std::string_view value, const std::string& where);
    std::span<const Setting> table_;
    std::map<std::string, std::string, std::less<>> values_;
};

// For --help.
std::string settings_help(std::span<const Setting> table);

}  // namespace tessera
