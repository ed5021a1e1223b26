#include "daemon/mail/opener.hpp"

#include <future>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "daemon/keys/seal.hpp"
#include "daemon/mail/message.hpp"

namespace tessera::mail {

namespace {

using Opened = Result<SecretBytes, keyd::KeydError>;

keyd::ClientOptions options_for(std::string socket)
{
    keyd::ClientOptions options;
    options.socket_path = std::move(socket);
    options.program = "tessera serve " TESSERA_VERSION " (mail)";
    options.watch = false;
    return options;
}

// `keys` and `mail` outlive what is done with them: the caller waits for the promise. shared_ptr: the caller may go on, and let
// go of the promise, while set_value has not yet returned.
Async<void> open_into(keys::Keys& keys, const storage::DueMail& mail,
                      std::shared_ptr<std::promise<Opened>> promise)
{
    try {
        promise->set_value(co_await keys::open(keys, mail.project, values_context(mail.id),
                                               mail.values_sealed, mail.id.to_string()));
    } catch (const std::exception&) {
        promise->set_exception(std::current_exception());
    }
}

}  // namespace

Opener::Opener(std::string keyd_socket)
    : work_(loop_.get_executor()),
      keys_(loop_, options_for(std::move(keyd_socket)))
{
    asio::post(loop_, [this] { keys_.start(); });
    thread_ = std::thread{[this] { loop_.run(); }};
}

Opener::~Opener()
{
    asio::post(loop_, [this] {
        keys_.stop();
        work_.reset();
    });
    thread_.join();
}

Opened Opener::open(const storage::DueMail& mail)
{
    const auto promise = std::make_shared<std::promise<Opened>>();
    auto opened = promise->get_future();
    asio::co_spawn(loop_, open_into(keys_, mail, promise), asio::detached);
    return opened.get();
}

}  // namespace tessera::mail
