#include <array>

#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

namespace {

struct Bound {
    std::string_view name;
    std::size_t bytes_max;
};
// What a request carries is stored and given back: each has its limit. `scope`, `resource` and `claims` have theirs where they are
// read.
constexpr std::array bounds{
    Bound{"nonce", 1024}, Bound{"acr_values", 1024},    Bound{"login_hint", 256},   Bound{"ui_locales", 256},
    Bound{"prompt", 256}, Bound{"claims_locales", 256}, Bound{"response_mode", 64}, Bound{"display", 64},
};
constexpr std::size_t state_bytes_max = 2048;  // docs/spec-map.md X-11

std::optional<std::string> text_of(const http::Form& form, std::string_view name)
{
    const auto value = form.find(name);
    return value ? std::optional<std::string>{*value} : std::nullopt;
}

}  // namespace

// docs/spec-map.md X-01.
Async<Outcome> check_parameters(AuthorizeContext& context)
{
    if (context.request.state && context.request.state->size() > state_bytes_max) {
        // Cut or left out it would not be the client's state: nothing is sent that the client could take for an answer.
        context.request.state.reset();
        co_return malformed("state is longer than 2048 bytes.", "state too long", Tell::page);
    }
    if (context.form.find_repeated({"resource"})) {
        co_return malformed("A parameter occurs more than once.", "repeated parameter");
    }
    for (const Bound& bound : bounds) {
        if (const auto value = context.form.find(bound.name); value && value->size() > bound.bytes_max) {
            co_return malformed("A parameter is too long.", std::string{bound.name} + " too long");
        }
    }
    const auto mode = context.form.find("response_mode");
    if (mode && *mode != context.request.response_mode) {
        co_return malformed("This response_mode is not supported.", "response_mode");
    }
    context.request.nonce = text_of(context.form, "nonce");
    context.request.login_hint = text_of(context.form, "login_hint");
    context.request.ui_locales = text_of(context.form, "ui_locales");
    context.request.acr_values = text_of(context.form, "acr_values");
    context.request.display = text_of(context.form, "display");
    co_return go_on();
}

}  // namespace tessera::oauth
