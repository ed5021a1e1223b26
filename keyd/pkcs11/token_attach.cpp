// Finding the token, logging in, and being sure that it works.

#include <fmt/format.h>

#include "base/log.hpp"
#include "keyd/pkcs11/error_table.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr CK_ULONG slots_max = 256;

// CK_TOKEN_INFO pads its texts with blanks.
template <std::size_t Size>
std::string trimmed(const unsigned char (&text)[Size])
{
    std::string_view view{reinterpret_cast<const char*>(text), Size};
    while (!view.empty() && (view.back() == ' ' || view.back() == '\0')) {
        view.remove_suffix(1);
    }
    return std::string{view};
}

Called<CK_TOKEN_INFO> token_info(const Cryptoki& cryptoki, CK_SLOT_ID slot)
{
    CK_TOKEN_INFO info{};
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_GetTokenInfo>("C_GetTokenInfo", slot, &info));
    return info;
}

struct FoundToken {
    CK_SLOT_ID slot;
    std::string serial;
    CK_ULONG sessions_max;
};

// Slot numbers change with every replug and reboot: only label and serial say which token it is.
Called<FoundToken> find_token(const Cryptoki& cryptoki, const std::string& label, const std::string& serial)
{
    std::array<CK_SLOT_ID, slots_max> slots{};
    CK_ULONG count = slots.size();
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_GetSlotList>("C_GetSlotList", CK_BBOOL{CK_TRUE}, slots.data(),
                                                        &count));
    std::vector<FoundToken> found;
    std::string foreign;
    for (CK_ULONG index = 0; index < count; ++index) {
        const auto info = token_info(cryptoki, slots[index]);
        if (info.has_error() || trimmed(info.value().label) != label) {
            continue;
        }
        FoundToken token{slots[index], trimmed(info.value().serialNumber), info.value().ulMaxRwSessionCount};
        if (!serial.empty() && token.serial != serial) {
            foreign = token.serial;
            continue;
        }
        found.push_back(std::move(token));
    }
    if (found.size() == 1) {
        return found.front();
    }
    if (found.size() > 1) {
        return verdict(Fault::unavailable,
                       fmt::format("{} tokens are labelled {}; name the serial number in token-serials",
                                   found.size(), label));
    }
    if (!foreign.empty()) {
        return verdict(
            Fault::unavailable,
            fmt::format("the token labelled {} has serial {}, not {}: another token is in its place; "
                        "if it was replaced on purpose, name its serial in token-serials",
                        label, foreign, serial));
    }
    return verdict(Fault::unavailable, fmt::format("no slot holds a token labelled {}", label));
}

}  // namespace

void TokenParts::forget()
{
    signing.clear(SessionPool::After::forget);
    managing.clear(SessionPool::After::forget);
    anchor = CK_INVALID_HANDLE;
    probe_key = CK_INVALID_HANDLE;
    epoch.fetch_add(1);
}

Result<void, TokenError> TokenParts::attach()
{
    const auto attached = [this]() -> Called<void> {
        if (anchor != CK_INVALID_HANDLE) {
            signing.clear(SessionPool::After::close);
            managing.clear(SessionPool::After::close);
            (void)cryptoki.call<&CK_FUNCTION_LIST::C_CloseSession>("C_CloseSession", anchor);
        }
        forget();
        std::string known_serial;
        {
            const std::scoped_lock lock{state_mutex};
            known_serial = serial;
        }
        TRY(auto found, find_token(cryptoki, options.label, known_serial));
        slot.store(found.slot);
        if (found.sessions_max != CK_EFFECTIVELY_INFINITE
            && found.sessions_max != CK_UNAVAILABLE_INFORMATION) {
            signing.limit(found.sessions_max > 2 ? found.sessions_max - 2
                                                 : 1);  // the anchor and the managing one
        }
        if (module.single_session) {
            signing.limit(1);
        }
        TRY(anchor, open_session(cryptoki, found.slot));
        TRY(login());
        {
            const std::scoped_lock lock{state_mutex};
            serial = found.serial;
        }
        TRY(make_probe_key());
        TRY(auto lease, signing.lease(found.slot, std::chrono::steady_clock::now()));
        return probe_once(lease.session());
    }();
    if (attached) {
        set_state(TokenState::operational, "", std::nullopt);
        return ok();
    }
    TokenError why = to_error(attached.error());
    TokenState new_state = TokenState::unavailable;
    if (why.fault == Fault::sealed) {
        new_state = TokenState::sealed;
    } else if (why.fault == Fault::pin_blocked) {
        new_state = TokenState::pin_blocked;
    } else {
        why.fault = Fault::unavailable;
    }
    set_state(new_state, to_string(why), why);
    return why;
}

