// Signatures, and the proof that they are right.

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/random.hpp"
#include "keyd/pkcs11/error_table.hpp"
#include "keyd/pkcs11/public_key.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr std::size_t signature_bytes_max = 512;  // RSA of 4,096 bits

// Finds the private key; proves nothing about it yet: the first signature does.
Called<std::shared_ptr<KeyHandle>> resolve(TokenParts& parts, CK_SESSION_HANDLE session, const KeyRef& key,
                                           std::uint32_t epoch, Tick deadline)
{
    TRY(const auto lock, parts.lock_management(deadline));
    if (auto known = parts.signing_keys.find(key.cka_id, epoch)) {
        return known;  // another thread found it while we waited
    }
    TRY(const auto found, parts.search_key(lock, session, CKO_PRIVATE_KEY, key.cka_id));
    if (found.size() != 1) {
        return verdict(Fault::missing_key, fmt::format("{} private keys on token {} have the id {}",
                                                       found.size(), parts.options.label, key.cka_id));
    }
    auto handle = std::make_shared<KeyHandle>();
    handle->public_key = parse_spki(key.algorithm, key.spki_der);
    if (!handle->public_key) {
        return verdict(Fault::refused, fmt::format("the public key on record for {} is no {} key", key.cka_id,
                                                   to_string(key.algorithm)));
    }
    handle->object = found.front();
    handle->epoch = epoch;
    handle->spki_der = key.spki_der;
    parts.signing_keys.put(key.cka_id, handle);
    return handle;
}

bool must_verify(const TokenParts& parts, KeyHandle& handle, Algorithm algorithm)
{
    // RSA with the Chinese remainder theorem and EdDSA betray the key through one faulty signature.
    if (algorithm != Algorithm::es256 || parts.verify_all.load(std::memory_order_relaxed)
        || !handle.verified.load(std::memory_order_relaxed)) {
        return true;
    }
    return handle.uses.fetch_add(1, std::memory_order_relaxed) % std::max(parts.options.verify_one_in, 1U)
           == 0;
}

// Why a signature did not verify: a key that is not the one on record, or a token that computes wrongly.
CallFailure explain_bad_signature(TokenParts& parts, CK_SESSION_HANDLE session, const KeyRef& key,
                                  Tick deadline)
{
    parts.bad_signatures.fetch_add(1);
    parts.verify_all.store(true);
    parts.signing_keys.drop(key.cka_id);
    auto lock = parts.lock_management(deadline);
    if (lock) {
        const auto on_token = parts.public_key_on_token(lock.value(), session, key.cka_id, key.algorithm);
        if (on_token && on_token.value() && *on_token.value() != key.spki_der) {
            parts.raise_alarm(
                fmt::format("key {} was replaced: its public key is not the one on record", key.cka_id));
            return verdict(Fault::missing_key,
                           fmt::format("key {} on the token is not the one on record", key.cka_id));
        }
    }
    parts.raise_alarm(
        fmt::format("the token made a wrong signature with key {}; it was not sent", key.cka_id));
    return verdict(Fault::internal, fmt::format("a signature by key {} does not verify", key.cka_id));
}

Called<Bytes> sign_once(TokenParts& parts, CK_SESSION_HANDLE session, const KeyRef& key, ByteView message,
                        ByteView input, Tick deadline)
{
    const std::uint32_t epoch = parts.epoch.load();
    auto handle = parts.signing_keys.find(key.cka_id, epoch);
    if (!handle || handle->spki_der != key.spki_der) {
        parts.signing_keys.drop(key.cka_id);
        TRY(handle, resolve(parts, session, key, epoch, deadline));
    }
    const std::size_t expected = mechanism_row(key.algorithm).signature_bytes != 0
                                     ? mechanism_row(key.algorithm).signature_bytes
                                     : static_cast<std::size_t>(EVP_PKEY_get_size(handle->public_key.get()));
    TRY(auto signature, parts.sign_raw(session, handle->object, key.algorithm, input, expected));
    if (must_verify(parts, *handle, key.algorithm)) {
        if (!verifies(handle->public_key.get(), key.algorithm, message, signature)) {
            return explain_bad_signature(parts, session, key, deadline);
        }
        handle->verified.store(true, std::memory_order_relaxed);
    }
    return signature;
}

}  // namespace

