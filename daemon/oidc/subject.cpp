#include "daemon/oidc/subject.hpp"

#include <array>
#include <cstdint>

#include <openssl/hmac.h>

#include "base/ascii.hpp"
#include "base/assert.hpp"
#include "base/encoding.hpp"

namespace tessera::oidc {

namespace {

// Of an absolute URI; a port belongs to the host's sector all the same.
std::string host_of(std::string_view uri)
{
    const std::size_t scheme = uri.find("://");
    if (scheme == std::string_view::npos) {
        return std::string{uri.substr(0, uri.find(':'))};
    }
    std::string_view authority = uri.substr(scheme + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    authority = authority.substr(authority.rfind('@') + 1);
    const std::size_t literal = authority.starts_with('[') ? authority.find(']') : 0;
    return ascii::to_lower(authority.substr(0, authority.find(':', literal)));
}

// `name` is a user's UUID or a session's prefixed id: the one is never the other.
std::string known_to_sector(const Realm& realm, const storage::Client& client, const std::string& name)
{
    const std::string input = sector_of(client) + '\0' + name;
    std::array<std::uint8_t, 32> digest;
    unsigned int size = 0;
    const Bytes& salt = realm.project.pairwise_salt;
    ASSERT(HMAC(EVP_sha256(), salt.data(), static_cast<int>(salt.size()), as_bytes(input).data(),
                input.size(), digest.data(), &size)
               != nullptr
           && size == digest.size());
    return base64url_encode(digest);
}

}  // namespace

std::string sector_of(const storage::Client& client)
{
    if (client.settings.sector_identifier_uri) {
        return host_of(*client.settings.sector_identifier_uri);
    }
    return client.settings.redirect_uris.empty() ? client.id.to_string()
                                                 : host_of(client.settings.redirect_uris.front());
}

std::string subject_of(const Realm& realm, const storage::Client& client, UserId user)
{
    if (client.settings.subject_type != "pairwise") {
        return user.to_string();
    }
    return known_to_sector(realm, client, to_string(user.uuid));
}

std::string sid_of(const Realm& realm, const storage::Client& client, SessionId session)
{
    if (client.settings.subject_type != "pairwise") {
        return session.to_string();
    }
    return known_to_sector(realm, client, session.to_string());
}

}  // namespace tessera::oidc
