#include "daemon/http/tls.hpp"

#include <array>

#include "base/openssl.hpp"

namespace tessera::http {

namespace ssl = boost::asio::ssl;

namespace {

// RFC 7301. A client that offers protocols without ours is served HTTP/1.1 all the same.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned in_size, void*)
{
    static constexpr std::array<unsigned char, 9> ours = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* selected = nullptr;
    if (SSL_select_next_proto(&selected, out_size, ours.data(), ours.size(), in, in_size)
        != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *out = selected;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<TlsContextPtr, TlsError> make_tls_context(const std::string& certificate_file,
                                                 const std::string& key_file)
{
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                                    | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    // Tickets carry the session: nothing is kept here for a client that may never return.
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(native, &select_protocol, nullptr);
    if (SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1
        || SSL_CTX_set1_groups_list(native, "X25519:P-256:P-384") != 1) {
        return TlsError{"OpenSSL does not take the cipher suites: " + drain_errors()};
    }
    if (SSL_CTX_use_certificate_chain_file(native, certificate_file.c_str()) != 1) {
        return TlsError{certificate_file + ": not a PEM certificate chain: " + drain_errors()};
    }
    if (SSL_CTX_use_PrivateKey_file(native, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        return TlsError{key_file + ": not a PEM private key: " + drain_errors()};
    }
    if (SSL_CTX_check_private_key(native) != 1) {
        return TlsError{key_file + ": is not the key of " + certificate_file + ": " + drain_errors()};
    }
    return context;
}

}  // namespace tessera::http
