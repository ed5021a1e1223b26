#include "keyd/wire/outbox.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "base/secret.hpp"

namespace tessera::keyd::wire {

namespace {

// A buffer that grew beyond this for one burst is given back.
constexpr std::size_t kept_bytes_max = 256 * 1024;

}  // namespace

Outbox::Flushed Outbox::flush(boost::asio::local::stream_protocol::socket& socket)
{
    while (sent_ < bytes_.size()) {
        boost::system::error_code error;
        sent_ += socket.write_some(boost::asio::buffer(bytes_.data() + sent_, bytes_.size() - sent_), error);
        if (error == boost::asio::error::would_block || error == boost::asio::error::try_again) {
            return Flushed::blocked;
        }
        if (error && error != boost::asio::error::interrupted) {
            return Flushed::broken;
        }
    }
    clear();
    return Flushed::all;
}

void Outbox::clear()
{
    wipe({reinterpret_cast<std::uint8_t*>(bytes_.data()), bytes_.size()});
    bytes_.clear();
    sent_ = 0;
    if (bytes_.capacity() > kept_bytes_max) {
        bytes_.shrink_to_fit();
    }
}

}  // namespace tessera::keyd::wire
