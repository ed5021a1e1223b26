#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> rewrap_data_keys(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.rewrap_data_keys(call.request.rewrap_data_keys(), call.caller.uid));
    v1::Response response;
    *response.mutable_done() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
