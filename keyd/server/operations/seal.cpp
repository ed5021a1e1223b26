#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> seal(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.seal(call.request.seal(), call.deadline));
    v1::Response response;
    *response.mutable_sealed() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
