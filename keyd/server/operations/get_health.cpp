#include "keyd/server/health.hpp"
#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> get_health(Rooms& rooms, Call&)
{
    v1::Response response;
    *response.mutable_health() = health_of(rooms);
    return response;
}

}  // namespace tessera::keyd::server
