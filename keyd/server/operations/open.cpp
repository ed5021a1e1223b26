#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> open(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.open(call.request.open(), call.deadline));
    v1::Response response;
    *response.mutable_opened() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
