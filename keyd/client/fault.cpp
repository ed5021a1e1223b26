#include "keyd/client/fault.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace tessera::keyd {

namespace {

struct Row {
    v1::ErrorCode code;
    KeydFault fault;
};

constexpr std::uint32_t disconnected_retry_after_ms = 200;

constexpr std::array rows = {
    Row{v1::MALFORMED_REQUEST, KeydFault::invalid},
    Row{v1::UNKNOWN_OPERATION, KeydFault::protocol},
    Row{v1::VERSION_UNSUPPORTED, KeydFault::protocol},
    Row{v1::NOT_PERMITTED, KeydFault::refused},
    Row{v1::OVERLOADED, KeydFault::unavailable},
    Row{v1::DEADLINE_EXCEEDED, KeydFault::unavailable},
    Row{v1::HELLO_REQUIRED, KeydFault::protocol},
    Row{v1::SEALED, KeydFault::unavailable},
    Row{v1::PIN_BLOCKED, KeydFault::unavailable},
    Row{v1::TOKEN_UNAVAILABLE, KeydFault::unavailable},
    Row{v1::TOKEN_FULL, KeydFault::unavailable},
    Row{v1::KEYRING_UNKNOWN, KeydFault::not_found},
    Row{v1::KEYRING_EXISTS, KeydFault::conflict},
    Row{v1::KEY_UNKNOWN, KeydFault::not_found},
    Row{v1::NO_ACTIVE_KEY, KeydFault::unavailable},
    Row{v1::KEY_MISSING, KeydFault::unavailable},
    Row{v1::STATE_TAMPERED, KeydFault::unavailable},
    Row{v1::CLOCK_UNTRUSTED, KeydFault::unavailable},
    Row{v1::STANDBY_NOT_READY, KeydFault::conflict},
    Row{v1::KEYRING_LIMIT, KeydFault::conflict},
    Row{v1::CLAIMS_MALFORMED, KeydFault::refused},
    Row{v1::CLAIMS_DUPLICATE_MEMBER, KeydFault::refused},
    Row{v1::CLAIMS_TOO_LARGE, KeydFault::refused},
    Row{v1::CLAIMS_TOO_DEEP, KeydFault::refused},
    Row{v1::ISSUER_FOREIGN, KeydFault::refused},
    Row{v1::TYP_NOT_ALLOWED, KeydFault::refused},
    Row{v1::ALG_NOT_ALLOWED, KeydFault::refused},
    Row{v1::LIFETIME_MISSING, KeydFault::refused},
    Row{v1::LIFETIME_TOO_LONG, KeydFault::refused},
    Row{v1::LIFETIME_NEGATIVE, KeydFault::refused},
    Row{v1::ISSUED_AT_SKEWED, KeydFault::unavailable},
    Row{v1::PLAINTEXT_TOO_LARGE, KeydFault::invalid},
    Row{v1::ENVELOPE_MALFORMED, KeydFault::unopenable},
    Row{v1::ENVELOPE_UNOPENABLE, KeydFault::unopenable},
    Row{v1::DATA_KEY_UNKNOWN, KeydFault::not_found},
    Row{v1::DATA_KEY_LIMIT, KeydFault::conflict},
    Row{v1::ISSUER_NOT_UNDER_DOMAIN, KeydFault::refused},
    Row{v1::ISSUER_ENROLLED_ELSEWHERE, KeydFault::conflict},
    Row{v1::POLICY_INVALID, KeydFault::invalid},
    Row{v1::TOKEN_UNKNOWN, KeydFault::not_found},
    Row{v1::RSA_TOO_SMALL, KeydFault::invalid},
    Row{v1::INTERNAL, KeydFault::unavailable},
};

}  // namespace

KeydFault fault_of(v1::ErrorCode code)
{
    const auto found = std::ranges::find(rows, code, &Row::code);
    return found == rows.end() ? KeydFault::unavailable : found->fault;
}

KeydError to_keyd_error(const v1::Error& error)
{
    const bool known = v1::ErrorCode_IsValid(error.code());
    return {.fault = fault_of(error.code()),
            .code_name = known ? v1::ErrorCode_Name(error.code())
                               : fmt::format("ERROR_{}", static_cast<int>(error.code())),
            .description = error.description(),
            .retry_after_ms = error.retry_after_ms()};
}

KeydError unavailable(std::string_view code_name, std::string_view description)
{
    return {KeydFault::unavailable, std::string{code_name}, std::string{description},
            disconnected_retry_after_ms};
}

}  // namespace tessera::keyd
