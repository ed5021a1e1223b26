// The console API as commands use it, and what they print.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "daemon/commands/invocation.hpp"

namespace tessera::commands {

inline constexpr Option socket_option = {"socket", "PATH", "the console socket"};

// Query parameters, encoded.
class Query {
public:
    Query& add(std::string_view name, std::string_view value);  // an empty value is left out
    std::string target(std::string_view path) const;

private:
    std::string text_;
};

class ConsoleClient {
public:
    ConsoleClient(const Invocation& invocation, const Environment& environment);

    Result<json::value, CommandError> get(const std::string& target) const;
    Result<json::value, CommandError> call(const std::string& method, const std::string& target,
                                           const json::object& body) const;
    // Follows nextPageToken to the end; `member` is the list's name.
    Result<json::array, CommandError> get_all(const std::string& path, const Query& query,
                                              std::string_view member) const;

private:
    Result<json::value, CommandError> request(const std::string& method, const std::string& target,
                                              const std::string& body) const;
    std::string socket_;
};

// "a/b" as one path segment.
std::string path_segment(std::string_view text);

// A member as text for a table: strings as they are, everything else as JSON, absent as "".
std::string text_of(const json::value& object, std::string_view member);

struct Column {
    std::string_view title;
    std::string_view member;
};
void print_table(const std::vector<Column>& columns, const json::array& rows);
// One "name: value" line a member; lists and objects as JSON.
void print_record(const json::value& object);
void print_json(const json::value& value);

}  // namespace tessera::commands
