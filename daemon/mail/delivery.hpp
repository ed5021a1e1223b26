// Takes mails from the outbox and hands them to the operator's mail server.
//
// At least once: a mail is leased, sent and then recorded as sent. A process that dies in between leaves its lease, and when
// that is over another front (or the next process) sends the mail again, under the same Message-ID. Two fronts never have one
// lease at once. Nothing here is waited for by a request: threads, database connections and the connection to keyd are its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "daemon/mail/render.hpp"
#include "daemon/outbound/smtp.hpp"
#include "keyd/client/error.hpp"
#include "storage/pool.hpp"
#include "storage/repositories/mail_outbox.hpp"

namespace tessera::mail {

struct DeliveryOptions {
    std::optional<outbound::SmtpOptions> smtp;  // absent: mails wait and are given up when their time is over
    std::string host;                           // of the issuer, for the reader
    std::size_t connections = 4;                // to the mail server at once
};

struct DeliveryCounts {
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> postponed{0};
    std::atomic<std::uint64_t> given_up{0};
    // As of some seconds ago.
    std::atomic<std::int64_t> waiting{0};
    std::atomic<std::int64_t> overdue_s{0};
};

class Delivery {
public:
    // Blocking; from any of this object's threads.
    using Open = std::function<Result<SecretBytes, keyd::KeydError>(const storage::DueMail&)>;

    // What is borrowed outlives this. Starts at once.
    Delivery(DeliveryOptions options, storage::Pool& system_pool, storage::Pool& app_pool, const Clock& clock,
             Open open);
    // Lets conversations with the mail server end for a few seconds, then breaks them off; their mails are due again at once.
    ~Delivery();
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;

    // A mail was written. From any thread.
    void wake();
    const DeliveryCounts& counts() const { return counts_; }

private:
    // One looks for what has become due, the others work when there is much.
    enum class Role { scout, help };
    struct Failure {
        enum class Kind { again, again_at_once, give_up } kind = Kind::again;
        std::string reason;
    };

    void run(Role role);
    void idle(Role role, std::uint64_t& seen);
    bool is_paused();
    std::optional<storage::DueMail> take();
    void deliver(const storage::DueMail& due, std::optional<outbound::SmtpSession>& session);
    Result<void, Failure> attempt(const storage::DueMail& due, std::optional<outbound::SmtpSession>& session);
    Result<Rendered, Failure> read(const storage::DueMail& due, Letterhead& from);
    Result<Letterhead, Failure> letterhead_of(ProjectId project);
    Failure failure_of(const outbound::SmtpError& error);
    void settle(const storage::DueMail& due, const Failure& failure);
    void record(const storage::DueMail& due,
                const std::function<Result<bool, storage::StoreError>()>& statement);
    void measure();

    DeliveryOptions options_;
    storage::Pool& system_pool_;
    storage::Pool& app_pool_;
    const Clock& clock_;
    Open open_;
    DeliveryCounts counts_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t wakes_ = 0;
    std::size_t running_ = 0;
    Tick paused_until_{};  // the mail server was not to be spoken to: nobody tries before
    Tick measured_{};
    std::stop_source stop_;
    std::stop_source abort_;
    std::vector<std::thread> threads_;
};

}  // namespace tessera::mail
