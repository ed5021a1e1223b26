// Pages that settle which organization a person signs in to.
#pragma once

#include <string>
#include <vector>

#include "daemon/page/page.hpp"

namespace tessera::page {

// Sends choice with do=choose; do=create where allowed; do=another (another account).
struct ChooseOrganizationPage {
    std::string username;
    struct Organization {
        std::string id;
        std::string name;
        enum class Standing { member, invited } standing = Standing::member;
    };
    std::vector<Organization> organizations;
    bool may_create = false;
};
http::Response render(const PageContext& context, const ChooseOrganizationPage& page);

// Sends name; do=continue, do=another (back to the list) when `has_list`.
struct CreateOrganizationPage {
    std::string name;
    bool has_list = false;
};
http::Response render(const PageContext& context, const CreateOrganizationPage& page);

// The organization does not accept how the person signed in so far. do=<method>, do=another (another organization).
struct AnotherWayPage {
    std::string username;
    std::string organization;
    bool with_password = false;
    bool with_email_code = false;
    bool with_passkey = false;
};
http::Response render(const PageContext& context, const AnotherWayPage& page);

}  // namespace tessera::page
