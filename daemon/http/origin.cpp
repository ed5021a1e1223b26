#include "daemon/http/origin.hpp"

namespace tessera::http {

bool is_from_own_page(const Request& request, std::string_view own_origin)
{
    if (request.count("sec-fetch-site") > 0) {
        const std::string_view site = request.find("sec-fetch-site");
        return site == "same-origin" || site == "none";
    }
    return request.count("origin") == 0 || request.find("origin") == own_origin;
}

}  // namespace tessera::http
