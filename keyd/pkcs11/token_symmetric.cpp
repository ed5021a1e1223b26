// Sealing and message authentication with secret keys that never leave the token.

#include <algorithm>

#include <fmt/format.h>

#include "base/random.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

Called<CK_OBJECT_HANDLE> secret_handle(TokenParts& parts, CK_SESSION_HANDLE session,
                                       const std::string& cka_id, Tick deadline)
{
    const std::uint32_t epoch = parts.epoch.load();
    if (const auto known = parts.secret_keys.find(cka_id, epoch)) {
        return known->object;
    }
    TRY(const auto lock, parts.lock_management(deadline));
    TRY(const auto found, parts.search_key(lock, session, CKO_SECRET_KEY, cka_id));
    if (found.size() != 1) {
        return verdict(Fault::missing_key, fmt::format("{} secret keys on token {} have the id {}",
                                                       found.size(), parts.options.label, cka_id));
    }
    auto handle = std::make_shared<KeyHandle>();
    handle->object = found.front();
    handle->epoch = epoch;
    parts.secret_keys.put(cka_id, handle);
    return handle->object;
}

CK_GCM_PARAMS gcm_parameters(ByteView nonce, ByteView associated_data)
{
    return CK_GCM_PARAMS{to_ck(nonce),           nonce.size(),
                         nonce.size() * 8,       associated_data.empty() ? nullptr : to_ck(associated_data),
                         associated_data.size(), tag_bytes * 8};
}

// The codes modules answer when the tag is wrong; some of them are also a sign of a lost device.
bool may_mean_unauthentic(CK_RV code)
{
    return code == CKR_ENCRYPTED_DATA_INVALID || code == CKR_ENCRYPTED_DATA_LEN_RANGE
           || code == CKR_GENERAL_ERROR || code == CKR_FUNCTION_FAILED || code == CKR_DATA_INVALID
           || code == CKR_SIGNATURE_INVALID;
}

Called<SecretBytes> decrypt_once(TokenParts& parts, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                                 ByteView sealed, ByteView associated_data)
{
    CK_GCM_PARAMS parameters = gcm_parameters(sealed.first(nonce_bytes), associated_data);
    CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
    TRY(parts.cryptoki.call<&CK_FUNCTION_LIST::C_DecryptInit>("C_DecryptInit", session, &mechanism, key));
    const ByteView ciphertext = sealed.subspan(nonce_bytes);
    SecretBytes plaintext{ciphertext.size()};
    const auto out = plaintext.reveal_writable(RevealTag{"pkcs11 decrypt: the library writes here"});
    CK_ULONG length = out.size();
    const auto done = parts.cryptoki.call<&CK_FUNCTION_LIST::C_Decrypt>(
        "C_Decrypt", session, to_ck(ciphertext), ciphertext.size(), out.data(), &length);
    if (done.has_error()) {
        if (!may_mean_unauthentic(done.error().code)) {
            return done.error();
        }
        // A token that still makes probe signatures is well: then it was the data. Its verdict is the probe's otherwise.
        TRY(parts.probe_once(session));
        return verdict(Fault::unauthentic, "the ciphertext or its associated data was changed");
    }
    if (length != ciphertext.size() - tag_bytes) {
        return verdict(Fault::internal, "the token decrypted to another length than was encrypted");
    }
    return SecretBytes{ByteView{out.first(length)}};
}

Called<Bytes> encrypt_once(TokenParts& parts, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                           ByteView plaintext, ByteView associated_data)
{
    Bytes sealed(nonce_bytes + plaintext.size() + tag_bytes);
    const std::span<std::uint8_t> nonce{sealed.data(), nonce_bytes};
    fill_random(nonce);
    CK_GCM_PARAMS parameters = gcm_parameters(nonce, associated_data);
    CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
    TRY(parts.cryptoki.call<&CK_FUNCTION_LIST::C_EncryptInit>("C_EncryptInit", session, &mechanism, key));
    CK_ULONG length = sealed.size() - nonce_bytes;
    TRY(parts.cryptoki.call<&CK_FUNCTION_LIST::C_Encrypt>(
        "C_Encrypt", session, to_ck(plaintext), plaintext.size(), sealed.data() + nonce_bytes, &length));
    if (length != plaintext.size() + tag_bytes) {
        return verdict(Fault::internal, "the token encrypted to another length than AES-GCM has");
    }
    return sealed;
}

}  // namespace

Result<bool, TokenError> Token::has_secret_key(const std::string& cka_id, Tick deadline)
{
    TokenParts& parts = *parts_;
    return parts.run<bool>(parts.managing, deadline, [&](CK_SESSION_HANDLE session) -> Called<bool> {
        TRY(const auto lock, parts.lock_management(deadline));
        TRY(const auto found, parts.search_key(lock, session, CKO_SECRET_KEY, cka_id));
        return !found.empty();
    });
}

Result<Bytes, TokenError> Token::encrypt(const std::string& cka_id, ByteView plaintext,
                                         ByteView associated_data, Tick deadline)
{
    TokenParts& parts = *parts_;
    return parts.run<Bytes>(parts.signing, deadline, [&](CK_SESSION_HANDLE session) -> Called<Bytes> {
        TRY(const auto key, secret_handle(parts, session, cka_id, deadline));
        return encrypt_once(parts, session, key, plaintext, associated_data);
    });
}

Result<SecretBytes, TokenError> Token::decrypt(const std::string& cka_id, ByteView sealed,
                                               ByteView associated_data, Tick deadline)
{
    if (sealed.size() < nonce_bytes + tag_bytes) {
        return TokenError{Fault::unauthentic, "", "", "the ciphertext is shorter than its nonce and tag"};
    }
    TokenParts& parts = *parts_;
    return parts.run<SecretBytes>(parts.signing, deadline,
                                  [&](CK_SESSION_HANDLE session) -> Called<SecretBytes> {
                                      TRY(const auto key, secret_handle(parts, session, cka_id, deadline));
                                      return decrypt_once(parts, session, key, sealed, associated_data);
                                  });
}

Result<Sha256, TokenError> Token::mac(const std::string& cka_id, ByteView message, Tick deadline)
{
    TokenParts& parts = *parts_;
    return parts.run<Sha256>(parts.signing, deadline, [&](CK_SESSION_HANDLE session) -> Called<Sha256> {
        TRY(const auto key, secret_handle(parts, session, cka_id, deadline));
        CK_MECHANISM mechanism{CKM_SHA256_HMAC, nullptr, 0};
        TRY(parts.cryptoki.call<&CK_FUNCTION_LIST::C_SignInit>("C_SignInit", session, &mechanism, key));
        Sha256 tag{};
        CK_ULONG length = tag.size();
        TRY(parts.cryptoki.call<&CK_FUNCTION_LIST::C_Sign>("C_Sign", session, to_ck(message), message.size(),
                                                           tag.data(), &length));
        if (length != tag.size()) {
            return verdict(Fault::internal, "the token made an HMAC-SHA-256 that has not 32 bytes");
        }
        return tag;
    });
}

Result<bool, TokenError> Token::check_mac(const std::string& cka_id, ByteView message, ByteView expected,
                                          Tick deadline)
{
    TRY(const auto tag, mac(cka_id, message, deadline));
    return equal_constant_time(tag, expected);
}

}  // namespace tessera::keyd::pkcs11
