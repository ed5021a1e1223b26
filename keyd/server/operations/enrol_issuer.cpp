#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> enrol_issuer(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.enrol_issuer(call.request.enrol_issuer(), call.caller.uid));
    v1::Response response;
    *response.mutable_keyring() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
