#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> set_backup_key(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.set_backup_key(call.request.set_backup_key(), call.caller.uid));
    v1::Response response;
    *response.mutable_done() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
