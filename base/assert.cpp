#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace tessera {

void assertion_failed(const char* condition, const char* file, int line) noexcept
{
    std::fprintf(stderr, "assertion failed: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace tessera
