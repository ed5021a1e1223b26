// The envelope: format (1 byte, value 1), data-key id (16), nonce (12), ciphertext, tag (16). AES-256-GCM with a random nonce;
// associated data = format, data-key id, project (16 bytes), context. Pure but for the nonce.
#pragma once

#include <optional>
#include <string>

#include "base/encoding.hpp"
#include "base/uuid.hpp"
#include "keyd/seal/locked_key.hpp"

namespace tessera::keyd {

inline constexpr std::size_t envelope_overhead_bytes = 1 + 16 + 12 + 16;

std::string make_envelope(const LockedKey& key, const Uuid& data_key, const Uuid& project, ByteView context,
                          ByteView plaintext);

// The data key an envelope names; nullopt when it is not an envelope.
std::optional<Uuid> envelope_data_key(ByteView envelope);

// nullopt when project, context, key or any byte is not what it was sealed with.
std::optional<std::string> open_envelope(const LockedKey& key, const Uuid& project, ByteView context,
                                         ByteView envelope);

}  // namespace tessera::keyd
