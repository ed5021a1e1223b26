#include "base/settings.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace tessera {

namespace {

std::string_view trim(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

const Setting* find_setting(std::span<const Setting> table, std::string_view name)
{
    const auto found = std::ranges::find(table, name, &Setting::name);
    return found == table.end() ? nullptr : &*found;
}

std::optional<std::int64_t> parse_integer(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

std::string describe_type(const Setting& setting)
{
    switch (setting.type) {
    case SettingType::text: return "text";
    case SettingType::path: return "path";
    case SettingType::flag: return "true or false";
    case SettingType::list: return "comma-separated list";
    case SettingType::integer:
        return fmt::format("integer{}{}, {} to {}", setting.unit.empty() ? "" : " in ", setting.unit,
                           setting.min, setting.max);
    }
    return "text";
}

}  // namespace

Settings::Settings(std::span<const Setting> table) : table_(table) {}

Result<void, SettingsError> Settings::set(std::string_view name, std::string_view value,
                                          const std::string& where)
{
    const Setting* setting = find_setting(table_, name);
    if (setting == nullptr) {
        return SettingsError{fmt::format("{}: unknown setting '{}'; --help lists them", where, name)};
    }
    if (setting->type == SettingType::integer) {
        const auto number = parse_integer(value);
        if (!number || *number < setting->min || *number > setting->max) {
            return SettingsError{
                fmt::format("{}: '{}' must be an {}, not '{}'", where, name, describe_type(*setting), value)};
        }
    }
    if (setting->type == SettingType::flag && value != "true" && value != "false") {
        return SettingsError{fmt::format("{}: '{}' must be true or false, not '{}'", where, name, value)};
    }
    values_.insert_or_assign(std::string{name}, std::string{value});
    return ok();
}

Result<void, SettingsError> Settings::read_file(const std::string& path)
{
    std::ifstream file{path};
    if (!file) {
        return SettingsError{fmt::format("{}: cannot be opened", path)};
    }
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        const std::string_view content = trim(std::string_view{line}.substr(0, line.find('#')));
        if (content.empty()) {
            continue;
        }
        const std::string where = fmt::format("{}:{}", path, number);
        const auto equals = content.find('=');
        if (equals == std::string_view::npos) {
            return SettingsError{where + ": expected 'name = value'"};
        }
        TRY(set(trim(content.substr(0, equals)), trim(content.substr(equals + 1)), where));
    }
    return ok();
}

Result<void, SettingsError> Settings::read_arguments(std::span<const std::string> arguments)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (!argument.starts_with("--")) {
            return SettingsError{
                fmt::format("unexpected argument '{}'; --help lists the settings", argument)};
        }
        const auto equals = argument.find('=');
        const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
        const Setting* setting = find_setting(table_, name);
        if (equals != std::string::npos) {
            TRY(set(name, std::string_view{argument}.substr(equals + 1), argument));
        } else if (setting != nullptr && setting->type == SettingType::flag) {
            TRY(set(name, "true", argument));
        } else if (setting != nullptr && i + 1 == arguments.size()) {
            return SettingsError{fmt::format("{}: a value must follow", argument)};
        } else {
            TRY(set(name, setting == nullptr ? "" : arguments[++i], argument));
        }
    }
    return ok();
}

const std::string& Settings::text(std::string_view name) const
{
    if (const auto given = values_.find(name); given != values_.end()) {
        return given->second;
    }
    const Setting* setting = find_setting(table_, name);
    ASSERT(setting != nullptr);
    static thread_local std::map<std::string, std::string, std::less<>> fallbacks;
    return fallbacks.insert_or_assign(std::string{name}, std::string{setting->fallback}).first->second;
}

std::int64_t Settings::integer(std::string_view name) const
{
    const auto number = parse_integer(text(name));
    ASSERT(number.has_value());
    return *number;
}

bool Settings::flag(std::string_view name) const { return text(name) == "true"; }

std::vector<std::string> Settings::list(std::string_view name) const
{
    std::vector<std::string> items;
    std::string_view rest = text(name);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const std::string_view item = trim(rest.substr(0, comma));
        if (!item.empty()) {
            items.emplace_back(item);
        }
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return items;
}

bool Settings::is_given(std::string_view name) const { return values_.contains(name); }

std::string settings_help(std::span<const Setting> table)
{
    std::string help;
    for (const Setting& setting : table) {
        help += fmt::format("  --{}={}\n      {} ({})\n", setting.name,
                            setting.fallback.empty() ? "…" : setting.fallback, setting.paragraph,
                            describe_type(setting));
    }
    return help;
}

}  // namespace tessera
