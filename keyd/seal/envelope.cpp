#include "keyd/seal/envelope.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/openssl.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"

namespace tessera::keyd {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t header_bytes = 1 + 16;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

std::uint8_t* unsigned_data(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

// Every part but the last has a fixed length, so no two inputs give the same bytes.
Bytes associated_data(ByteView header, const Uuid& project, ByteView context)
{
    Bytes out(header.begin(), header.end());
    out.insert(out.end(), project.bytes.begin(), project.bytes.end());
    out.insert(out.end(), context.begin(), context.end());
    return out;
}

}  // namespace

std::string make_envelope(const LockedKey& key, const Uuid& data_key, const Uuid& project, ByteView context,
                          ByteView plaintext)
{
    std::string envelope(envelope_overhead_bytes + plaintext.size(), '\0');
    std::uint8_t* out = unsigned_data(envelope);
    out[0] = format;
    std::ranges::copy(data_key.bytes, out + 1);
    std::uint8_t* nonce = out + header_bytes;
    fill_random({nonce, nonce_bytes});
    std::uint8_t* ciphertext = nonce + nonce_bytes;
    const Bytes bound = associated_data({out, header_bytes}, project, context);
    const EvpCipherContextPtr cipher{EVP_CIPHER_CTX_new()};
    int length = 0;
    const bool done =
        cipher && EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce) == 1
        && EVP_EncryptUpdate(cipher.get(), nullptr, &length, bound.data(), static_cast<int>(bound.size()))
               == 1
        && EVP_EncryptUpdate(cipher.get(), ciphertext, &length, plaintext.data(),
                             static_cast<int>(plaintext.size()))
               == 1
        && EVP_EncryptFinal_ex(cipher.get(), ciphertext + plaintext.size(), &length) == 1
        && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, ciphertext + plaintext.size())
               == 1;
    ASSERT(done);
    return envelope;
}

std::optional<Uuid> envelope_data_key(ByteView envelope)
{
    if (envelope.size() < envelope_overhead_bytes || envelope[0] != format) {
        return std::nullopt;
    }
    Uuid id;
    std::ranges::copy(envelope.subspan(1, id.bytes.size()), id.bytes.begin());
    return id;
}

std::optional<std::string> open_envelope(const LockedKey& key, const Uuid& project, ByteView context,
                                         ByteView envelope)
{
    if (!envelope_data_key(envelope)) {
        return std::nullopt;
    }
    const ByteView nonce = envelope.subspan(header_bytes, nonce_bytes);
    const ByteView ciphertext =
        envelope.subspan(header_bytes + nonce_bytes, envelope.size() - envelope_overhead_bytes);
    Bytes tag(envelope.end() - tag_bytes, envelope.end());
    const Bytes bound = associated_data(envelope.first(header_bytes), project, context);
    std::string plaintext(ciphertext.size(), '\0');
    const EvpCipherContextPtr cipher{EVP_CIPHER_CTX_new()};
    int length = 0;
    const bool opened =
        cipher
        && EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce.data()) == 1
        && EVP_DecryptUpdate(cipher.get(), nullptr, &length, bound.data(), static_cast<int>(bound.size()))
               == 1
        && EVP_DecryptUpdate(cipher.get(), unsigned_data(plaintext), &length, ciphertext.data(),
                             static_cast<int>(ciphertext.size()))
               == 1
        && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1
        && EVP_DecryptFinal_ex(cipher.get(), unsigned_data(plaintext) + plaintext.size(), &length) == 1;
    if (!opened) {
        // What GCM decrypts before it checks the tag is not for anybody.
        wipe({unsigned_data(plaintext), plaintext.size()});
        drain_errors();
        return std::nullopt;
    }
    return plaintext;
}

}  // namespace tessera::keyd
