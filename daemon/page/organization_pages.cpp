#include "daemon/page/organization_pages.hpp"

#include <utility>

#include "daemon/page/render.hpp"

namespace tessera::page {

http::Response render(const PageContext& context, const ChooseOrganizationPage& page)
{
    using Standing = ChooseOrganizationPage::Organization::Standing;
    Values values;
    values.shown("username", page.username);
    std::vector<Values> rows;
    for (const auto& each : page.organizations) {
        Values& row = rows.emplace_back();
        row.verbatim("id", each.id)
            .verbatim("initial", initial_of(each.name))
            .shown("organization", each.name);
        if (each.standing == Standing::invited) {
            row.flag("invited");
        }
    }
    values.list("organizations", std::move(rows));
    if (page.may_create) {
        values.flag("may_create");
    }
    return respond(context, PageTemplate::choose_organization, std::move(values));
}

http::Response render(const PageContext& context, const CreateOrganizationPage& page)
{
    Values values;
    values.shown("name", page.name);
    if (page.has_list) {
        values.flag("has_list");
    }
    return respond(context, PageTemplate::create_organization, std::move(values), field::name);
}

http::Response render(const PageContext& context, const AnotherWayPage& page)
{
    Values values;
    values.shown("username", page.username).shown("organization", page.organization);
    if (page.with_password) {
        values.flag("with_password");
    }
    if (page.with_email_code) {
        values.flag("with_email_code");
    }
    if (page.with_passkey) {
        values.flag("with_passkey");
    }
    return respond(context, PageTemplate::another_way, std::move(values));
}

}  // namespace tessera::page
