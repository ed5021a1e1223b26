#include "daemon/commands/console_client.hpp"

#include <algorithm>
#include <iostream>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "daemon/http/form.hpp"
#include "daemon/http/local_client.hpp"

namespace tessera::commands {

namespace {

constexpr Seconds answer_limit{60};
constexpr JsonLimits answer_limits = {.bytes_max = http::local_answer_bytes_max, .depth_max = 32};

// google.rpc.Code: 14 unavailable, 8 resource exhausted, 4 deadline exceeded.
Exit exit_of(int status)
{
    return status == 503 || status == 429 || status == 504 ? Exit::unavailable : Exit::refused;
}

std::string message_of(const json::value& answer, int status)
{
    const std::string message = answer.is_object() ? text_of(answer, "message") : std::string{};
    return message.empty() ? fmt::format("the console API answered {}", status) : message;
}

}  // namespace

Query& Query::add(std::string_view name, std::string_view value)
{
    if (!value.empty()) {
        text_ += fmt::format("{}{}={}", text_.empty() ? "?" : "&", name, http::form_encode(value));
    }
    return *this;
}

std::string Query::target(std::string_view path) const { return std::string{path} + text_; }

ConsoleClient::ConsoleClient(const Invocation& invocation, const Environment& environment)
    : socket_(invocation.find("socket").value_or(environment.console_socket))
{
}

Result<json::value, CommandError> ConsoleClient::request(const std::string& method, const std::string& target,
                                                         const std::string& body) const
{
    const auto answer = http::local_request(socket_, method, target, body, answer_limit);
    if (answer.has_error()) {
        return CommandError{
            Exit::unavailable,
            fmt::format("cannot reach the console API: {}; is tessera serve running, and are you on its "
                        "console-uids list? (--socket PATH or TESSERA_CONSOLE_SOCKET names the socket)",
                        answer.error().text)};
    }
    const int status = answer.value().status;
    if (answer.value().body.empty() && status < 300) {
        return json::value(json::object{});
    }
    auto parsed = parse_json(answer.value().body, answer_limits);
    if (parsed.has_error()) {
        return CommandError{Exit::refused, fmt::format("the console API answered {} without JSON", status)};
    }
    if (status >= 300) {
        return CommandError{exit_of(status), message_of(parsed.value(), status)};
    }
    return std::move(parsed.value());
}

Result<json::value, CommandError> ConsoleClient::get(const std::string& target) const
{
    return request("GET", target, {});
}

Result<json::value, CommandError> ConsoleClient::call(const std::string& method, const std::string& target,
                                                      const json::object& body) const
{
    return request(method, target,
                   method == "DELETE" && body.empty() ? std::string{} : json::serialize(body));
}

Result<json::array, CommandError> ConsoleClient::get_all(const std::string& path, const Query& query,
                                                         std::string_view member) const
{
    json::array all;
    std::string page_token;
    do {
        Query page = query;
        page.add("pageToken", page_token);
        TRY(auto&& answer, get(page.target(path)));
        if (const auto* list = answer.get_object().if_contains({member.data(), member.size()});
            list && list->is_array()) {
            all.insert(all.end(), list->get_array().begin(), list->get_array().end());
        }
        page_token = text_of(answer, "nextPageToken");
    } while (!page_token.empty());
    return all;
}

std::string path_segment(std::string_view text)
{
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                           || c == '-' || c == '_';
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

std::string text_of(const json::value& object, std::string_view member)
{
    const json::value* value =
        object.is_object() ? object.get_object().if_contains({member.data(), member.size()}) : nullptr;
    if (value == nullptr || value->is_null()) {
        return {};
    }
    if (const auto* text = value->if_string()) {
        return {text->data(), text->size()};
    }
    return json::serialize(*value);
}

void print_table(const std::vector<Column>& columns, const json::array& rows)
{
    std::vector<std::size_t> widths;
    for (const Column& column : columns) {
        std::size_t width = column.title.size();
        for (const json::value& row : rows) {
            width = std::max(width, text_of(row, column.member).size());
        }
        widths.push_back(width);
    }
    const auto print_row = [&](auto&& cell) {
        std::string line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            line += fmt::format("{:{}}  ", cell(columns[i]), widths[i]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::cout << line << '\n';
    };
    print_row([](const Column& column) { return std::string{column.title}; });
    for (const json::value& row : rows) {
        print_row([&](const Column& column) { return text_of(row, column.member); });
    }
}

void print_record(const json::value& object)
{
    std::size_t width = 0;
    for (const auto& member : object.get_object()) {
        width = std::max(width, member.key().size());
    }
    for (const auto& member : object.get_object()) {
        const std::string_view name{member.key().data(), member.key().size()};
        std::cout << fmt::format("{:{}}  {}\n", name, width, text_of(object, name));
    }
}

void print_json(const json::value& value) { std::cout << json::serialize(value) << '\n'; }

}  // namespace tessera::commands
