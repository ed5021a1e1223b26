#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> get_keyring(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.get_keyring(call.request.get_keyring()));
    v1::Response response;
    *response.mutable_keyring() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
