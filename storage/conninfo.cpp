#include "storage/conninfo.hpp"

#include <map>
#include <memory>
#include <stdexcept>

#include <libpq-fe.h>

namespace tessera::storage {

namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
struct FreeMessage {
    void operator()(char* message) const noexcept { PQfreemem(message); }
};

std::string quoted(std::string_view value)
{
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') {
            text.push_back('\\');
        }
        text.push_back(c);
    }
    text.push_back('\'');
    return text;
}

}  // namespace

std::string conninfo_with(const std::string& database_url, const ConninfoValues& ours)
{
    char* raw_message = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> given{
        PQconninfoParse(database_url.c_str(), &raw_message)};
    const std::unique_ptr<char, FreeMessage> message{raw_message};
    if (!given) {
        throw std::invalid_argument{message ? message.get() : "the database URL does not parse"};
    }
    std::map<std::string, std::string, std::less<>> values;
    for (const PQconninfoOption* option = given.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) {
            values[option->keyword] = option->val;
        }
    }
    for (const auto& [name, value] : ours) {
        values[std::string{name}] = value;
    }
    std::string text;
    for (const auto& [name, value] : values) {
        text += text.empty() ? "" : " ";
        text += name + "=" + quoted(value);
    }
    return text;
}

}  // namespace tessera::storage
