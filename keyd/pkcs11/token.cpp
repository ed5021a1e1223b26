#include "keyd/pkcs11/token.hpp"

#include <array>

#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr CK_ULONG mechanisms_max = 512;

std::optional<std::uint64_t> known(CK_ULONG value)
{
    return value == CK_UNAVAILABLE_INFORMATION ? std::nullopt : std::optional<std::uint64_t>{value};
}

template <std::size_t Size>
std::string trimmed(const unsigned char (&text)[Size])
{
    const std::string_view view{reinterpret_cast<const char*>(text), Size};
    return std::string{view.substr(0, view.find_last_not_of(std::string_view{" \0", 2}) + 1)};
}

Called<TokenInfo> read_info(TokenParts& parts)
{
    const CK_SLOT_ID slot = parts.slot.load();
    CK_TOKEN_INFO from{};
    TRY(parts.cryptoki.call<&CK_FUNCTION_LIST::C_GetTokenInfo>("C_GetTokenInfo", slot, &from));
    std::array<CK_MECHANISM_TYPE, mechanisms_max> mechanisms{};
    CK_ULONG count = mechanisms.size();
    TRY(parts.cryptoki.call<&CK_FUNCTION_LIST::C_GetMechanismList>("C_GetMechanismList", slot,
                                                                   mechanisms.data(), &count));
    TokenInfo info;
    info.label = trimmed(from.label);
    info.serial = trimmed(from.serialNumber);
    info.manufacturer = trimmed(from.manufacturerID);
    info.model = trimmed(from.model);
    info.free_private_bytes = known(from.ulFreePrivateMemory);
    info.free_public_bytes = known(from.ulFreePublicMemory);
    if (from.ulMaxRwSessionCount != CK_EFFECTIVELY_INFINITE) {
        info.sessions_max = known(from.ulMaxRwSessionCount);
    }
    for (CK_ULONG index = 0; index < count; ++index) {
        info.mechanisms.push_back(mechanism_name(mechanisms[index]));
        info.can_generate_rsa |= mechanisms[index] == CKM_RSA_PKCS_KEY_PAIR_GEN;
    }
    return info;
}

}  // namespace

Token::Token(std::unique_ptr<TokenParts> parts) : parts_(std::move(parts)) {}
Token::~Token() = default;

const std::string& Token::label() const { return parts_->options.label; }

std::string Token::serial() const
{
    const std::scoped_lock lock{parts_->state_mutex};
    return parts_->serial;
}

TokenHealth Token::health() const
{
    const TokenParts& parts = *parts_;
    TokenHealth health;
    {
        const std::scoped_lock lock{parts.state_mutex};
        health.state = parts.state.load();
        health.reason = parts.reason;
        health.alarms = parts.alarms;
    }
    health.sessions = parts.signing.open_count();
    health.sessions_max = parts.signing.maximum();
    health.epoch = parts.epoch.load();
    health.signatures = parts.signatures.load();
    health.bad_signatures = parts.bad_signatures.load();
    health.recoveries = parts.recoveries.load();
    return health;
}

Result<void, TokenError> Token::unlock(SecretBytes pin)
{
    TokenParts& parts = *parts_;
    if (parts.state.load() == TokenState::operational) {
        return ok();
    }
    {
        const std::scoped_lock lock{parts.pin_mutex};
        parts.typed_pin.emplace(std::move(pin));
    }
    return parts.module.reattach(parts, std::chrono::steady_clock::now() + parts.module.options.call_max);
}

Result<TokenInfo, TokenError> Token::info(Tick deadline)
{
    TokenParts& parts = *parts_;
    return parts.run<TokenInfo>(parts.managing, deadline,
                                [&](CK_SESSION_HANDLE) { return read_info(parts); });
}

Result<void, TokenError> Token::probe(Tick deadline)
{
    TokenParts& parts = *parts_;
    TRY(parts.run<Nothing>(parts.signing, deadline, [&](CK_SESSION_HANDLE session) -> Called<Nothing> {
        TRY(parts.probe_once(session));
        return Nothing{};
    }));
    return ok();
}

}  // namespace tessera::keyd::pkcs11
