// The mechanism table: one row per algorithm. Included only inside this room.
#pragma once

#include <cstddef>

#include <p11-kit/pkcs11.h>

#include "base/encoding.hpp"
#include "keyd/pkcs11/algorithm.hpp"

namespace tessera::keyd::pkcs11 {

struct MechanismRow {
    Algorithm algorithm;
    CK_KEY_TYPE key_type;
    CK_MECHANISM_TYPE generate;
    CK_MECHANISM_TYPE sign;
    ByteView curve;               // CKA_EC_PARAMS; empty for RSA
    std::size_t signature_bytes;  // 0 = as long as the modulus
};

const MechanismRow& mechanism_row(Algorithm algorithm);

// What C_SignInit takes, parameters included; static lifetime.
CK_MECHANISM signing_mechanism(Algorithm algorithm);

// "CKM_ECDSA" for the mechanisms this room knows, hexadecimal for the rest.
std::string mechanism_name(CK_MECHANISM_TYPE mechanism);

}  // namespace tessera::keyd::pkcs11
