#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "keyd/pkcs11/mechanism_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

// DER of the OBJECT IDENTIFIER 1.2.840.10045.3.1.7.
constexpr std::array<std::uint8_t, 10> p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
// DER of the PrintableString "edwards25519": what SoftHSM and YubiHSM take; the OID form is for newer modules only.
constexpr std::array<std::uint8_t, 14> edwards25519{0x13, 0x0c, 'e', 'd', 'w', 'a', 'r',
                                                    'd',  's',  '2', '5', '5', '1', '9'};

constexpr std::array rows{
    MechanismRow{Algorithm::es256, CKK_EC, CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, p256, 64},
    MechanismRow{Algorithm::rs256, CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS, {}, 0},
    MechanismRow{Algorithm::ps256, CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS_PSS, {}, 0},
    MechanismRow{Algorithm::eddsa, CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA, edwards25519, 64},
};

// RFC 7518 §3.5: SHA-256, MGF1 with SHA-256, salt as long as the digest. Never written to.
CK_RSA_PKCS_PSS_PARAMS pss_parameters{CKM_SHA256, CKG_MGF1_SHA256, 32};

struct Name {
    CK_MECHANISM_TYPE mechanism;
    const char* name;
};
constexpr std::array names{
    Name{CKM_RSA_PKCS_KEY_PAIR_GEN, "CKM_RSA_PKCS_KEY_PAIR_GEN"},
    Name{CKM_RSA_PKCS, "CKM_RSA_PKCS"},
    Name{CKM_RSA_PKCS_PSS, "CKM_RSA_PKCS_PSS"},
    Name{CKM_RSA_PKCS_OAEP, "CKM_RSA_PKCS_OAEP"},
    Name{CKM_SHA256_RSA_PKCS, "CKM_SHA256_RSA_PKCS"},
    Name{CKM_SHA256_RSA_PKCS_PSS, "CKM_SHA256_RSA_PKCS_PSS"},
    Name{CKM_EC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN"},
    Name{CKM_ECDSA, "CKM_ECDSA"},
    Name{CKM_ECDSA_SHA256, "CKM_ECDSA_SHA256"},
    Name{CKM_EC_EDWARDS_KEY_PAIR_GEN, "CKM_EC_EDWARDS_KEY_PAIR_GEN"},
    Name{CKM_EDDSA, "CKM_EDDSA"},
    Name{CKM_AES_KEY_GEN, "CKM_AES_KEY_GEN"},
    Name{CKM_AES_GCM, "CKM_AES_GCM"},
    Name{CKM_AES_KEY_WRAP, "CKM_AES_KEY_WRAP"},
    Name{CKM_GENERIC_SECRET_KEY_GEN, "CKM_GENERIC_SECRET_KEY_GEN"},
    Name{CKM_SHA256_HMAC, "CKM_SHA256_HMAC"},
    Name{CKM_SHA256, "CKM_SHA256"},
};

}  // namespace

const MechanismRow& mechanism_row(Algorithm algorithm)
{
    const auto* row = std::ranges::find(rows, algorithm, &MechanismRow::algorithm);
    ASSERT(row != rows.end());
    return *row;
}

CK_MECHANISM signing_mechanism(Algorithm algorithm)
{
    if (algorithm == Algorithm::ps256) {
        return CK_MECHANISM{CKM_RSA_PKCS_PSS, &pss_parameters, sizeof pss_parameters};
    }
    return CK_MECHANISM{mechanism_row(algorithm).sign, nullptr, 0};
}

std::string mechanism_name(CK_MECHANISM_TYPE mechanism)
{
    const auto* row = std::ranges::find(names, mechanism, &Name::mechanism);
    return row == names.end() ? fmt::format("{:#x}", mechanism) : row->name;
}

}  // namespace tessera::keyd::pkcs11
