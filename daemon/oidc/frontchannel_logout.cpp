#include "daemon/oidc/frontchannel_logout.hpp"

#include "base/assert.hpp"
#include "daemon/http/form.hpp"
#include "daemon/oidc/subject.hpp"

namespace tessera::oidc {

std::string with_parameter(const std::string& uri, std::string_view name, std::string_view value)
{
    const char* separator = "?";
    if (uri.find('?') != std::string::npos) {
        separator = uri.back() == '?' || uri.back() == '&' ? "" : "&";
    }
    return uri + separator + std::string{name} + "=" + http::form_encode(value);
}

std::string frontchannel_logout_url(const Realm& realm, const storage::Client& client, SessionId session)
{
    ASSERT(client.settings.frontchannel_logout_uri);
    return with_parameter(with_parameter(*client.settings.frontchannel_logout_uri, "iss", realm.issuer),
                          "sid", sid_of(realm, client, session));
}

}  // namespace tessera::oidc
