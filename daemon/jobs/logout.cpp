#include "daemon/jobs/logout.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/log.hpp"
#include "base/on_pool.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/oidc/id_token.hpp"
#include "daemon/oidc/logout_token.hpp"

namespace tessera::jobs {

namespace {

constexpr Milliseconds look_every{500};
constexpr std::size_t in_flight_max = 96;
// Taken so many at a time, and none of a realm that has as many on their way: clients of one realm that answer slowly hold up
// no other's. When half of them are done, the next are taken.
constexpr std::size_t batch_max = 16;
// Longer than an attempt can take: signing, the fetch's five seconds, the row.
constexpr Seconds lease{30};
// 5, 10, 20 … seconds: about ten minutes in all. A client that is away longer learns from its refresh tokens.
constexpr Seconds first_wait{5};
constexpr int attempts_max = 8;
// Of who found no room to be sent; so long at most, for then there never will be.
constexpr Seconds crowded_wait{2};
constexpr Seconds crowded_max{3'600};

LogoutOutcome again(std::string reason) { return {LogoutOutcome::Kind::unreached, 0, std::move(reason)}; }
LogoutOutcome given_up(std::string reason) { return {LogoutOutcome::Kind::refused, 0, std::move(reason)}; }

}  // namespace

LogoutOutcome judge_answer(int status)
{
    using enum LogoutOutcome::Kind;
    if (status >= 200 && status < 300) {
        return {told, status, {}};
    }
    const bool is_transient = status >= 500 || status == 408 || status == 425 || status == 429;
    return {is_transient ? unreached : refused, status, "the client answered " + std::to_string(status)};
}

LogoutOutcome judge_fault(const outbound::FetchError& error)
{
    using enum outbound::FetchFault;
    switch (error.fault) {
    case invalid:
    case refused:
    case redirected:
    case too_large: return given_up(error.description);
    case unreachable:
    case untrusted:
    case timeout: return again(error.description);
    case overloaded: return {LogoutOutcome::Kind::crowded, 0, error.description};
    }
    return again(error.description);
}

std::optional<Seconds> wait_after(int attempts)
{
    if (attempts >= attempts_max) {
        return std::nullopt;
    }
    return first_wait * (1 << std::max(attempts - 1, 0));
}

Async<void> LogoutDeliveries::run()
{
    look_again_.emplace(co_await asio::this_coro::executor);
    const std::unique_ptr<LogoutDeliveries, void (*)(LogoutDeliveries*)> ended{
        this, [](LogoutDeliveries* self) { self->look_again_.reset(); }};
    while (!stopping_) {
        const bool more = co_await take_due();
        look_again_->expires_after(more ? Milliseconds{0} : look_every);
        co_await look_again_->async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

std::vector<ProjectId> LogoutDeliveries::full_realms() const
{
    std::vector<ProjectId> full;
    for (const auto& [project, count] : in_flight_of_realm_) {
        if (count >= batch_max) {
            full.push_back(project);
        }
    }
    return full;
}

// True when there may be more at once.
Async<bool> LogoutDeliveries::take_due()
{
    const std::size_t room = std::min(in_flight_max - in_flight_, batch_max);
    if (room == 0) {
        co_return false;
    }
    auto due = co_await on_pool(front_.threads, [&pool = front_.system_pool, room, full = full_realms()] {
        return storage::lease_logouts(pool, room, lease, full);
    });
    if (!due) {
        if (!std::exchange(failing_, true)) {
            log::warning("logout_deliveries_failed", {{"detail", due.error().detail}});
        }
        co_return false;
    }
    failing_ = false;
    const auto home = co_await asio::this_coro::executor;
    for (storage::DueLogout& each : due.value()) {
        auto counted = std::make_unique<InFlight>(*this, each.project);
        asio::co_spawn(home, deliver(std::move(each), std::move(counted)), asio::detached);
    }
    co_return due.value().size() == room;
}

LogoutDeliveries::InFlight::InFlight(LogoutDeliveries& all, ProjectId project) : all_(all), project_(project)
{
    ++all_.in_flight_;
    ++all_.in_flight_of_realm_[project_];
}

LogoutDeliveries::InFlight::~InFlight()
{
    --all_.in_flight_;
    const auto found = all_.in_flight_of_realm_.find(project_);
    if (--found->second == batch_max / 2 && !all_.stopping_ && all_.look_again_) {
        all_.look_again_->cancel();
    }
    if (found->second == 0) {
        all_.in_flight_of_realm_.erase(found);
    }
}

Async<void> LogoutDeliveries::deliver(storage::DueLogout due, std::unique_ptr<InFlight>)
{
    const LogoutOutcome outcome = co_await attempt(due);
    co_await settle(due, outcome);
}

Async<LogoutOutcome> LogoutDeliveries::attempt(const storage::DueLogout& due)
{
    const auto realm = co_await front_.realms.find(due.slug);
    if (!realm) {
        co_return again("the database does not answer");
    }
    if (!realm.value()) {
        co_return given_up("the realm is disabled");
    }
    const auto client = co_await front_.realms.find_client(due.project, due.client);
    if (!client) {
        co_return again("the database does not answer");
    }
    if (!client.value() || client.value()->client.disabled
        || !client.value()->client.settings.backchannel_logout_uri) {
        co_return given_up("the client asks for it no more");
    }
    const storage::Client& to = client.value()->client;
    auto jwks = co_await front_.keys.jwks(realm.value()->project.keyring);
    if (!jwks) {
        co_return again("not signed: " + jwks.error().code_name);
    }
    auto token = co_await front_.keys.sign_jwt(
        realm.value()->project.keyring, std::string{oidc::logout_token_typ},
        oidc::choose_alg(to.settings.id_token_signed_response_alg, jwks.value()->algorithms),
        oidc::logout_claims(*realm.value(), to, due.session, due.user, front_.clock.now()),
        due.id.to_string());
    if (!token) {
        front_.metrics.count(Counter::sign_failures);
        co_return again("not signed: " + token.error().code_name);
    }
    outbound::FetchRequest request;
    request.url = *to.settings.backchannel_logout_uri;
    request.method = outbound::Method::post;
    request.body = outbound::encode_form({{"logout_token", token.value().jwt}});
    request.project = due.project;
    request.purpose = outbound::Purpose::logout;
    auto answered = co_await fetcher_.fetch(std::move(request));
    co_return answered ? judge_answer(answered.value().status) : judge_fault(answered.error());
}

Async<void> LogoutDeliveries::settle(const storage::DueLogout& due, const LogoutOutcome& outcome)
{
    using enum LogoutOutcome::Kind;
    const bool is_crowded = outcome.kind == crowded && front_.clock.now() - due.create_time < crowded_max;
    const auto wait = is_crowded                  ? std::optional{crowded_wait}
                      : outcome.kind == unreached ? wait_after(due.attempts)
                                                  : std::nullopt;
    if (!wait) {
        audit::Event event{.type = audit::EventType::oauth_logout_told};
        event.result = outcome.kind == told ? audit::EventResult::success : audit::EventResult::failed;
        event.project = due.project;
        event.principal = {audit::PrincipalKind::system, {}};
        event.client_id = due.client.to_string();
        event.target = {"session", due.session.to_string()};
        event.body.emplace("attempts", due.attempts);
        event.body.emplace("status", outcome.status);
        event.body.emplace("reason", outcome.reason);
        const auto appended =
            co_await front_.audit.append({audit::to_row(event, front_.clock.now()), std::nullopt});
        if (!appended) {
            front_.metrics.count(Counter::audit_failures);
            co_return;  // due again when the lease is over
        }
    }
    const auto settled = co_await on_pool(front_.threads, [&]() -> Result<bool, storage::StoreError> {
        if (wait) {
            return is_crowded ? storage::defer_logout(front_.system_pool, due, outcome.reason, *wait)
                              : storage::postpone_logout(front_.system_pool, due, outcome.reason, *wait);
        }
        return outcome.kind == told ? storage::mark_logout_sent(front_.system_pool, due)
                                    : storage::mark_logout_failed(front_.system_pool, due, outcome.reason);
    });
    if (!settled) {
        log::warning("logout_delivery_not_settled",
                     {{"delivery", due.id.to_string()}, {"detail", settled.error().detail}});
    }
}

}  // namespace tessera::jobs
