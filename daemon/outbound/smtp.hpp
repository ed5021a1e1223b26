// One mail to the operator's mail server by SMTP (RFC 5321), through libcurl.
//
// TLS is required and verified: implicit for smtps://, STARTTLS otherwise. Only towards a loopback address may it be left out,
// and there only when neither a user nor a CA file is set. Blocking: call it on a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "daemon/outbound/mail_headers.hpp"

namespace tessera::outbound {

enum class SmtpTls { implicit, starttls, none };

struct SmtpServer {
    std::string host;  // an IPv6 address without brackets
    std::uint16_t port = 0;
    SmtpTls tls = SmtpTls::starttls;
};

// How TLS is used with a server of this URL; nothing when it is no smtp:// or smtps:// URL of a host and perhaps a port.
struct SmtpAuthority {
    std::string user;
    std::string ca_file;
};
std::optional<SmtpServer> parse_smtp_url(const std::string& url, const SmtpAuthority& authority);

struct SmtpOptions {
    SmtpServer server;
    Mailbox from;
    SmtpAuthority authority;    // empty user = no AUTH
    std::string password_file;  // read for each connection, so that it may be replaced
    Milliseconds total_max{20'000};
};

struct SmtpImage {
    std::string content_id;  // the HTML refers to it by "cid:"
    Bytes png;
};

struct Mail {
    std::string
        message_id;  // the part before the "@": the same for each attempt, so that a receiver can drop the second
    std::string to;         // a mailbox address
    std::string from_name;  // instead of the one in `from`, when not empty
    std::string subject;
    std::string text;
    std::string html;
    std::optional<SmtpImage> image;
    Instant date;
};

enum class SmtpFault {
    unusable,     // the mail itself: an address that is none, a control character in a header
    rejected,     // a 5xx answer to this sender, recipient or content: trying again will not help
    deferred,     // a 4xx answer to this mail: another may go through meanwhile
    unavailable,  // anything that may be better later, a wrong password included
    stopped,      // told to
};

struct SmtpError {
    SmtpFault fault;
    std::string detail;  // for operators and the log: holds nothing of the mail and no password
};

// One connection, kept for the next mail while this object lives. One thread at a time.
class SmtpSession {
public:
    explicit SmtpSession(SmtpOptions options);
    ~SmtpSession();
    SmtpSession(const SmtpSession&) = delete;
    SmtpSession& operator=(const SmtpSession&) = delete;

    // The server has accepted the mail; from there on it is the server's. `stop` ends the conversation soon.
    Result<void, SmtpError> send(const Mail& mail, const std::stop_token& stop);
    // Connects, secures, authenticates and says NOOP.
    Result<void, SmtpError> probe();

private:
    struct Connection;
    SmtpOptions options_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace tessera::outbound
