#include "daemon/oidc/frontchannel_logout.hpp"

#include "daemon/http/form.hpp"

namespace tessera::oidc {

std::string with_parameter(const std::string& uri, std::string_view name, std::string_view value)
{
    const char* separator = "?";
    if (uri.find('?') != std::string::npos) {
        separator = uri.back() == '?' || uri.back() == '&' ? "" : "&";
    }
    return uri + separator + std::string{name} + "=" + http::form_encode(value);
}

std::string frontchannel_logout_url(const std::string& uri, const Realm& realm, SessionId session)
{
    return with_parameter(with_parameter(uri, "iss", realm.issuer), "sid", session.to_string());
}

}  // namespace tessera::oidc
