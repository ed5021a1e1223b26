#include "daemon/login/browser.hpp"

#include "base/random.hpp"
#include "daemon/http/cookie.hpp"
#include "daemon/login/login.hpp"

namespace tessera::login {

namespace {

constexpr std::string_view browser_purpose = "browser";
constexpr std::string_view session_purpose = "session";
constexpr std::string_view device_purpose = "device";
// What browsers keep a cookie at most.
constexpr Seconds device_cookie_lifetime{400 * 86'400};

std::optional<Bytes> secret_of(const http::Request& request, const Realm& realm, std::string_view purpose)
{
    const auto text = http::find_cookie(request, http::host_cookie_name(purpose, realm.project.slug));
    if (!text) {
        return std::nullopt;
    }
    auto secret = base64url_decode(*text);
    return secret && secret->size() == cookie_secret_bytes ? std::move(secret) : std::nullopt;
}

Bytes random_secret()
{
    Bytes secret(cookie_secret_bytes);
    fill_random(secret);
    return secret;
}

}  // namespace

Bytes browser_secret(const http::Request& request, const Realm& realm, http::Response& response)
{
    if (auto secret = secret_of(request, realm, browser_purpose)) {
        return std::move(*secret);
    }
    Bytes secret = random_secret();
    http::set_cookie(response, http::host_cookie_name(browser_purpose, realm.project.slug),
                     base64url_encode(secret));
    return secret;
}

std::optional<Sha256> browser_digest(const http::Request& request, const Realm& realm)
{
    const auto secret = secret_of(request, realm, browser_purpose);
    return secret ? std::optional{sha256(*secret)} : std::nullopt;
}

Sha256 make_session_cookie(const Realm& realm, http::Response& response)
{
    const Bytes secret = random_secret();
    http::set_cookie(response, http::host_cookie_name(session_purpose, realm.project.slug),
                     base64url_encode(secret), Seconds{realm.project.settings.session_lifetime_s});
    return sha256(secret);
}

std::optional<Sha256> session_digest(const http::Request& request, const Realm& realm)
{
    const auto secret = secret_of(request, realm, session_purpose);
    return secret ? std::optional{sha256(*secret)} : std::nullopt;
}

void expire_session_cookie(const Realm& realm, http::Response& response)
{
    http::expire_cookie(response, http::host_cookie_name(session_purpose, realm.project.slug));
}

std::optional<DeviceId> known_device(const http::Request& request, const Realm& realm)
{
    const auto text = http::find_cookie(request, http::host_cookie_name(device_purpose, realm.project.slug));
    return text ? DeviceId::parse(*text) : std::nullopt;
}

DeviceId device_of(const http::Request& request, const Realm& realm, http::Response& response)
{
    if (const auto known = known_device(request, realm)) {
        return *known;
    }
    const std::string name = http::host_cookie_name(device_purpose, realm.project.slug);
    const DeviceId device = DeviceId::random();
    http::set_cookie(response, name, device.to_string(), device_cookie_lifetime);
    return device;
}

}  // namespace tessera::login
