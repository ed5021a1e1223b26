#include "keyd/seal/backup.hpp"

#include <algorithm>

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/log.hpp"

namespace tessera::keyd {

namespace {

constexpr int bits_min = 3072;
constexpr int bits_max = 8192;
constexpr std::size_t pem_bytes_max = 8192;

}  // namespace

Answer<EvpKeyPtr> read_backup_key(const std::string& pem)
{
    const BioPtr bio{BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), pem_bytes_max)))};
    EvpKeyPtr key{bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr};
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
        drain_errors();
        return Refusal{v1::MALFORMED_REQUEST,
                       "the backup key is an RSA public key in PEM (SubjectPublicKeyInfo)"};
    }
    const int bits = EVP_PKEY_get_bits(key.get());
    if (bits < bits_min) {
        return Refusal{v1::RSA_TOO_SMALL, "the backup key has fewer than 3072 bits"};
    }
    if (bits > bits_max) {
        return Refusal{v1::MALFORMED_REQUEST, "the backup key has more than 8192 bits"};
    }
    return key;
}

Answer<Bytes> wrap_for_backup(EVP_PKEY& key, ByteView plain, ByteView label)
{
    const EvpKeyContextPtr context{EVP_PKEY_CTX_new(&key, nullptr)};
    // OpenSSL frees the label with the context.
    void* owned_label = OPENSSL_memdup(label.data(), label.size());
    Bytes wrapped(static_cast<std::size_t>(EVP_PKEY_get_size(&key)));
    std::size_t length = wrapped.size();
    const bool ready = context && owned_label != nullptr && EVP_PKEY_encrypt_init(context.get()) == 1
                       && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1
                       && EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1
                       && EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1;
    if (!ready
        || EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), owned_label, static_cast<int>(label.size()))
               != 1) {
        OPENSSL_free(owned_label);
        log::error("keyd_backup_wrap_failed", {{"detail", drain_errors()}});
        return Refusal{v1::INTERNAL, "a data key could not be wrapped to the backup key; see keyd's log"};
    }
    if (EVP_PKEY_encrypt(context.get(), wrapped.data(), &length, plain.data(), plain.size()) != 1) {
        log::error("keyd_backup_wrap_failed", {{"detail", drain_errors()}});
        return Refusal{v1::INTERNAL, "a data key could not be wrapped to the backup key; see keyd's log"};
    }
    wrapped.resize(length);
    return wrapped;
}

}  // namespace tessera::keyd
