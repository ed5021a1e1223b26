// The one place that decides how TLS is spoken.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base/result.hpp"

namespace tessera::http {

struct TlsError {
    std::string text;  // names the file and what is wrong with it
};

// shared_ptr: every event loop borrows the same context, and a reload replaces it while handshakes run.
using TlsContextPtr = std::shared_ptr<boost::asio::ssl::context>;

// TLS 1.2 and 1.3, forward-secret AEAD suites only, stateless session tickets, no renegotiation, ALPN "http/1.1". The key
// must belong to the certificate.
Result<TlsContextPtr, TlsError> make_tls_context(const std::string& certificate_file,
                                                 const std::string& key_file);

}  // namespace tessera::http
