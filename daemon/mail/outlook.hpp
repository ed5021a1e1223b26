// Whether mail leaves at the moment: what the pages that wait for one tell.
//
// The mail server is asked when anybody waits for a mail, whether or not one was written for them, and never judged by what became
// of a mail: the answer says nothing about who has an account.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "daemon/outbound/smtp.hpp"

namespace tessera::mail {

class Outlook {
public:
    // Without a server it is out for good, and there is nobody to ask.
    explicit Outlook(const std::optional<outbound::SmtpOptions>& smtp);
    Outlook(const Outlook&) = delete;
    Outlook& operator=(const Outlook&) = delete;
    ~Outlook();

    // Somebody waits for a mail: the server is asked soon, and again and again while it does not answer. From any thread.
    void ask();
    // As of some seconds ago.
    bool is_out() const { return is_out_; }

private:
    void run(const std::stop_token& stop);

    std::optional<outbound::SmtpOptions> smtp_;
    std::atomic<bool> is_out_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool asked_ = false;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace tessera::mail
