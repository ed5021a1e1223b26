#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> destroy_keyring(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.destroy_keyring(call.request.destroy_keyring(), call.caller.uid));
    v1::Response response;
    *response.mutable_done() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
