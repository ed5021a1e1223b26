// An uploaded logo: what is accepted is small, is a PNG of the same size, and is accepted again unchanged.
#include "base/assert.hpp"
#include "daemon/page/logo.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    const auto made = page::reencode_logo({data, size});
    if (!made) {
        ASSERT(!made.error().description.empty());
        return 0;
    }
    ASSERT(made.value().size() <= page::logo_bytes_max);
    const auto before = page::size_of_logo({data, size});
    const auto after = page::size_of_logo(made.value());
    ASSERT(before && after && before->width == after->width && before->height == after->height);
    const auto again = page::reencode_logo(made.value());
    ASSERT(again && again.value() == made.value());
    return 0;
}
