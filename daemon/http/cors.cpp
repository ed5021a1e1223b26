#include "daemon/http/cors.hpp"

namespace tessera::http {

void add_origin(Response& response, Cors cors)
{
    if (cors == Cors::none) {
        return;
    }
    response.headers.push_back({"Access-Control-Allow-Origin", "*"});
    if (cors == Cors::any_post) {
        response.headers.push_back({"Access-Control-Expose-Headers", "WWW-Authenticate, DPoP-Nonce"});
    }
}

void add_preflight(Response& response, Cors cors, std::string_view methods)
{
    if (cors == Cors::none) {
        return;
    }
    response.set("Access-Control-Allow-Methods", std::string{methods});
    response.set("Access-Control-Allow-Headers",
                 cors == Cors::any_get ? "MCP-Protocol-Version, Accept, Content-Type"
                                       : "Authorization, Content-Type, DPoP, MCP-Protocol-Version");
    response.set("Access-Control-Max-Age", "600");
}

}  // namespace tessera::http
