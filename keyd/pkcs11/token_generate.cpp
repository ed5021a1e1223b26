// Making keys that cannot leave the token, and refusing what is anything less.

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr std::size_t cka_id_chars_max = 64;
constexpr std::array rsa_sizes{2048U, 3072U, 4096U};
constexpr std::array<std::uint8_t, 3> rsa_exponent{0x01, 0x00, 0x01};
constexpr CK_ULONG secret_key_bytes = 32;

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What NetHSM takes as it is, and every other module too.
bool is_cka_id(const std::string& text)
{
    return !text.empty() && text.size() <= cka_id_chars_max && is_letter_or_digit(text.front())
           && std::ranges::all_of(
               text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

struct PairOrder {
    const std::string& cka_id;
    const MechanismRow& row;
    unsigned rsa_bits;
};

// Tables of what narrows a key; both kinds of template hold to the same one.
void add_custody(AttributeTemplate& key, const std::string& cka_id, const TemplateFallback& fallback)
{
    key.yes(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_SENSITIVE).no(CKA_EXTRACTABLE);
    key.bytes(CKA_ID, as_bytes(cka_id)).bytes(CKA_LABEL, as_bytes(cka_id));
    if (fallback.copyable_modifiable) {
        key.no(CKA_COPYABLE).no(CKA_MODIFIABLE);
    }
}

Called<CK_OBJECT_HANDLE> generate_pair(TokenParts& parts, CK_SESSION_HANDLE session, const PairOrder& order,
                                       const TemplateFallback& fallback)
{
    AttributeTemplate public_key;
    public_key.number(CKA_KEY_TYPE, order.row.key_type).yes(CKA_TOKEN).yes(CKA_VERIFY);
    public_key.no(CKA_ENCRYPT).no(CKA_WRAP);
    public_key.bytes(CKA_ID, as_bytes(order.cka_id)).bytes(CKA_LABEL, as_bytes(order.cka_id));
    if (is_rsa(order.row.algorithm)) {
        public_key.number(CKA_MODULUS_BITS, order.rsa_bits).bytes(CKA_PUBLIC_EXPONENT, rsa_exponent);
    } else {
        public_key.bytes(CKA_EC_PARAMS, order.row.curve);
    }
    AttributeTemplate private_key;
    private_key.number(CKA_KEY_TYPE, order.row.key_type).yes(CKA_SIGN);
    private_key.no(CKA_DECRYPT).no(CKA_UNWRAP).no(CKA_DERIVE);
    add_custody(private_key, order.cka_id, fallback);
    const CK_MECHANISM_TYPE allowed = order.row.sign;
    if (fallback.allowed_mechanisms) {
        private_key.bytes(CKA_ALLOWED_MECHANISMS,
                          ByteView{reinterpret_cast<const std::uint8_t*>(&allowed), sizeof allowed});
    }
    CK_MECHANISM mechanism{order.row.generate, nullptr, 0};
    CK_OBJECT_HANDLE public_object = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE private_object = CK_INVALID_HANDLE;
    TRY(parts.cryptoki.call_within<&CK_FUNCTION_LIST::C_GenerateKeyPair>(
        parts.module.options.generate_call_max, "C_GenerateKeyPair", session, &mechanism, public_key.data(),
        public_key.size(), private_key.data(), private_key.size(), &public_object, &private_object));
    return private_object;
}

struct SecretOrder {
    const std::string& cka_id;
    CK_KEY_TYPE key_type;
    CK_MECHANISM_TYPE generate;
    CK_MECHANISM_TYPE use;
};

Called<CK_OBJECT_HANDLE> generate_secret(TokenParts& parts, CK_SESSION_HANDLE session,
                                         const SecretOrder& order, const TemplateFallback& fallback)
{
    const bool cipher = order.key_type == CKK_AES;
    AttributeTemplate key;
    key.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, order.key_type);
    key.number(CKA_VALUE_LEN, secret_key_bytes).no(CKA_WRAP).no(CKA_UNWRAP).no(CKA_DERIVE);
    if (cipher) {
        key.yes(CKA_ENCRYPT).yes(CKA_DECRYPT).no(CKA_SIGN).no(CKA_VERIFY);
    } else {
        key.no(CKA_ENCRYPT).no(CKA_DECRYPT).yes(CKA_SIGN).yes(CKA_VERIFY);
    }
    add_custody(key, order.cka_id, fallback);
    if (fallback.allowed_mechanisms) {
        key.bytes(CKA_ALLOWED_MECHANISMS,
                  ByteView{reinterpret_cast<const std::uint8_t*>(&order.use), sizeof order.use});
    }
    CK_MECHANISM mechanism{order.generate, nullptr, 0};
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    TRY(parts.cryptoki.call_within<&CK_FUNCTION_LIST::C_GenerateKey>(parts.module.options.generate_call_max,
                                                                     "C_GenerateKey", session, &mechanism,
                                                                     key.data(), key.size(), &object));
    return object;
}

// Tries the templates from the one this token took last, and remembers the one it takes now.
template <class Generate>
Called<CK_OBJECT_HANDLE> with_fallbacks(TokenParts& parts, Generate generate)
{
    for (std::size_t index = parts.template_fallback.load();; ++index) {
        auto made = generate(template_fallbacks[index]);
        if (made) {
            if (parts.template_fallback.exchange(index) != index) {
                log::info("token_template", {{"token_label", parts.options.label},
                                             {"template", template_fallbacks[index].name}});
            }
            return made;
        }
        if (made.error().verdict || !is_template_refusal(made.error().code)
            || index + 1 == template_fallbacks.size()) {
            return made;
        }
    }
}

// A key that is not in full custody is destroyed before anybody can use it.
Called<void> keep_or_destroy(TokenParts& parts, const ManagementLock& lock, CK_SESSION_HANDLE session,
                             CK_OBJECT_HANDLE key, const std::string& cka_id)
{
    auto checked = check_custody(parts.cryptoki, session, key);
    if (checked) {
        parts.objects_seen = true;
        return ok();
    }
    parts.raise_alarm(checked.error().verdict ? checked.error().verdict->detail
                                              : "a new key could not be checked");
    const auto destroyed = parts.destroy_all(lock, session, cka_id);
    if (destroyed.has_error()) {
        parts.raise_alarm(
            fmt::format("key {} is not in custody and could not be destroyed: destroy it by hand", cka_id));
    }
    return checked;
}

// What one request knows from attempt to attempt.
struct Progress {
    bool was_absent =
        false;  // an attempt found nothing of that id, so whatever is there later is this request's
};

// Generating is not idempotent: what an interrupted attempt of this very request left is cleared away; a key that was
// there before it is never touched.
Called<void> make_room(TokenParts& parts, const ManagementLock& lock, CK_SESSION_HANDLE session,
                       const std::string& cka_id, Progress& progress)
{
    if (progress.was_absent) {
        return parts.destroy_all(lock, session, cka_id);
    }
    AttributeTemplate pattern;
    pattern.yes(CKA_TOKEN).bytes(CKA_ID, as_bytes(cka_id));
    TRY(const auto existing, parts.search(lock, session, std::move(pattern), 1));
    if (!existing.empty()) {
        return verdict(Fault::refused, fmt::format("a key with the id {} exists already", cka_id));
    }
    progress.was_absent = true;
    return ok();
}

Called<Bytes> generate_pair_once(TokenParts& parts, CK_SESSION_HANDLE session, const PairOrder& order,
                                 Progress& progress, Tick deadline)
{
    TRY(const auto lock, parts.lock_management(deadline));
    TRY(make_room(parts, lock, session, order.cka_id, progress));
    TRY(const auto key, with_fallbacks(parts, [&](const TemplateFallback& fallback) {
            return generate_pair(parts, session, order, fallback);
        }));
    TRY(keep_or_destroy(parts, lock, session, key, order.cka_id));
    TRY(auto spki, parts.public_key_on_token(lock, session, order.cka_id, order.row.algorithm));
    if (!spki) {
        return verdict(Fault::internal,
                       fmt::format("the token made key {} without its public half", order.cka_id));
    }
    return *std::move(spki);
}

Result<void, TokenError> generate_secret_key(TokenParts& parts, const SecretOrder& order, Tick deadline)
{
    if (!is_cka_id(order.cka_id)) {
        return TokenError{Fault::refused, "", "", "a key id has 1 to 64 characters of [A-Za-z0-9._-]"};
    }
    Progress progress;
    TRY(parts.run<Nothing>(parts.managing, deadline, [&](CK_SESSION_HANDLE session) -> Called<Nothing> {
        TRY(const auto lock, parts.lock_management(deadline));
        TRY(make_room(parts, lock, session, order.cka_id, progress));
        TRY(const auto key, with_fallbacks(parts, [&](const TemplateFallback& fallback) {
                return generate_secret(parts, session, order, fallback);
            }));
        TRY(keep_or_destroy(parts, lock, session, key, order.cka_id));
        return Nothing{};
    }));
    return ok();
}

}  // namespace

