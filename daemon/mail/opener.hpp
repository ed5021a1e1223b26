// Opens what a mail says, from threads that may wait: a connection to keyd of its own, on a loop of its own.
#pragma once

#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "daemon/keys/keys.hpp"
#include "storage/repositories/mail_outbox.hpp"

namespace tessera::mail {

class Opener {
public:
    explicit Opener(std::string keyd_socket);
    ~Opener();
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;

    // Blocking, for as long as keyd::Client waits at most. From any thread but the loop's.
    Result<SecretBytes, keyd::KeydError> open(const storage::DueMail& mail);

private:
    asio::io_context loop_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    keys::Keys keys_;
    std::thread thread_;
};

}  // namespace tessera::mail
