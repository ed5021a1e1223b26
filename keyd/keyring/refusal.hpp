// Why keyd does not do what was asked: one code a caller decides by, one sentence for people.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

struct Refusal {
    v1::ErrorCode code;
    std::string description;  // public, says what to do; never claims, secrets or PINs
    std::uint32_t retry_after_ms = 0;
};

template <class T>
using Answer = Result<T, Refusal>;

}  // namespace tessera::keyd
