#include "keyd/keyring/token_refusal.hpp"

#include <fmt/format.h>

#include "base/log.hpp"

namespace tessera::keyd {

namespace {

constexpr std::uint32_t recovery_retry_ms = 500;
constexpr std::uint32_t overload_retry_ms = 100;

}  // namespace

Refusal refusal_of(const pkcs11::TokenError& error, std::string_view token)
{
    using pkcs11::Fault;
    if (error.fault != Fault::sealed && error.fault != Fault::timeout) {
        log::warning("keyd_token_failed", {{"token", token}, {"reason", pkcs11::to_string(error)}});
    }
    switch (error.fault) {
    case Fault::sealed: return {v1::SEALED, fmt::format("token {} is sealed: `tessera keys unlock`", token)};
    case Fault::pin_blocked:
        return {v1::PIN_BLOCKED,
                fmt::format("token {} refused its PIN: `tessera keys unlock` with the right one", token)};
    case Fault::unavailable:
        return {v1::TOKEN_UNAVAILABLE, fmt::format("token {} does not answer; recovery is under way", token),
                recovery_retry_ms};
    case Fault::full: return {v1::TOKEN_FULL, fmt::format("token {} has no room for another object", token)};
    case Fault::missing_key:
        return {v1::KEY_MISSING, fmt::format("token {} does not hold the key on record", token)};
    case Fault::timeout:
        return {v1::DEADLINE_EXCEEDED, fmt::format("token {} was busy until the deadline", token),
                overload_retry_ms};
    case Fault::unauthentic: return {v1::STATE_TAMPERED, "what the token wrapped was changed"};
    case Fault::refused:
    case Fault::internal: break;
    }
    return {v1::INTERNAL, fmt::format("token {} misbehaved; see keyd's log", token)};
}

}  // namespace tessera::keyd
