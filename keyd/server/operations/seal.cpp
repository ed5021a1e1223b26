#include "keyd/seal/secrets.hpp"
#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

// Sizes are judged on the loop: what waits for a worker is small.
OptionalAnswer prepare_seal(Rooms&, Call& call)
{
    if (auto fits = check_sizes(call.request.seal()); fits.has_error()) {
        return Answer<v1::Response>{std::move(fits).error()};
    }
    return std::nullopt;
}

Answer<v1::Response> seal(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.seal(call.request.seal(), call.deadline));
    v1::Response response;
    *response.mutable_sealed() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
