#include "daemon/login/webauthn_attestation.hpp"

#include <fmt/format.h>

#include "base/openssl.hpp"
#include "base/secret.hpp"
#include "daemon/login/webauthn_cbor.hpp"

namespace tessera::login {

namespace {

constexpr std::size_t format_chars_max = 32;  // §8.1 with the IANA registry's rule

WebauthnError malformed(std::string_view what)
{
    return {WebauthnFault::malformed, fmt::format("attestation object: {}", what)};
}

WebauthnError invalid(std::string_view step, int code)
{
    drain_errors();
    return {WebauthnFault::invalid_attestation, fmt::format("{}: {}", step, fido_strerr(code))};
}

// libfido2 verifies for a client that asked for extensions itself, and refuses others. Nobody here asked for any, and what an
// authenticator adds on its own is to be ignored (§7.1 step 17): so say that we asked for what is there.
int ask_for_what_is_there(fido_cred_t* cred, const AuthenticatorData& data)
{
    ByteView rest = data.extensions;
    const auto item = read_cbor(rest);
    const auto pairs = item ? read_cbor_map(*item) : std::nullopt;
    if (!pairs) {
        return FIDO_OK;
    }
    const auto is_true = [&](std::string_view name) {
        const CborValue* value = find_value(*pairs, name);
        return value != nullptr && value->kind == CborValue::Kind::simple && value->number == 21;  // true
    };
    int code = fido_cred_set_extensions(cred, (is_true("hmac-secret") ? FIDO_EXT_HMAC_SECRET : 0)
                                                  | (is_true("credBlob") ? FIDO_EXT_CRED_BLOB : 0));
    if (const CborValue* value = find_value(*pairs, "credProtect"); value != nullptr && code == FIDO_OK) {
        code = fido_cred_set_prot(cred, static_cast<int>(value->as_integer().value_or(-1) & 0xFF));
    }
    if (const CborValue* value = find_value(*pairs, "minPinLength"); value != nullptr && code == FIDO_OK) {
        code =
            fido_cred_set_pin_minlen(cred, static_cast<std::size_t>(value->as_integer().value_or(0) & 0xFF));
    }
    return code;
}

bool agrees(const fido_cred_t* cred, const AuthenticatorData& data, const PasskeyPublicKey& key)
{
    const auto equal = [](const unsigned char* bytes, std::size_t size, ByteView ours) {
        return equal_constant_time({bytes, size}, ours);
    };
    return equal(fido_cred_id_ptr(cred), fido_cred_id_len(cred), data.attested->credential_id)
           && equal(fido_cred_aaguid_ptr(cred), fido_cred_aaguid_len(cred), data.attested->aaguid)
           && equal(fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred), key.raw)
           && fido_cred_flags(cred) == data.flags && fido_cred_sigcount(cred) == data.sign_count;
}

}  // namespace

Result<AttestationObject, WebauthnError> parse_attestation_object(ByteView bytes)
{
    if (bytes.size() > attestation_object_bytes_max) {
        return WebauthnError{WebauthnFault::too_large, "attestation object"};
    }
    const auto item = read_cbor(bytes);
    const auto pairs = item && bytes.empty() ? read_cbor_map(*item) : std::nullopt;
    if (!pairs) {
        return malformed("not one CBOR map");
    }
    const CborValue* format = find_value(*pairs, "fmt");
    const CborValue* statement = find_value(*pairs, "attStmt");
    const CborValue* data = find_value(*pairs, "authData");
    if (format == nullptr || !format->as_text() || !is_utf8(*format->as_text())
        || format->content.size() > format_chars_max) {
        return malformed("fmt");
    }
    if (statement == nullptr || !read_cbor_map(*statement)) {
        return malformed("attStmt");
    }
    if (data == nullptr || !data->as_bytes()) {
        return malformed("authData");
    }
    return AttestationObject{*format->as_text(), statement->whole, data->content};
}

Result<Attestation, WebauthnError> verify_attestation(const AttestationObject& object,
                                                      const AuthenticatorData& data,
                                                      const PasskeyPublicKey& key,
                                                      const Sha256& client_data_hash,
                                                      const RelyingParty& relying_party)
{
    ByteView rest = object.statement;
    const auto statement = read_cbor_map(*read_cbor(rest));
    if (object.format == "none") {  // §8.7
        return statement->empty() ? Result<Attestation, WebauthnError>{Attestation::none}
                                  : malformed("a statement in format none");
    }
    if (object.format != "packed" && object.format != "fido-u2f") {
        return Attestation::unverified;
    }
    const CredPtr cred{fido_cred_new()};
    fido_cred_t* c = cred.get();
    const std::string format{object.format};
    int code = c == nullptr ? FIDO_ERR_INTERNAL : FIDO_OK;
    const auto then = [&code](auto&& step) { code = code == FIDO_OK ? step() : code; };
    then([&] { return fido_cred_set_type(c, static_cast<int>(key.algorithm)); });
    then([&] { return fido_cred_set_clientdata_hash(c, client_data_hash.data(), client_data_hash.size()); });
    then([&] { return fido_cred_set_rp(c, relying_party.id.c_str(), nullptr); });
    then([&] { return fido_cred_set_fmt(c, format.c_str()); });
    then([&] { return fido_cred_set_authdata_raw(c, data.whole.data(), data.whole.size()); });
    then([&] { return ask_for_what_is_there(c, data); });
    then([&] { return fido_cred_set_attstmt(c, object.statement.data(), object.statement.size()); });
    if (code != FIDO_OK) {
        return invalid("reading the statement", code);
    }
    if (!agrees(c, data, key)) {
        return malformed("two parsers read two things");
    }
    // §8.2: without certificates the passkey signed for itself.
    const bool self = object.format == "packed" && find_value(*statement, "x5c") == nullptr;
    code = self ? fido_cred_verify_self(c) : fido_cred_verify(c);
    if (code != FIDO_OK) {
        return invalid("verifying the statement", code);
    }
    return self ? Attestation::self : Attestation::basic;
}

}  // namespace tessera::login
