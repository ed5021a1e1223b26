// A token's failure as the refusal a caller gets. The CKR name goes to the log, not to the caller.
#pragma once

#include <string_view>

#include "keyd/keyring/refusal.hpp"
#include "keyd/pkcs11/error.hpp"

namespace tessera::keyd {

Refusal refusal_of(const pkcs11::TokenError& error, std::string_view token);

}  // namespace tessera::keyd
