#include "base/assert.hpp"
#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

// Policy first, on the loop: a refused request never costs the token anything.
OptionalAnswer prepare_sign_jwt(Rooms& rooms, Call& call)
{
    auto pending = rooms.keyrings.prepare_sign(call.request.sign_jwt(), rooms.clock.now());
    if (!pending) {
        return Answer<v1::Response>{std::move(pending).error()};
    }
    call.signature = std::move(pending).value();
    call.request.clear_operation();  // the claims are in the signing input now
    return std::nullopt;
}

Answer<v1::Response> sign_jwt(Rooms& rooms, Call& call)
{
    ASSERT(call.signature.has_value());
    TRY(const auto signature, rooms.keyrings.sign(*call.signature, call.deadline));
    v1::Response response;
    *response.mutable_signed_jwt() = rooms.keyrings.finish(std::move(*call.signature), signature);
    return response;
}

}  // namespace tessera::keyd::server
