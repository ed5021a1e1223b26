#include "daemon/outbound/smtp.hpp"

#include <charconv>
#include <fstream>
#include <iterator>

#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/secret.hpp"
#include "daemon/outbound/curl_handles.hpp"

namespace tessera::outbound {

namespace ip = boost::asio::ip;

namespace {

constexpr std::uint16_t submission_port = 587;   // RFC 6409
constexpr std::uint16_t submissions_port = 465;  // RFC 8314
constexpr std::size_t password_bytes_max = 1024;
constexpr Milliseconds connect_max{10'000};

bool is_loopback(const std::string& host)
{
    boost::system::error_code error;
    const auto address = ip::make_address(host, error);
    return error ? host == "localhost" : address.is_loopback();
}

// RFC 5322 §2.1: lines end in CRLF, in the text and in the HTML alike.
std::string with_crlf(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += '\r';
        }
        if (c != '\r') {
            out += c;
        }
    }
    return out;
}

Result<SecretBytes, SmtpError> read_password(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    std::string text(password_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    const auto read = static_cast<std::size_t>(file.gcount());
    text.resize(std::min(text.find_first_of("\r\n"), read));
    SecretBytes password = SecretBytes::take(text);
    if (read > password_bytes_max || password.empty()) {
        return SmtpError{SmtpFault::unavailable, path + ": no password in it, or not readable"};
    }
    return password;
}

// The parts of one mail for libcurl, alive until the transfer has ended.
struct Message {
    MimePtr mime;
    ListPtr headers;
    ListPtr recipients;
};

void add_part(curl_mime* mime, const std::string& text, const char* type)
{
    curl_mimepart* part = curl_mime_addpart(mime);
    curl_mime_data(part, text.data(), text.size());
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
}

// multipart/alternative: the text, then the HTML, with its image beside it when it has one (RFC 2387).
void add_contents(CURL* easy, curl_mime* mime, const Mail& mail)
{
    add_part(mime, with_crlf(mail.text), "text/plain; charset=utf-8");
    if (mail.html.empty()) {
        return;
    }
    if (!mail.image) {
        add_part(mime, with_crlf(mail.html), "text/html; charset=utf-8");
        return;
    }
    curl_mime* related = curl_mime_init(easy);
    add_part(related, with_crlf(mail.html), "text/html; charset=utf-8");
    curl_mimepart* image = curl_mime_addpart(related);
    curl_mime_data(image, reinterpret_cast<const char*>(mail.image->png.data()), mail.image->png.size());
    curl_mime_type(image, "image/png");
    curl_mime_encoder(image, "base64");
    ListPtr headers;
    append(headers, fmt::format("Content-ID: <{}>", mail.image->content_id));
    append(headers, "Content-Disposition: inline");
    curl_mime_headers(image, headers.release(), 1);
    curl_mimepart* holder = curl_mime_addpart(mime);
    curl_mime_subparts(holder, related);
    curl_mime_type(holder, "multipart/related");
}

ListPtr headers_of(const Mail& mail, const Mailbox& from)
{
    const Mailbox sender{mail.from_name.empty() ? from.name : mail.from_name, from.address};
    ListPtr headers;
    append(headers, "Date: " + format_date(mail.date));
    append(headers, "From: " + format_mailbox(sender));
    append(headers, "To: " + format_mailbox({{}, mail.to}));
    append(headers, "Subject: " + encode_words(mail.subject));
    append(headers, fmt::format("Message-ID: <{}@{}>", mail.message_id, domain_of(from.address)));
    append(headers, "Auto-Submitted: auto-generated");  // RFC 3834 §5: no vacation notice comes back
    append(headers, "Content-Type: multipart/alternative");
    return headers;
}

int stop_asked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

}  // namespace

std::optional<SmtpServer> parse_smtp_url(const std::string& url, const SmtpAuthority& authority)
{
    const UrlPtr parsed{curl_url()};
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        return std::nullopt;
    }
    const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    const bool implicit = scheme == "smtps";
    const std::string path = part_of(parsed.get(), CURLUPART_PATH);
    if ((!implicit && scheme != "smtp") || (path != "/" && !path.empty())
        || !part_of(parsed.get(), CURLUPART_USER).empty()
        || !part_of(parsed.get(), CURLUPART_PASSWORD).empty()
        || !part_of(parsed.get(), CURLUPART_QUERY).empty()) {
        return std::nullopt;
    }
    SmtpServer server;
    server.host = ascii::to_lower(part_of(parsed.get(), CURLUPART_HOST));
    if (server.host.starts_with('[') && server.host.ends_with(']')) {
        server.host = server.host.substr(1, server.host.size() - 2);
    }
    server.port = implicit ? submissions_port : submission_port;
    const std::string port = part_of(parsed.get(), CURLUPART_PORT);
    std::from_chars(port.data(), port.data() + port.size(), server.port);
    const bool bare = authority.user.empty() && authority.ca_file.empty() && is_loopback(server.host);
    server.tls = implicit ? SmtpTls::implicit : bare ? SmtpTls::none : SmtpTls::starttls;
    return server.host.empty() ? std::nullopt : std::optional{server};
}

struct SmtpSession::Connection {
    explicit Connection(const SmtpOptions& options) : options_(options)
    {
        start_curl();
        easy_.reset(curl_easy_init());
        ASSERT(easy_);
    }

    CURL* easy() const { return easy_.get(); }

