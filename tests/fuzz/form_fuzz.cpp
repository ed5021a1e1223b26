// application/x-www-form-urlencoded bodies: what is taken re-encodes to something that reads the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/http/form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera::http;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto form = Form::parse(bytes);
    if (form.has_value()) {
        static_cast<void>(form.value().repeated({"resource"}));
        static_cast<void>(form.value().find("grant_type"));
    }
    if (const auto decoded = form_decode(bytes)) {
        ASSERT(form_decode(form_encode(*decoded)) == *decoded);
    }
    return 0;
}
