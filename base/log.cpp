#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <boost/json/serialize.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"

namespace tessera::log {

namespace {

constexpr std::size_t value_bytes_max = 2048;

// Fields that may only ever hold a secret. The list is a net below the rule that nobody passes one.
constexpr std::array<std::string_view, 14> redacted_names = {
    "access_token", "assertion", "authorization", "client_assertion", "client_secret", "code",
    "cookie",       "id_token",  "passphrase",    "password",         "pin",           "refresh_token",
    "secret",       "token"};

struct State {
    std::string process = "tessera";
    Level level = Level::info;
    std::shared_ptr<spdlog::logger> logger;
};

State& state()
{
    static State instance;
    return instance;
}

std::string_view name_of(Level level)
{
    constexpr std::array<std::string_view, 4> names = {"debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

// Invalid UTF-8 is shown as hex, so that a line is always valid JSON and loses nothing.
json::string printable(std::string_view text)
{
    const std::string_view shown = text.substr(0, value_bytes_max);
    if (is_utf8(shown)) {
        return json::string{shown.data(), shown.size()};
    }
    const std::string hex = "hex:" + hex_encode(as_bytes(shown));
    return json::string{hex.data(), hex.size()};
}

json::value value_of(const Field& field)
{
    if (std::ranges::find(redacted_names, field.name) != redacted_names.end()) {
        return "[redacted]";
    }
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        return printable(*text);
    }
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
        return *number;
    }
    return std::get<bool>(field.value);
}

void add_fields(json::object& line, Level level, std::string_view event, std::string_view request_id,
                Fields fields)
{
    line["level"] = json::string_view{name_of(level).data(), name_of(level).size()};
    line["process"] = state().process;
    line["event"] = printable(event);
    if (!request_id.empty()) {
        line["request_id"] = printable(request_id);
    }
    for (const Field& field : fields) {
        line[json::string_view{field.name.data(), field.name.size()}] = value_of(field);
    }
}

}  // namespace

void start(std::string_view process, Level level)
{
    state().process = process;
    state().level = level;
    state().logger =
        std::make_shared<spdlog::logger>("log", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    state().logger->set_pattern("%v");
    state().logger->set_level(spdlog::level::trace);
    state().logger->flush_on(spdlog::level::trace);
}

bool parse_level(std::string_view text, Level& level)
{
    for (const Level candidate : {Level::debug, Level::info, Level::warning, Level::error}) {
        if (name_of(candidate) == text) {
            level = candidate;
            return true;
        }
    }
    return false;
}

void write(Level level, std::string_view event, std::string_view request_id, Fields fields)
{
    if (level < state().level || !state().logger) {
        return;
    }
    json::object line;
    line["time"] = to_rfc3339(SystemClock{}.now());
    add_fields(line, level, event, request_id, fields);
    state().logger->info("{}", json::serialize(line));
}

std::string render(Level level, std::string_view event, std::string_view request_id, Fields fields)
{
    json::object line;
    add_fields(line, level, event, request_id, fields);
    return json::serialize(line);
}

}  // namespace tessera::log
