#include "keyd/seal/secrets.hpp"
#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

// Sizes are judged on the loop: what waits for a worker is small.
OptionalAnswer prepare_open(Rooms&, Call& call)
{
    if (auto fits = check_sizes(call.request.open()); fits.has_error()) {
        return Answer<v1::Response>{std::move(fits).error()};
    }
    return std::nullopt;
}

Answer<v1::Response> open(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.open(call.request.open(), call.deadline));
    v1::Response response;
    *response.mutable_opened() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
