// The settings of `tessera serve`: one row each; docs/reference/settings.md is made from the table.
#pragma once

#include <span>

#include "base/settings.hpp"

namespace tessera {

std::span<const Setting> serve_settings();

// What no single row can say: addresses parse, plain HTTP is loopback only, TLS files come as a pair, the issuer base is an
// https origin without a path.
Result<void, SettingsError> check_serve_settings(const Settings& settings);

// "127.0.0.1:8443" or "[::1]:8443".
struct ListenAddress {
    std::string host;
    std::uint16_t port;
};
Result<ListenAddress, SettingsError> parse_listen_address(const std::string& text);
bool is_loopback(const ListenAddress& address);

}  // namespace tessera
