#include "daemon/audit/keyring_changed.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"

namespace tessera::audit {

namespace {

constexpr JsonLimits jwks_limits{256 * 1024, 6};
// How long a front that was cut off may still bring the same news.
constexpr Seconds once_for{7 * 24 * 3600};
constexpr Milliseconds retry_after{3000};
// Ten thousand keyrings rotating during an outage; beyond that the log has them.
constexpr std::size_t waiting_max = 10'000;

bool may_pass(storage::StoreFault fault)
{
    return fault == storage::StoreFault::unavailable || fault == storage::StoreFault::timeout;
}

void log_lost(const KeyringChange& change)
{
    log::error("audit_keyring_change_lost", {{"keyring", change.keyring.to_string()},
                                             {"revision", static_cast<std::int64_t>(change.revision)}});
}

}  // namespace

std::vector<std::string> kids_of(std::string_view jwks)
{
    std::vector<std::string> kids;
    const auto set = parse_json_object(jwks, jwks_limits);
    if (!set) {
        return kids;
    }
    const auto* keys = set.value().if_contains("keys");
    if (keys == nullptr || !keys->is_array()) {
        return kids;
    }
    for (const auto& key : keys->get_array()) {
        const auto* kid = key.is_object() ? key.get_object().if_contains("kid") : nullptr;
        if (kid != nullptr && kid->is_string()) {
            kids.emplace_back(kid->get_string().data(), kid->get_string().size());
        }
    }
    return kids;
}

storage::AuditEntry keyring_changed_entry(const KeyringChange& change, Instant now)
{
    Event event{.type = EventType::keyring_changed};
    event.target = {"keyring", change.keyring.to_string()};
    event.body["revision"] = change.revision;
    event.body["kids"] = json::array(change.kids.begin(), change.kids.end());
    event.body["destroyed"] = change.destroyed;
    const std::string news = change.keyring.to_string() + ' ' + std::to_string(change.revision);
    return {to_row(event, now),
            storage::OnceValue{ProjectId{}, "keyring_change", sha256(news), now + once_for}};
}

KeyringTrail::KeyringTrail(asio::io_context& loop, Writer& writer, const Clock& clock)
    : loop_(loop),
      writer_(writer),
      clock_(clock),
      pause_(loop)
{
}

void KeyringTrail::told(KeyringChange change)
{
    if (is_stopped_ || waiting_.size() >= waiting_max) {
        log_lost(change);
        return;
    }
    waiting_.push_back(std::move(change));
    if (!is_writing_) {
        is_writing_ = true;
        asio::co_spawn(loop_, write_all(), asio::detached);
    }
}

void KeyringTrail::stop()
{
    is_stopped_ = true;
    pause_.cancel();
}

Async<void> KeyringTrail::write_all()
{
    while (!waiting_.empty() && !is_stopped_) {
        const auto appended = co_await writer_.append(keyring_changed_entry(waiting_.front(), clock_.now()));
        if (appended) {
            waiting_.pop_front();
            continue;
        }
        if (!may_pass(appended.error().fault)) {
            log_lost(waiting_.front());
            waiting_.pop_front();
            continue;
        }
        if (!is_stopped_) {
            pause_.expires_after(retry_after);
            co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
    for (const KeyringChange& change : waiting_) {
        log_lost(change);
    }
    waiting_.clear();
    is_writing_ = false;
}

}  // namespace tessera::audit
