#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

namespace {

// OpenID Connect Core §3.1.2.1; Initiating User Registration (prompt=create). What else is asked for is ignored.
constexpr std::array<std::string_view, 5> known_prompts{"none", "login", "consent", "select_account",
                                                        "create"};
constexpr std::size_t max_age_digits_max = 9;

std::optional<std::int64_t> parse_max_age(std::string_view text)
{
    if (text.size() > max_age_digits_max || !std::ranges::all_of(text, ascii::is_digit)) {
        return std::nullopt;
    }
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

}  // namespace

Async<Outcome> check_prompt(AuthorizeContext& context)
{
    std::string_view rest = context.form.find("prompt").value_or("");
    while (!rest.empty()) {
        const std::size_t space = rest.find(' ');
        const std::string_view each = rest.substr(0, space);
        rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
        if (std::ranges::find(known_prompts, each) != known_prompts.end() && !context.has_prompt(each)) {
            context.request.prompt.emplace_back(each);
        }
    }
    if (context.has_prompt("none") && context.request.prompt.size() > 1) {
        context.request.prompt.clear();
        co_return malformed("prompt none stands alone.", "prompt none and others");
    }
    if (const auto text = context.form.find("max_age")) {
        context.request.max_age_s = parse_max_age(*text);
        if (!context.request.max_age_s) {
            co_return malformed("max_age is not a number of seconds.", "max_age");
        }
    } else if (context.settings().default_max_age_s) {
        context.request.max_age_s = *context.settings().default_max_age_s;
    }
    co_return go_on();
}

}  // namespace tessera::oauth
