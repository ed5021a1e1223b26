// Bytes on their way to a peer: whatever is added during one turn of the loop leaves in one write.
//
// Both sides use it. It never waits: when the socket is full, flush() says so and the owner waits for it to be writable.
// What was sent is overwritten, because frames carry PINs and plaintexts.
#pragma once

#include <cstddef>
#include <string>

#include <boost/asio/local/stream_protocol.hpp>

namespace tessera::keyd::wire {

class Outbox {
public:
    enum class Flushed { all, blocked, broken };

    Outbox() = default;
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox() { clear(); }

    // Append frames here.
    std::string& tail() { return bytes_; }
    // Bytes not yet sent.
    std::size_t size() const { return bytes_.size() - sent_; }
    // `socket` is in non-blocking mode.
    Flushed flush(boost::asio::local::stream_protocol::socket& socket);
    void clear();

private:
    std::string bytes_;
    std::size_t sent_ = 0;
};

}  // namespace tessera::keyd::wire