Result<Bytes, TokenError> Token::generate_key_pair(const std::string& cka_id, Algorithm algorithm,
                                                   unsigned rsa_bits, Tick deadline)
{
    if (!is_cka_id(cka_id)) {
        return TokenError{Fault::refused, "", "", "a key id has 1 to 64 characters of [A-Za-z0-9._-]"};
    }
    if (is_rsa(algorithm) && std::ranges::find(rsa_sizes, rsa_bits) == rsa_sizes.end()) {
        return TokenError{Fault::refused, "", "", "RSA keys have 2048, 3072 or 4096 bits"};
    }
    TokenParts& parts = *parts_;
    const PairOrder order{cka_id, mechanism_row(algorithm), rsa_bits};
    Progress progress;
    return parts.run<Bytes>(parts.managing, deadline, [&](CK_SESSION_HANDLE session) {
        return generate_pair_once(parts, session, order, progress, deadline);
    });
}

Result<void, TokenError> Token::generate_wrapping_key(const std::string& cka_id, Tick deadline)
{
    return generate_secret_key(*parts_, SecretOrder{cka_id, CKK_AES, CKM_AES_KEY_GEN, CKM_AES_GCM}, deadline);
}

Result<void, TokenError> Token::generate_mac_key(const std::string& cka_id, Tick deadline)
{
    return generate_secret_key(
        *parts_, SecretOrder{cka_id, CKK_GENERIC_SECRET, CKM_GENERIC_SECRET_KEY_GEN, CKM_SHA256_HMAC},
        deadline);
}

}  // namespace tessera::keyd::pkcs11
