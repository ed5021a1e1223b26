// The cookies of hosted sign-in, all __Host-, all of one realm: the browser at work, its session, and the device it is.
#pragma once

#include <optional>
#include <string>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/id.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::login {

inline constexpr std::size_t cookie_secret_bytes = 32;

// A new session secret, set on the response; what is stored is its digest.
Sha256 make_session_cookie(const Realm& realm, http::Response& response);
std::optional<Sha256> session_digest(const http::Request& request, const Realm& realm);
void expire_session_cookie(const Realm& realm, http::Response& response);

// The device this browser is known as.
std::optional<DeviceId> known_device(const http::Request& request, const Realm& realm);
// The same; a new one, set on the response, when it is known as none.
DeviceId device_of(const http::Request& request, const Realm& realm, http::Response& response);

}  // namespace tessera::login
