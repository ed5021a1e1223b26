#include "daemon/login/webauthn_authenticator_data.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/secret.hpp"
#include "daemon/login/webauthn_cbor.hpp"

namespace tessera::login {

namespace {

constexpr std::size_t hash_bytes = 32;
constexpr std::size_t fixed_bytes = hash_bytes + 1 + 4;
constexpr std::size_t aaguid_bytes = 16;
constexpr std::uint8_t flag_attested = 0x40;
constexpr std::uint8_t flag_extensions = 0x80;

WebauthnError malformed(std::string_view what)
{
    return {WebauthnFault::malformed, fmt::format("authenticator data: {}", what)};
}

// §6.5.1: AAGUID, the length of the credential id, the id, the COSE_Key.
Result<AttestedCredential, WebauthnError> take_attested(ByteView& rest)
{
    if (rest.size() < aaguid_bytes + 2) {
        return malformed("attested credential data is cut");
    }
    AttestedCredential attested{};
    std::ranges::copy(rest.first(aaguid_bytes), attested.aaguid.begin());
    const std::size_t id_bytes = static_cast<std::size_t>(rest[aaguid_bytes]) << 8 | rest[aaguid_bytes + 1];
    rest = rest.subspan(aaguid_bytes + 2);
    if (id_bytes > credential_id_bytes_max) {
        return WebauthnError{WebauthnFault::too_large, "credential id"};
    }
    if (id_bytes == 0 || id_bytes > rest.size()) {
        return malformed("credential id is empty or cut");
    }
    attested.credential_id = rest.first(id_bytes);
    rest = rest.subspan(id_bytes);
    const auto key = read_cbor(rest);
    if (!key || key->kind != CborValue::Kind::map) {
        return malformed("public key is no CBOR map");
    }
    attested.public_key = key->whole;
    return attested;
}

}  // namespace

Result<AuthenticatorData, WebauthnError> parse_authenticator_data(ByteView bytes)
{
    if (bytes.size() > authenticator_data_bytes_max) {
        return WebauthnError{WebauthnFault::too_large, "authenticator data"};
    }
    if (bytes.size() < fixed_bytes) {
        return malformed("cut");
    }
    AuthenticatorData data{};
    data.whole = bytes;
    data.relying_party_id_hash = bytes.first(hash_bytes);
    data.flags = bytes[hash_bytes];
    for (const std::uint8_t byte : bytes.subspan(hash_bytes + 1, 4)) {
        data.sign_count = data.sign_count << 8 | byte;
    }
    ByteView rest = bytes.subspan(fixed_bytes);
    if ((data.flags & flag_attested) != 0) {
        TRY(data.attested, take_attested(rest));
    }
    if ((data.flags & flag_extensions) != 0) {
        const auto extensions = read_cbor(rest);
        if (!extensions || !read_cbor_map(*extensions)) {
            return malformed("extensions are no CBOR map");
        }
        data.extensions = extensions->whole;
    }
    if (!rest.empty()) {
        return malformed("bytes behind the end");
    }
    return data;
}

Result<void, WebauthnError> check_authenticator_data(const AuthenticatorData& data,
                                                     const WebauthnExpectation& expected)
{
    if (!equal_constant_time(data.relying_party_id_hash, sha256(expected.relying_party.id))) {
        return WebauthnError{WebauthnFault::wrong_relying_party, "rpIdHash"};
    }
    if (!data.user_present()) {
        return WebauthnError{WebauthnFault::user_not_present, "flag UP"};
    }
    if (expected.user_verification == UserVerification::required && !data.user_verified()) {
        return WebauthnError{WebauthnFault::user_not_verified, "flag UV"};
    }
    if (data.backed_up() && !data.backup_eligible()) {
        return WebauthnError{WebauthnFault::backup_state, "flag BS without BE"};
    }
    return ok();
}

}  // namespace tessera::login
