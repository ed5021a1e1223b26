// Whose address it is: what one subscriber has, for limits by address.
#pragma once

#include <string>

namespace tessera::http {

// The address itself for IPv4; for IPv6 its first 64 bits, "2001:db8:1:2::/64", since one host has all the rest to itself. What is
// no address is returned as it is.
std::string network_of(const std::string& address);

}  // namespace tessera::http
