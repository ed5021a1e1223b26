#include "daemon/page/consent_pages.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/page/render.hpp"
#include "daemon/page/text.hpp"

namespace tessera::page {

namespace {

// Scopes every realm has (OpenID Connect Core §5.4, and groups): our words, not the resource's.
constexpr auto own_scopes =
    std::to_array<std::pair<std::string_view, Text>>({{"openid", Text::scope_openid},
                                                      {"profile", Text::scope_profile},
                                                      {"email", Text::scope_email},
                                                      {"address", Text::scope_address},
                                                      {"phone", Text::scope_phone},
                                                      {"groups", Text::scope_groups}});

// One that has a meaning here only without a resource: another resource's "email" is what it says it is.
Values permission(Language language, const ConsentPage::Resource& resource,
                  const ConsentPage::Permission& asked)
{
    Values row;
    const auto* const own =
        std::ranges::find(own_scopes, asked.scope, [](const auto& each) { return each.first; });
    if (resource.uri.empty() && own != own_scopes.end()) {
        row.shown("what", text_of(language, own->second));
    } else if (!asked.description.empty()) {
        row.shown("what", asked.description).shown("scope", asked.scope);
    } else {
        row.shown("what", asked.scope);
    }
    return row;
}

void add_resources(Values& values, Language language, const std::vector<ConsentPage::Resource>& resources)
{
    std::vector<Values> sections;
    for (const ConsentPage::Resource& resource : resources) {
        std::vector<Values> rows;
        for (const ConsentPage::Permission& asked : resource.permissions) {
            // Said in a sentence of its own (ConsentPage::is_offline).
            if (asked.scope != "offline_access") {
                rows.push_back(permission(language, resource, asked));
            }
        }
        Values section;
        section.shown("resource_name", resource.name)
            .shown("uri", resource.uri)
            .list("permissions", std::move(rows));
        sections.push_back(std::move(section));
    }
    values.list("resources", std::move(sections));
}

}  // namespace

http::Response render(const PageContext& context, const ConsentPage& page)
{
    Values values;
    values.shown("username", page.username).shown("client_name", page.client_name);
    values.shown("client_host", page.client_host).shown("redirect_host", page.redirect_host);
    values.link("privacy_url", page.privacy_url).link("terms_url", page.terms_url);
    switch (page.trust) {
    case ConsentPage::Trust::verified: values.flag("verified"); break;
    case ConsentPage::Trust::unverified: values.flag("unverified"); break;
    case ConsentPage::Trust::local: values.flag("local"); break;
    }
    add_resources(values, context.language, page.resources);
    if (page.is_offline) {
        values.flag("offline");
    }
    return respond(context, PageTemplate::consent, std::move(values));
}

}  // namespace tessera::page
