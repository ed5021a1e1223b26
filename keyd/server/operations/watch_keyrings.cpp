#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

// The connection itself starts to listen when it sees this answer.
Answer<v1::Response> watch_keyrings(Rooms& rooms, Call&)
{
    v1::Response response;
    response.mutable_watching()->set_incarnation(rooms.incarnation);
    return response;
}

}  // namespace tessera::keyd::server
