// Public keys in software: SubjectPublicKeyInfo from what tokens give, and verification of what tokens signed.
#pragma once

#include <optional>

#include "base/encoding.hpp"
#include "base/openssl.hpp"
#include "keyd/pkcs11/algorithm.hpp"

namespace tessera::keyd::pkcs11 {

// CKA_EC_POINT of P-256 or Ed25519: a DER OCTET STRING as PKCS#11 2.40 §2.3.3 says, or the raw point as some modules give
// it; P-256 also compressed. nullopt when it is neither or not on the curve.
std::optional<Bytes> spki_from_ec_point(Algorithm algorithm, ByteView ec_point);

// CKA_MODULUS and CKA_PUBLIC_EXPONENT, big-endian.
std::optional<Bytes> spki_from_rsa(ByteView modulus, ByteView exponent);

// nullptr when the DER is not exactly one key of that algorithm's kind (P-256, RSA of 2048 bits or more, Ed25519).
EvpKeyPtr parse_spki(Algorithm algorithm, ByteView spki_der);

// What the token is given to sign: the SHA-256 digest, with RS256's DigestInfo (RFC 8017 §9.2) around it; for EdDSA the
// message itself.
struct SigningInput {
    std::array<std::uint8_t, 51> buffer;
    ByteView view;  // into `buffer`, or the message
};
void prepare_signing_input(Algorithm algorithm, ByteView message, SigningInput& out);

// True when `signature` is a JOSE signature of `message`. Exact lengths.
bool verifies(EVP_PKEY* key, Algorithm algorithm, ByteView message, ByteView signature);

}  // namespace tessera::keyd::pkcs11
