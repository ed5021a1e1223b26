#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oidc/id_token_hint.hpp"
#include "daemon/oidc/subject.hpp"

namespace tessera::oauth {

namespace {

// The user a subject stands for. A pairwise one cannot be turned back; whose it is shows only when they are signed in already. For a
// client that has pairwise ones nothing else is a subject: a real id would tell it whether that very person is signed in.
Async<Result<UserId, AuthorizeRefusal>> user_of(AuthorizeContext& context, std::string subject)
{
    const bool is_pairwise = context.settings().subject_type == "pairwise";
    if (const auto user = UserId::parse(subject); user && !is_pairwise) {
        co_return *user;
    }
    auto current = co_await login::current_session(context.front, context.http, context.realm);
    if (!current) {
        co_return AuthorizeRefusal{from_store(current.error())};
    }
    if (current.value()
        && oidc::subject_of(*context.realm, context.client->client, current.value()->user) == subject) {
        co_return current.value()->user;
    }
    co_return AuthorizeRefusal{{ErrorCode::login_required, "Another person is asked for.",
                                "the hint is of a person who is not signed in"}};
}

}  // namespace

// OpenID Connect Core §3.1.2.2: with a hint, or `sub` in the claims parameter, nobody else will do. An expired hint is as good.
Async<Outcome> check_id_token_hint(AuthorizeContext& context)
{
    std::optional<std::string> subject = context.claims.subject;
    if (const auto text = context.form.find("id_token_hint")) {
        auto hint = co_await oidc::read_id_token_hint(context.front, context.realm, *text);
        if (!hint) {
            co_return AuthorizeRefusal{std::move(hint.error())};
        }
        if (!hint.value() || hint.value()->client != context.client->client.id) {
            co_return malformed("id_token_hint is not an ID token of this app.", "id_token_hint");
        }
        if (subject && *subject != hint.value()->subject) {
            co_return malformed("id_token_hint and claims ask for two persons.", "two subjects");
        }
        subject = hint.value()->subject;
    }
    if (subject) {
        CO_TRY(const UserId user, co_await user_of(context, *subject));
        context.request.hinted_user = user;
    }
    co_return go_on();
}

}  // namespace tessera::oauth
