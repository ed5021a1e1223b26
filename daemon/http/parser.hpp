// Bytes → Request, without I/O. Beast reads the grammar of heads; what Beast forgives and two parties could read differently (request
// smuggling) is refused before or inside its callbacks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/chunked.hpp"
#include "daemon/http/limits.hpp"
#include "daemon/http/request.hpp"

namespace tessera::http {

// Why a message is not read any further. The connection closes after the answer: where the next message would start is
// not known.
struct Refusal {
    int status;
    std::string_view description;  // public
};

// Parser of one request at a time: next() → feed_head until a head → maybe feed_body → take the request → next().
class Parser {
public:
    enum class Need {
        more,     // bytes; `consumed` of them are done with
        body,     // the head is complete: set_body_limit, then feed_body
        nothing,  // the request is complete
        refused,
    };

    explicit Parser(const Limits& limits);
    ~Parser();

    // Forgets the last request, keeps the memory.
    void next();
    // All bytes from the start of the request; consumes none until the head is complete.
    Need feed_head(std::string_view bytes, std::size_t& consumed);
    // 413 when the body is known to be longer; then refusal() says so.
    bool set_body_limit(std::size_t bytes_max);
    Need feed_body(std::string_view bytes, std::size_t& consumed);

    Request& request() { return request_; }
    const Refusal& refusal() const { return refusal_; }
    bool keep_alive() const { return keep_alive_; }
    bool is_http10() const { return http10_; }
    // RFC 9110 §10.1.1: the client waits for a 100.
    bool expects_continue() const { return expects_continue_; }

private:
    class Callbacks;
    bool refuse(int status, std::string_view description);
    bool scan_head(std::string_view bytes, std::size_t& head_bytes);
    bool check_head();
    Need feed_chunks(std::string_view bytes, std::size_t& consumed);

    const Limits& limits_;
    Request request_;
    Refusal refusal_{};
    std::size_t scanned_ = 0;
    std::size_t body_bytes_max_ = 0;
    std::size_t content_length_ = 0;
    bool keep_alive_ = false;
    bool http10_ = false;
    bool chunked_ = false;
    bool expects_continue_ = false;
    ChunkedDecoder chunks_;
    std::unique_ptr<std::optional<Callbacks>> beast_;  // one allocation for the life of the connection
};

}  // namespace tessera::http