Called<Bytes> TokenParts::sign_raw(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, Algorithm algorithm,
                                   ByteView input, std::size_t signature_bytes)
{
    CK_MECHANISM mechanism = signing_mechanism(algorithm);
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_SignInit>("C_SignInit", session, &mechanism, key));
    std::array<CK_BYTE, signature_bytes_max> out;
    CK_ULONG length = out.size();
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_Sign>("C_Sign", session, to_ck(input), input.size(), out.data(),
                                                 &length));
    // ECDSA as DER (tpm2-pkcs11 #277) would be caught here too.
    if (length != signature_bytes) {
        return verdict(Fault::internal, fmt::format("the token made a signature of {} bytes, {} has {}",
                                                    length, to_string(algorithm), signature_bytes));
    }
    return Bytes(out.begin(), out.begin() + length);
}

Result<Bytes, TokenError> Token::sign(const KeyRef& key, ByteView input, Tick deadline)
{
    TokenParts& parts = *parts_;
    SigningInput prepared;
    prepare_signing_input(key.algorithm, input, prepared);
    TRY(auto signature, parts.run<Bytes>(parts.signing, deadline, [&](CK_SESSION_HANDLE session) {
        return sign_once(parts, session, key, input, prepared.view, deadline);
    }));
    parts.signatures.fetch_add(1, std::memory_order_relaxed);
    return signature;
}

Called<void> TokenParts::make_probe_key()
{
    const MechanismRow& row = mechanism_row(Algorithm::es256);
    CK_MECHANISM mechanism{row.generate, nullptr, 0};
    AttributeTemplate public_key;
    public_key.number(CKA_KEY_TYPE, row.key_type)
        .no(CKA_TOKEN)
        .yes(CKA_VERIFY)
        .bytes(CKA_EC_PARAMS, row.curve);
    AttributeTemplate private_key;
    private_key.number(CKA_KEY_TYPE, row.key_type).no(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_SENSITIVE);
    private_key.no(CKA_EXTRACTABLE).yes(CKA_SIGN);
    probe_key = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE public_object = CK_INVALID_HANDLE;
    const auto made = cryptoki.call_within<&CK_FUNCTION_LIST::C_GenerateKeyPair>(
        module.options.generate_call_max, "C_GenerateKeyPair", anchor, &mechanism, public_key.data(),
        public_key.size(), private_key.data(), private_key.size(), &public_object, &probe_key);
    if (made.has_error()) {
        probe_key = CK_INVALID_HANDLE;
        const ErrorClass error_class = classify("C_GenerateKeyPair", made.error().code);
        if (error_class == ErrorClass::caller_bug || error_class == ErrorClass::busy) {
            // A token without room or without session objects can still sign.
            log::warning("token_without_probe",
                         {{"token_label", options.label}, {"ckr", ckr_name(made.error().code)}});
            return ok();
        }
        return made.error();
    }
    TRY(const auto spki, read_spki(anchor, public_object, Algorithm::es256));
    probe_public = parse_spki(Algorithm::es256, spki);
    return ok();
}

Called<void> TokenParts::probe_once(CK_SESSION_HANDLE session)
{
    const std::scoped_lock lock{probe_mutex};
    if (probe_key == CK_INVALID_HANDLE) {
        return require_login(session);
    }
    std::array<std::uint8_t, 32> challenge{};
    fill_random(challenge);
    SigningInput prepared;
    prepare_signing_input(Algorithm::es256, challenge, prepared);
    TRY(const auto signature, sign_raw(session, probe_key, Algorithm::es256, prepared.view,
                                       mechanism_row(Algorithm::es256).signature_bytes));
    if (!verifies(probe_public.get(), Algorithm::es256, challenge, signature)) {
        bad_signatures.fetch_add(1);
        verify_all.store(true);
        raise_alarm("the token's probe signature does not verify");
        return verdict(Fault::unavailable, "the token's probe signature does not verify");
    }
    return ok();
}

}  // namespace tessera::keyd::pkcs11
