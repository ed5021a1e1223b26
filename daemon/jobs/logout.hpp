// Back-channel logout (OpenID Connect Back-Channel Logout §2.5, §2.8): tells clients that a session ended.
//
// The rows are written by the transaction that ended the session; here they are taken under a lease, signed and posted, some at
// once, and settled. A front that dies leaves its lease, and another front takes the row when that is over: a client may hear
// twice, never not at all. Every outcome is an audit event before the row is settled.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/outbound/fetch.hpp"
#include "storage/repositories/logout_deliveries.hpp"

namespace tessera::jobs {

// What one attempt came to.
struct LogoutOutcome {
    // unreached: again later. crowded: nobody was asked, for there was no room; again soon, and it counts as no attempt.
    enum class Kind { told, refused, unreached, crowded } kind = Kind::unreached;
    int status = 0;        // of the answer; 0 = none
    std::string reason{};  // for operators
};

// OpenID Connect Back-Channel Logout §2.8: 200 is done (204 too), 400 and what repeating will not change is refused, the rest is
// tried again.
LogoutOutcome judge_answer(int status);
LogoutOutcome judge_fault(const outbound::FetchError& error);

// How long after the given attempt the next one follows; nothing: it was the last.
std::optional<Seconds> wait_after(int attempts);

class LogoutDeliveries {
public:
    // Both outlive the loop `run` is on; so does this.
    LogoutDeliveries(Front& front, outbound::Fetcher& fetcher) : front_(front), fetcher_(fetcher) {}

    // On the loop of `front`, until stop(): then it ends within a second and what is on its way ends by its deadline.
    Async<void> run();
    void stop() { stopping_ = true; }  // from any thread

private:
    // Counts one delivery as long as it is under way, however it ends.
    class InFlight {
    public:
        InFlight(LogoutDeliveries& all, ProjectId project);
        ~InFlight();
        InFlight(const InFlight&) = delete;
        InFlight& operator=(const InFlight&) = delete;

    private:
        LogoutDeliveries& all_;
        ProjectId project_;
    };

    Async<bool> take_due();
    std::vector<ProjectId> full_realms() const;
    Async<void> deliver(storage::DueLogout due, std::unique_ptr<InFlight> counted);
    Async<LogoutOutcome> attempt(const storage::DueLogout& due);
    Async<void> settle(const storage::DueLogout& due, const LogoutOutcome& outcome);

    Front& front_;
    outbound::Fetcher& fetcher_;
    std::atomic<bool> stopping_{false};
    std::size_t in_flight_ = 0;
    std::unordered_map<ProjectId, std::size_t, IdHash<ProjectKind>> in_flight_of_realm_;
    std::optional<asio::steady_timer> look_again_;  // while run() is
    bool failing_ = false;
};

}  // namespace tessera::jobs
