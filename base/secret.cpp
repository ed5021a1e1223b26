#include "base/secret.hpp"

#include <utility>

#include <openssl/crypto.h>

#include "base/random.hpp"

namespace tessera {

SecretBytes SecretBytes::take(Bytes& bytes)
{
    SecretBytes secret;
    secret.bytes_ = std::exchange(bytes, {});
    return secret;
}

SecretBytes SecretBytes::take(std::string& text)
{
    SecretBytes secret{as_bytes(text)};
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
    return secret;
}

SecretBytes SecretBytes::random(std::size_t bytes)
{
    SecretBytes secret{bytes};
    fill_random(secret.bytes_);
    return secret;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept
{
    if (this != &other) {
        wipe();
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

SecretBytes::~SecretBytes() { wipe(); }

void SecretBytes::wipe()
{
    if (!bytes_.empty()) {
        OPENSSL_cleanse(bytes_.data(), bytes_.size());
    }
}

bool operator==(const SecretBytes& a, const SecretBytes& b)
{
    return equal_constant_time(a.bytes_, b.bytes_);
}

bool equal_constant_time(ByteView a, ByteView b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<std::uint8_t> bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }

}  // namespace tessera
