// Where a token's PIN comes from: a file, a descriptor, a systemd credential, or an operator (none of these).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "keyd/pkcs11/module.hpp"
#include "keyd/settings/keyd_settings.hpp"

namespace tessera::keyd {

struct PinError {
    std::string text;  // what is wrong and what to do
};

// The source for one token. Refuses a file that anybody but keyd's user can read. `credentials_directory` is systemd's
// $CREDENTIALS_DIRECTORY, "" without one. A descriptor is read to its end and closed here.
Result<pkcs11::PinSource, PinError> pin_source(const KeydSettings& settings, const std::string& token,
                                               const std::string& credentials_directory);

}  // namespace tessera::keyd
