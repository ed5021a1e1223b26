#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> create_keyring(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.create_keyring(call.request.create_keyring(), call.caller.uid));
    v1::Response response;
    *response.mutable_keyring() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
