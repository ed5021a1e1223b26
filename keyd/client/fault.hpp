// keyd's error codes as what a caller can do about them: the one conversion from v1::Error to KeydError.
#pragma once

#include <string_view>

#include "keyd/client/error.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

// A code this build does not know (a newer keyd) counts as unavailable.
KeydFault fault_of(v1::ErrorCode code);
KeydError to_keyd_error(const v1::Error& error);
// Of the client's own making: nobody answered.
KeydError unavailable(std::string_view code_name, std::string_view description);

}  // namespace tessera::keyd
