// The structured log: one JSON object a line on standard error.
//
// A line has a time, a level, an event name in the domain's words ("keyd_connected"), the request id it was given
// where there is one, and named fields. Values of fields whose name is on the redaction list (secrets,
// tokens, assertions, PINs, authorization headers) are replaced by "[redacted]" whatever they hold; text is escaped, so
// no input can forge a line.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace tessera::log {

enum class Level { debug, info, warning, error };

struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, bool> value;

    Field(std::string_view name_, std::string_view text) : name(name_), value(text) {}
    Field(std::string_view name_, const char* text) : name(name_), value(std::string_view{text}) {}
    Field(std::string_view name_, const std::string& text) : name(name_), value(std::string_view{text}) {}
    Field(std::string_view name_, bool flag) : name(name_), value(flag) {}
    template <class Number>
        requires(std::is_integral_v<Number> && !std::is_same_v<Number, bool>)
    Field(std::string_view name_, Number number) : name(name_),
                                                   value(static_cast<std::int64_t>(number))
    {
    }
};

using Fields = std::initializer_list<Field>;

// Once, at the start of main. `process` names the binary in every line. Lines below `level` are dropped.
void start(std::string_view process, Level level);

// Parses debug, info, warning, error; false leaves `level` alone.
bool parse_level(std::string_view text, Level& level);

// `request_id` may be empty. Safe from any thread; never throws, never blocks on anything but the write itself.
void write(Level level, std::string_view event, std::string_view request_id, Fields fields);

inline void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, {}, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, {}, fields); }
inline void warning(std::string_view event, Fields fields = {}) { write(Level::warning, event, {}, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::error, event, {}, fields); }

// What `write` would print, without the time: for tests.
std::string render(Level level, std::string_view event, std::string_view request_id, Fields fields);

}  // namespace tessera::log
