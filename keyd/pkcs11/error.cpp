#include "keyd/pkcs11/error.hpp"

namespace tessera::keyd::pkcs11 {

std::string_view to_string(Fault fault)
{
    switch (fault) {
    case Fault::sealed: return "sealed";
    case Fault::pin_blocked: return "pin blocked";
    case Fault::unavailable: return "unavailable";
    case Fault::full: return "full";
    case Fault::missing_key: return "missing key";
    case Fault::refused: return "refused";
    case Fault::unauthentic: return "unauthentic";
    case Fault::timeout: return "timeout";
    case Fault::internal: return "internal";
    }
    return "unknown";
}

std::string to_string(const TokenError& error)
{
    std::string line;
    for (const std::string* part : {&error.function, &error.ckr_name, &error.detail}) {
        if (!part->empty()) {
            line += line.empty() ? "" : ": ";
            line += *part;
        }
    }
    return line.empty() ? std::string{to_string(error.fault)} : line;
}

}  // namespace tessera::keyd::pkcs11
