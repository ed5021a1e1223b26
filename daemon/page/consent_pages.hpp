// Pages on which a person decides what an app may do.
#pragma once

#include <string>
#include <vector>

#include "daemon/page/page.hpp"

namespace tessera::page {

// do=allow (id allow), do=deny (id deny), do=another (another account).
struct ConsentPage {
    std::string username;
    std::string client_name;
    std::string client_host;    // whose app it is, as far as that is known
    std::string redirect_host;  // where the person goes next: the host of redirect_uri ("127.0.0.1")
    enum class Trust {
        verified,
        unverified,
        local
    } trust = Trust::unverified;  // local: it runs on this device
    struct Permission {
        std::string
            scope;  // "read:files"; openid, profile, email, address, phone, groups, offline_access have texts here
        std::string description;  // the resource's own words; empty = the scope's name
    };
    struct Resource {
        std::string name;  // empty = its URI alone
        std::string uri;   // empty for the identity permissions (openid, profile, …)
        std::vector<Permission> permissions;
    };
    std::vector<Resource> resources;
    bool is_offline = false;  // said plainly: keeps access while the person is away, until it is withdrawn
    std::string privacy_url;  // https only; anything else is not shown
    std::string terms_url;
};
http::Response render(const PageContext& context, const ConsentPage& page);

}  // namespace tessera::page
