// One request on keyd's admin socket, and how its messages print.
#pragma once

#include <string>

#include "base/json.hpp"
#include "daemon/commands/invocation.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::commands {

inline constexpr Option keyd_socket_option = {"keyd-socket", "PATH", "keyd's admin socket"};

Result<keyd::v1::Response, CommandError> call_keyd(const Invocation& invocation,
                                                   const Environment& environment, keyd::v1::Request request);

// A message as JSON: instants in RFC 3339, enums as words.
json::object to_json(const keyd::v1::KeyringView& keyring);
json::array keys_to_json(const keyd::v1::KeyringView& keyring);
std::string_view algorithm_name(keyd::v1::Algorithm algorithm);
// "ES256" and so on; usage error for anything else.
Result<keyd::v1::Algorithm, CommandError> parse_algorithm_option(const std::string& text);

}  // namespace tessera::commands
