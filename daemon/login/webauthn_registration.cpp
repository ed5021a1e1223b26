#include "daemon/login/webauthn_registration.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "base/assert.hpp"
#include "daemon/login/webauthn_attestation.hpp"
#include "daemon/login/webauthn_client_data.hpp"
#include "daemon/login/webauthn_json.hpp"

namespace tessera::login {

namespace {

std::vector<std::string> read_transports(const json::object& response)
{
    std::vector<std::string> transports;
    const json::value* list = response.if_contains("transports");
    if (list == nullptr || !list->is_array()) {
        return transports;
    }
    for (const json::value& each : list->get_array()) {
        const bool usable =
            each.is_string() && !each.get_string().empty() && each.get_string().size() <= transport_chars_max
            && std::ranges::all_of(each.get_string(), [](char c) { return c > ' ' && c < '\x7f'; });
        if (usable && transports.size() < transports_max) {
            transports.emplace_back(each.get_string().data(), each.get_string().size());
        }
    }
    return transports;
}

}  // namespace

std::string to_json(const CreationOptions& options)
{
    ASSERT(options.challenge.size() >= challenge_bytes && !options.user_handle.empty()
           && options.user_handle.size() <= user_handle_bytes_max);
    json::array algorithms;
    for (const CoseAlgorithm each : cose_algorithms) {
        algorithms.push_back(json::object{{"type", "public-key"}, {"alg", static_cast<int>(each)}});
    }
    return json::serialize(
        json::object{{"rp", {{"id", options.relying_party.id}, {"name", options.relying_party.name}}},
                     {"user",
                      {{"id", base64url_encode(options.user_handle)},
                       {"name", options.user_name},
                       {"displayName", options.user_display_name}}},
                     {"challenge", base64url_encode(options.challenge)},
                     {"pubKeyCredParams", std::move(algorithms)},
                     {"timeout", options.timeout.count()},
                     {"excludeCredentials", to_json(std::span{options.exclude})},
                     {"authenticatorSelection",
                      {{"residentKey", to_string(options.resident_key)},
                       {"requireResidentKey", options.resident_key == ResidentKey::required},
                       {"userVerification", to_string(options.user_verification)}}},
                     {"attestation", "none"}});
}

std::string_view to_string(Attestation attestation)
{
    switch (attestation) {
    case Attestation::none: return "none";
    case Attestation::self: return "self";
    case Attestation::basic: return "basic";
    case Attestation::unverified: return "unverified";
    }
    return "";
}

Result<RegistrationResponse, WebauthnError> parse_registration_response(std::string_view json)
{
    TRY(auto&& credential, parse_credential(json));
    TRY(auto&& client_data, load_bytes(credential.response, "clientDataJSON", client_data_bytes_max));
    TRY(auto&& attestation,
        load_bytes(credential.response, "attestationObject", attestation_object_bytes_max));
    return RegistrationResponse{std::move(credential.id), std::string{as_text(client_data)},
                                std::move(attestation), read_transports(credential.response)};
}

Result<RegisteredPasskey, WebauthnError> verify_registration(const WebauthnExpectation& expected,
                                                             const RegistrationResponse& response)
{
    TRY(check_client_data(response.client_data_json, Ceremony::create, expected));
    TRY(const auto object, parse_attestation_object(response.attestation_object));
    TRY(const auto data, parse_authenticator_data(object.authenticator_data));
    TRY(check_authenticator_data(data, expected));
    if (!data.attested) {
        return WebauthnError{WebauthnFault::malformed, "authenticator data has no credential"};
    }
    const ByteView id = data.attested->credential_id;
    if (!std::ranges::equal(id, response.credential_id)) {
        return WebauthnError{WebauthnFault::unknown_credential, "rawId is not the attested id"};
    }
    // Step 16: parse_passkey_public_key knows just the algorithms we offered.
    TRY(const auto key, parse_passkey_public_key(data.attested->public_key));
    TRY(const auto attestation,
        verify_attestation(object, data, key, sha256(response.client_data_json), expected.relying_party));
    const ByteView cose = data.attested->public_key;
    return RegisteredPasskey{.credential_id = Bytes(id.begin(), id.end()),
                             .public_key = Bytes(cose.begin(), cose.end()),
                             .public_key_pem = key.pem(),
                             .algorithm = key.algorithm,
                             .aaguid = data.attested->aaguid,
                             .sign_count = data.sign_count,
                             .user_verified = data.user_verified(),
                             .backup_eligible = data.backup_eligible(),
                             .backed_up = data.backed_up(),
                             .attestation = attestation,
                             .attestation_format = std::string{object.format},
                             .attestation_object = response.attestation_object,
                             .transports = response.transports};
}

}  // namespace tessera::login
