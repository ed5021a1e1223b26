#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> read_journal(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.read_journal(call.request.read_journal()));
    v1::Response response;
    *response.mutable_journal_page() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
