#include "base/openssl.hpp"

#include <array>

#include <openssl/err.h>

namespace tessera {

std::string drain_errors()
{
    std::string joined;
    while (const unsigned long code = ERR_get_error()) {
        std::array<char, 256> text{};
        ERR_error_string_n(code, text.data(), text.size());
        joined += joined.empty() ? "" : "; ";
        joined += text.data();
    }
    return joined.empty() ? "no OpenSSL error" : joined;
}

}  // namespace tessera
