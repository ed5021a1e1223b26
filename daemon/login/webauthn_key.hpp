// The public key of a passkey: a COSE_Key (RFC 9052 §7) of one of the algorithms we offer. libfido2 holds and judges it
// (docs/adr/0072-libfido2-and-what-stands-before-it.md).
#pragma once

#include <memory>
#include <string>
#include <variant>

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "daemon/login/webauthn.hpp"

namespace tessera::login {

// For libfido2's objects, whose deleters take a pointer to the pointer.
template <auto Free>
struct FidoFree {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Free(&object);
    }
};

using CredPtr = std::unique_ptr<fido_cred_t, FidoFree<fido_cred_free>>;
using AssertPtr = std::unique_ptr<fido_assert_t, FidoFree<fido_assert_free>>;
using Es256Ptr = std::unique_ptr<es256_pk_t, FidoFree<es256_pk_free>>;
using EddsaPtr = std::unique_ptr<eddsa_pk_t, FidoFree<eddsa_pk_free>>;
using Rs256Ptr = std::unique_ptr<rs256_pk_t, FidoFree<rs256_pk_free>>;

struct PasskeyPublicKey {
    CoseAlgorithm algorithm;
    Bytes raw;  // as libfido2 has it: x and y; x; modulus and exponent
    std::variant<Es256Ptr, EddsaPtr, Rs256Ptr> key;

    const void* fido() const;
    std::string pem() const;  // PKIX SubjectPublicKeyInfo
};

// `cose` is one whole CBOR item. unsupported_algorithm: another alg, kty or crv; unacceptable_key: numbers that make no key.
Result<PasskeyPublicKey, WebauthnError> parse_passkey_public_key(ByteView cose);

}  // namespace tessera::login
