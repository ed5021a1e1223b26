#include <utility>

#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

// RFC 6749 §3.1. A request that does not parse names no client to answer to.
Async<Outcome> read_parameters(AuthorizeContext& context)
{
    auto form = http::Form::parse(context.http.query);
    if (!form) {
        co_return malformed("The request is not well-formed.", "query: " + form.error().detail, Tell::page);
    }
    context.form = std::move(form.value());
    co_return go_on();
}

}  // namespace tessera::oauth
