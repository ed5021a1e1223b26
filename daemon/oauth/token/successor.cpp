#include "daemon/oauth/token/successor.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/assert.hpp"
#include "base/openssl.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"

namespace tessera::oauth {

namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::string_view purpose = "tessera refresh token successor";

using Key = std::array<std::uint8_t, key_bytes>;
using KdfPtr = std::unique_ptr<EVP_KDF, OpensslFree<EVP_KDF_free>>;
using KdfContextPtr = std::unique_ptr<EVP_KDF_CTX, OpensslFree<EVP_KDF_CTX_free>>;

// OSSL_PARAM takes what it only reads as mutable.
OSSL_PARAM octets(const char* name, std::string_view bytes)
{
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

// The token has 256 random bits, so no salt is needed (RFC 5869 §3.1).
void derive_key(std::string_view presented, Key& key)
{
    const KdfPtr kdf{EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr)};
    const KdfContextPtr context{EVP_KDF_CTX_new(kdf.get())};
    std::string digest = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        octets(OSSL_KDF_PARAM_KEY, presented), octets(OSSL_KDF_PARAM_INFO, purpose),
        OSSL_PARAM_construct_end()};
    ASSERT(EVP_KDF_derive(context.get(), key.data(), key.size(), parameters) == 1);
}

}  // namespace

Bytes seal_successor(std::string_view presented, std::string_view successor)
{
    Key key;
    derive_key(presented, key);
    Bytes sealed(nonce_bytes + successor.size() + tag_bytes);
    fill_random(std::span{sealed}.first(nonce_bytes));
    const EvpCipherContextPtr context{EVP_CIPHER_CTX_new()};
    int written = 0;
    const bool done =
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), sealed.data()) == 1
        && EVP_EncryptUpdate(context.get(), sealed.data() + nonce_bytes, &written, as_bytes(successor).data(),
                             static_cast<int>(successor.size()))
               == 1
        && EVP_EncryptFinal_ex(context.get(), sealed.data() + nonce_bytes + written, &written) == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                               sealed.data() + nonce_bytes + successor.size())
               == 1;
    wipe(key);
    ASSERT(done);
    return sealed;
}

std::optional<std::string> open_successor(std::string_view presented, ByteView sealed)
{
    if (sealed.size() < nonce_bytes + tag_bytes) {
        return std::nullopt;
    }
    Key key;
    derive_key(presented, key);
    const ByteView text = sealed.subspan(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
    std::array<std::uint8_t, tag_bytes> tag;
    std::ranges::copy(sealed.last(tag_bytes), tag.begin());
    std::string successor(text.size(), '\0');
    auto* out = reinterpret_cast<unsigned char*>(successor.data());
    const EvpCipherContextPtr context{EVP_CIPHER_CTX_new()};
    int written = 0;
    const bool good =
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), sealed.data()) == 1
        && EVP_DecryptUpdate(context.get(), out, &written, text.data(), static_cast<int>(text.size())) == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1
        && EVP_DecryptFinal_ex(context.get(), out + written, &written) == 1;
    wipe(key);
    if (!good) {
        drain_errors();
        return std::nullopt;
    }
    return successor;
}

}  // namespace tessera::oauth