Called<void> TokenParts::login()
{
    CK_SESSION_INFO session{};
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_GetSessionInfo>("C_GetSessionInfo", anchor, &session));
    if (session.state == CKS_RW_USER_FUNCTIONS) {
        return ok();
    }
    TRY(auto info, token_info(cryptoki, slot.load()));
    const std::scoped_lock lock{pin_mutex};
    const bool keypad = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    const PinOrigin origin = typed_pin ? PinOrigin::typed : PinOrigin::unattended;
    const SecretBytes pin = typed_pin ? typed_pin->copy() : options.pin ? options.pin() : SecretBytes{};
    if (pin.empty() && !keypad) {
        return verdict(Fault::sealed, "there is no PIN; give it with `tessera keys unlock`");
    }
    const PinFlags flags{(info.flags & CKF_USER_PIN_COUNT_LOW) != 0,
                         (info.flags & CKF_USER_PIN_FINAL_TRY) != 0, (info.flags & CKF_USER_PIN_LOCKED) != 0,
                         (info.flags & CKF_USER_PIN_TO_BE_CHANGED) != 0};
    if (auto objection = pin_guard.objection(pin, origin, flags)) {
        return verdict(Fault::pin_blocked, *std::move(objection));
    }
    const ByteView text = pin.reveal(RevealTag{"pkcs11 login"});
    const auto done = cryptoki.call<&CK_FUNCTION_LIST::C_Login>("C_Login", anchor, CK_USER_TYPE{CKU_USER},
                                                                keypad ? nullptr : to_ck(text),
                                                                CK_ULONG{keypad ? 0 : text.size()});
    if (done || done.error().code == CKR_USER_ALREADY_LOGGED_IN) {
        pin_guard.note_accepted();
        return ok();
    }
    const ErrorClass why = classify("C_Login", done.error().code);
    const bool is_about_device = why == ErrorClass::device_lost || why == ErrorClass::session_lost;
    if (why == ErrorClass::never_retried || (!is_about_device && pin_guard.note_failed(pin))) {
        pin_guard.note_refused(pin);
        typed_pin.reset();
        return CallFailure{
            "", CKR_OK,
            TokenError{Fault::pin_blocked, "C_Login", ckr_name(done.error().code),
                       "the token refused the PIN, which is not sent again; give the right one with "
                       "`tessera keys unlock`"}};
    }
    return done.error();
}

Called<void> TokenParts::login_again(std::uint32_t seen_epoch, Tick deadline)
{
    TRY(auto lock, lock_management(deadline));
    if (epoch.load() != seen_epoch) {
        return ok();  // another request did it
    }
    CK_SESSION_INFO session{};
    const auto looked =
        cryptoki.call<&CK_FUNCTION_LIST::C_GetSessionInfo>("C_GetSessionInfo", anchor, &session);
    if (looked.has_error()) {
        if (classify("C_GetSessionInfo", looked.error().code) != ErrorClass::session_lost) {
            return looked.error();
        }
        TRY(anchor, open_session(cryptoki, slot.load()));
    }
    auto logged_in = login();
    if (logged_in.has_error()) {
        if (logged_in.error().verdict) {
            const TokenError& why = *logged_in.error().verdict;
            set_state(why.fault == Fault::sealed ? TokenState::sealed : TokenState::pin_blocked,
                      to_string(why), why);
        }
        return std::move(logged_in).error();
    }
    epoch.fetch_add(1);
    recoveries.fetch_add(1);
    {
        // The probe key belonged to the anchor's session or to the login.
        const std::scoped_lock probing{probe_mutex};
        TRY(make_probe_key());
    }
    return ok();
}

}  // namespace tessera::keyd::pkcs11
