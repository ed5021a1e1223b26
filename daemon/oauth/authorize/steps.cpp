#include <array>

#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

namespace {

using enum Step::Runs;

// The whole authorization endpoint. An error of the first three is for the person's eyes only: until then nobody knows where an
// answer may go.
constexpr std::array table{
    Step{"read_parameters", authorize, read_parameters},
    Step{"find_client", authorize, find_client},
    Step{"check_redirect_uri", authorize, check_redirect_uri},
    Step{"check_parameters", authorize, check_parameters},
    Step{"check_request_object", authorize, check_request_object},
    Step{"check_response_type", authorize, check_response_type},
    Step{"check_pkce", authorize, check_pkce},
    Step{"check_prompt", authorize, check_prompt},
    Step{"check_claims", authorize, check_claims},
    Step{"check_scope", authorize, check_scope},
    Step{"check_id_token_hint", authorize, check_id_token_hint},
    Step{"load_request", resume, load_request},
    Step{"authenticate_person", both, authenticate_person},
    Step{"ask_consent", both, ask_consent},
    Step{"respond", both, respond},
};

constexpr bool runs(Step::Runs runs, Entry entry)
{
    return runs == both || (runs == authorize) == (entry == Entry::authorize);
}

}  // namespace

Async<Outcome> run_steps(AuthorizeContext& context)
{
    for (const Step& step : table) {
        if (!runs(step.runs, context.entry)) {
            continue;
        }
        CO_TRY(auto&& response, co_await step.run(context));
        if (response) {
            co_return std::move(response);
        }
    }
    co_return go_on();
}

}  // namespace tessera::oauth
