#include "daemon/oauth/token/scope.hpp"

#include <algorithm>

namespace tessera::oauth {

namespace {

// %x21 / %x23-5B / %x5D-7E.
bool is_scope_token(std::string_view token)
{
    return !token.empty() && std::ranges::all_of(token, [](char c) {
        return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
    });
}

}  // namespace

std::optional<std::vector<std::string_view>> parse_scope(std::string_view text)
{
    if (text.size() > scope_bytes_max) {
        return std::nullopt;
    }
    std::vector<std::string_view> tokens;
    while (true) {
        const std::size_t space = text.find(' ');
        const std::string_view token = text.substr(0, space);
        if (!is_scope_token(token) || tokens.size() == scope_tokens_max) {
            return std::nullopt;
        }
        tokens.push_back(token);
        if (space == std::string_view::npos) {
            break;
        }
        text.remove_prefix(space + 1);
    }
    std::ranges::sort(tokens);
    tokens.erase(std::ranges::unique(tokens).begin(), tokens.end());
    return tokens;
}

std::string join_scope(std::span<const std::string_view> tokens)
{
    std::string out;
    for (const std::string_view token : tokens) {
        if (!out.empty()) {
            out += ' ';
        }
        out += token;
    }
    return out;
}

bool has_scope(std::string_view scope, std::string_view token)
{
    const auto tokens = parse_scope(scope);
    return tokens && std::ranges::binary_search(*tokens, token);
}

}  // namespace tessera::oauth
