#include "daemon/audit/keyring_changed.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>

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
constexpr int attempts_max = 20;
constexpr Milliseconds retry_after{3000};

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

Async<void> record_keyring_change(Writer& writer, const Clock& clock, KeyringChange change)
{
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const auto appended = co_await writer.append(keyring_changed_entry(change, clock.now()));
        if (appended) {
            co_return;
        }
        asio::steady_timer pause{co_await asio::this_coro::executor, retry_after};
        const auto [stopped] = co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        if (stopped) {
            co_return;
        }
    }
    log::error("audit_keyring_change_lost", {{"keyring", change.keyring.to_string()},
                                             {"revision", static_cast<std::int64_t>(change.revision)}});
}

}  // namespace tessera::audit