    // Without TLS, whatever a name resolves to must be this machine.
    static curl_socket_t open_loopback(void*, curlsocktype, curl_sockaddr* address)
    {
        const bool v4 = address->family == AF_INET;
        const auto* in = reinterpret_cast<const sockaddr_in*>(&address->addr);
        const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&address->addr);
        const bool loopback = v4 ? ntohl(in->sin_addr.s_addr) >> 24U == 127
                                 : address->family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
        return loopback ? socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol)
                        : CURL_SOCKET_BAD;
    }

    Result<void, SmtpError> prepare()
    {
        const SmtpServer& server = options_.server;
        // What is set is forgotten, the connection is kept.
        curl_easy_reset(easy());
        set_common(easy(), options_.authority.ca_file);
        const bool v6 = server.host.find(':') != std::string::npos;
        const std::string url = fmt::format(
            "{}://{}{}{}:{}/{}", server.tls == SmtpTls::implicit ? "smtps" : "smtp", v6 ? "[" : "",
            server.host, v6 ? "]" : "", server.port, domain_of(options_.from.address));
        set(easy(), CURLOPT_URL, url.c_str());
        set(easy(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        set(easy(), CURLOPT_USE_SSL,
            static_cast<long>(server.tls == SmtpTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
        if (server.tls == SmtpTls::none) {
            set(easy(), CURLOPT_OPENSOCKETFUNCTION, &Connection::open_loopback);
        }
        set(easy(), CURLOPT_ERRORBUFFER, said_);
        set(easy(), CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_max.count()));
        set(easy(), CURLOPT_CONNECTTIMEOUT_MS,
            static_cast<long>(std::min(options_.total_max, connect_max).count()));
        // A server that says more than a few lines is none of ours; its words go nowhere.
        set(easy(), CURLOPT_WRITEFUNCTION, &Connection::discard);
        if (!options_.authority.user.empty()) {
            TRY(const SecretBytes password, read_password(options_.password_file));
            const ByteView revealed = password.reveal(RevealTag{"SMTP AUTH"});
            std::string text{revealed.begin(), revealed.end()};
            set(easy(), CURLOPT_USERNAME, options_.authority.user.c_str());
            set(easy(), CURLOPT_PASSWORD, text.c_str());
            wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
        }
        return ok();
    }

    Result<void, SmtpError> perform()
    {
        said_[0] = '\0';
        const CURLcode code = curl_easy_perform(easy());
        if (code == CURLE_OK) {
            return ok();
        }
        long answer = 0;
        curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &answer);
        const std::string detail = said_[0] != '\0' ? said_ : curl_easy_strerror(code);
        if (code == CURLE_ABORTED_BY_CALLBACK) {
            return SmtpError{SmtpFault::stopped, detail};
        }
        // MAIL, RCPT and the end of DATA, as libcurl calls their refusals. 530 and 535 are about us, not about the mail.
        const bool of_mail = code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && is_uploaded());
        SmtpFault fault = SmtpFault::unavailable;
        if (of_mail && answer >= 500 && answer != 530 && answer != 535) {
            fault = SmtpFault::rejected;
        } else if (of_mail && answer >= 400 && answer < 500 && answer != 421) {
            fault = SmtpFault::deferred;
        }
        return SmtpError{fault, answer >= 400 ? fmt::format("{} ({})", detail, answer) : detail};
    }

private:
    static std::size_t discard(char*, std::size_t size, std::size_t count, void*) { return size * count; }

    bool is_uploaded() const
    {
        curl_off_t bytes = 0;
        curl_easy_getinfo(easy(), CURLINFO_SIZE_UPLOAD_T, &bytes);
        return bytes > 0;
    }

    const SmtpOptions& options_;
    EasyPtr easy_;
    char said_[CURL_ERROR_SIZE] = {};
};

SmtpSession::SmtpSession(SmtpOptions options)
    : options_(std::move(options)),
      connection_(std::make_unique<Connection>(options_))
{
}

SmtpSession::~SmtpSession() = default;

Result<void, SmtpError> SmtpSession::send(const Mail& mail, const std::stop_token& stop)
{
    if (!is_mailbox(mail.to) || !is_header_text(mail.subject) || !is_header_text(mail.from_name)
        || !is_header_text(mail.message_id)) {
        return SmtpError{SmtpFault::unusable, "an address that is none, or a control character in a header"};
    }
    TRY(connection_->prepare());
    CURL* easy = connection_->easy();
    Message message;
    message.mime.reset(curl_mime_init(easy));
    add_contents(easy, message.mime.get(), mail);
    message.headers = headers_of(mail, options_.from);
    append(message.recipients, mail.to);
    set(easy, CURLOPT_MAIL_FROM, options_.from.address.c_str());
    set(easy, CURLOPT_MAIL_RCPT, message.recipients.get());
    set(easy, CURLOPT_HTTPHEADER, message.headers.get());
    set(easy, CURLOPT_MIMEPOST, message.mime.get());
    set(easy, CURLOPT_NOPROGRESS, 0L);
    set(easy, CURLOPT_XFERINFOFUNCTION, &stop_asked);
    set(easy, CURLOPT_XFERINFODATA, const_cast<std::stop_token*>(&stop));
    auto sent = connection_->perform();
    curl_easy_reset(easy);  // the handle must not keep what `message` owns
    return sent;
}

Result<void, SmtpError> SmtpSession::probe()
{
    TRY(connection_->prepare());
    CURL* easy = connection_->easy();
    set(easy, CURLOPT_CUSTOMREQUEST, "NOOP");
    set(easy, CURLOPT_NOBODY, 1L);
    return connection_->perform();
}

}  // namespace tessera::outbound
