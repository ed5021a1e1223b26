#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> list_keyrings(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.list_keyrings(call.request.list_keyrings()));
    v1::Response response;
    *response.mutable_keyring_list() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
