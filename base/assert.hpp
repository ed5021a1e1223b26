// ASSERT(condition): an invariant of ours, checked in every build. A violation writes one line to standard error and
// aborts; the service manager restarts the process. Never used on input.
#pragma once

namespace tessera {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace tessera

#define ASSERT(condition)                                                                                    \
    ((condition) ? static_cast<void>(0) : ::tessera::assertion_failed(#condition, __FILE__, __LINE__))
