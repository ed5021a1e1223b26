// What a refused authorization request leaves behind, and what its person and its client see of it.
#pragma once

#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

// Recorded within the refusals' budget; a stored request is answered with it, once.
Async<http::Response> refuse(AuthorizeContext& context, AuthorizeRefusal refusal);

}  // namespace tessera::oauth
