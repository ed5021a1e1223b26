// The backup key: an RSA public key that every data key is wrapped to besides the token's, so that losing the token loses no data.
#pragma once

#include <string>

#include "base/encoding.hpp"
#include "base/openssl.hpp"
#include "keyd/keyring/refusal.hpp"

namespace tessera::keyd {

// A SubjectPublicKeyInfo in PEM, RSA of 3,072 to 8,192 bits. MALFORMED_REQUEST or RSA_TOO_SMALL.
Answer<EvpKeyPtr> read_backup_key(const std::string& public_key_pem);

// RSA-OAEP with SHA-256 and MGF1-SHA-256, `label` as its label (RFC 8017 §7.1).
Answer<Bytes> wrap_for_backup(EVP_PKEY& key, ByteView plain, ByteView label);

}  // namespace tessera::keyd
