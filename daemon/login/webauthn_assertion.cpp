#include "daemon/login/webauthn_assertion.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/assert.hpp"
#include "base/digest.hpp"
#include "base/openssl.hpp"
#include "base/secret.hpp"
#include "daemon/login/webauthn_authenticator_data.hpp"
#include "daemon/login/webauthn_cbor.hpp"
#include "daemon/login/webauthn_client_data.hpp"
#include "daemon/login/webauthn_json.hpp"
#include "daemon/login/webauthn_key.hpp"

namespace tessera::login {

namespace {

// As in webauthn_attestation.cpp: libfido2 refuses extensions it was not told that we asked for; they are to be ignored
// (§7.2 step 18).
int ask_for_what_is_there(fido_assert_t* assertion, const AuthenticatorData& data)
{
    ByteView rest = data.extensions;
    const auto item = read_cbor(rest);
    const auto pairs = item ? read_cbor_map(*item) : std::nullopt;
    if (!pairs) {
        return FIDO_OK;
    }
    return fido_assert_set_extensions(
        assertion, (find_value(*pairs, "hmac-secret") != nullptr ? FIDO_EXT_HMAC_SECRET : 0)
                       | (find_value(*pairs, "credBlob") != nullptr ? FIDO_EXT_CRED_BLOB : 0));
}

// Steps 19 and 20: the signature over the authenticator data and the hash of the client data.
Result<void, WebauthnError> verify_signature(const AuthenticatorData& data, const PasskeyPublicKey& key,
                                             const AssertionResponse& response,
                                             const RelyingParty& relying_party)
{
    const AssertPtr assertion{fido_assert_new()};
    fido_assert_t* a = assertion.get();
    const Sha256 hash = sha256(response.client_data_json);
    int code = a == nullptr ? FIDO_ERR_INTERNAL : FIDO_OK;
    const auto then = [&code](auto&& step) { code = code == FIDO_OK ? step() : code; };
    then([&] { return fido_assert_set_clientdata_hash(a, hash.data(), hash.size()); });
    then([&] { return fido_assert_set_rp(a, relying_party.id.c_str()); });
    then([&] { return fido_assert_set_up(a, FIDO_OPT_TRUE); });
    then([&] { return fido_assert_set_count(a, 1); });
    then([&] { return fido_assert_set_authdata_raw(a, 0, data.whole.data(), data.whole.size()); });
    then([&] { return fido_assert_set_sig(a, 0, response.signature.data(), response.signature.size()); });
    then([&] { return ask_for_what_is_there(a, data); });
    then([&] { return fido_assert_verify(a, 0, static_cast<int>(key.algorithm), key.fido()); });
    if (code == FIDO_OK) {
        return ok();
    }
    drain_errors();
    return WebauthnError{code == FIDO_ERR_INVALID_SIG ? WebauthnFault::bad_signature
                                                      : WebauthnFault::malformed,
                         fmt::format("verifying the assertion: {}", fido_strerr(code))};
}

// Steps 1, 5 and 6: which passkey, and whose.
Result<void, WebauthnError> check_identity(Discovery discovery, const StoredPasskey& stored,
                                           const AssertionResponse& response)
{
    if (response.credential_id != stored.credential_id) {
        return WebauthnError{WebauthnFault::unknown_credential, "rawId"};
    }
    if (response.user_handle ? *response.user_handle != stored.user_handle
                             : discovery == Discovery::discoverable) {
        return WebauthnError{WebauthnFault::wrong_user,
                             response.user_handle ? "userHandle" : "no userHandle"};
    }
    return ok();
}

}  // namespace

std::string to_json(const RequestOptions& options)
{
    ASSERT(options.challenge.size() >= challenge_bytes);
    return json::serialize(json::object{{"rpId", options.relying_party_id},
                                        {"challenge", base64url_encode(options.challenge)},
                                        {"timeout", options.timeout.count()},
                                        {"allowCredentials", to_json(std::span{options.allow})},
                                        {"userVerification", to_string(options.user_verification)}});
}

Result<AssertionResponse, WebauthnError> parse_assertion_response(std::string_view json)
{
    TRY(auto&& credential, parse_credential(json));
    const json::object& response = credential.response;
    TRY(auto&& client_data, load_bytes(response, "clientDataJSON", client_data_bytes_max));
    TRY(auto&& data, load_bytes(response, "authenticatorData", authenticator_data_bytes_max));
    TRY(auto&& signature, load_bytes(response, "signature", signature_bytes_max));
    TRY(auto&& user_handle, find_bytes(response, "userHandle", user_handle_bytes_max));
    return AssertionResponse{std::move(credential.id), std::string{as_text(client_data)}, std::move(data),
                             std::move(signature), std::move(user_handle)};
}

Result<AssertedPasskey, WebauthnError> verify_assertion(const WebauthnExpectation& expected,
                                                        Discovery discovery, const StoredPasskey& stored,
                                                        const AssertionResponse& response)
{
    TRY(check_identity(discovery, stored, response));
    if (response.signature.size() > signature_bytes_max) {
        return WebauthnError{WebauthnFault::too_large, "signature"};
    }
    TRY(check_client_data(response.client_data_json, Ceremony::get, expected));
    TRY(const auto data, parse_authenticator_data(response.authenticator_data));
    // §6.1: an assertion never has a credential in it; libfido2 would read it as extensions.
    if (data.attested) {
        return WebauthnError{WebauthnFault::malformed, "authenticator data has a credential"};
    }
    TRY(check_authenticator_data(data, expected));
    // Level 3 §7.2 step 18: whether a passkey can be backed up is settled when it is made.
    if (data.backup_eligible() != stored.backup_eligible) {
        return WebauthnError{WebauthnFault::backup_state, "flag BE changed"};
    }
    TRY(const auto key, parse_passkey_public_key(stored.public_key));
    TRY(verify_signature(data, key, response, expected.relying_party));
    if ((data.sign_count != 0 || stored.sign_count != 0) && data.sign_count <= stored.sign_count) {
        return WebauthnError{WebauthnFault::cloned,
                             fmt::format("counter {} after {}", data.sign_count, stored.sign_count)};
    }
    return AssertedPasskey{data.sign_count, data.user_verified(), data.backed_up()};
}

}  // namespace tessera::login
