#include "daemon/login/visit.hpp"

#include "base/ascii.hpp"
#include "daemon/http/network.hpp"
#include "storage/repositories/rate_counters.hpp"

namespace tessera::login {

namespace {

std::string address_bucket(const Visit& visit, std::string_view kind)
{
    return std::string{kind} + "|address|" + http::network_of(visit.request.peer.address);
}

std::string realm_bucket(std::string_view kind) { return std::string{kind} + "|realm"; }

}  // namespace

LoginError from_store(const storage::StoreError& error)
{
    const bool away =
        error.fault == storage::StoreFault::unavailable || error.fault == storage::StoreFault::timeout;
    return {away ? 503 : 500,
            away ? "Signing in is not possible right now. Try again shortly." : "That could not be done.",
            "store: " + error.detail + (error.constraint.empty() ? "" : " (" + error.constraint + ")")};
}

LoginError from_keyd(const keyd::KeydError& error)
{
    const bool away = error.fault == keyd::KeydFault::unavailable;
    return {away ? 503 : 500,
            away ? "Signing in is not possible right now. Try again shortly." : "That could not be done.",
            "keyd: " + error.code_name + ": " + error.description};
}

LoginError from_hashing(const PasswordHashError& error)
{
    if (error.fault == PasswordHashFault::busy || error.fault == PasswordHashFault::no_memory) {
        return {503, "Too many people are signing in at this moment. Try again shortly.",
                "password hashing: " + error.detail, Seconds{2}};
    }
    return {500, "That could not be done.", "password hashing: " + error.detail};
}

std::string Visit::url(std::string_view variant_) const
{
    std::string url = path() + "?flow=" + view.flow.id.to_string();
    if (!variant_.empty()) {
        url += "&variant=" + std::string{variant_};
    }
    return url;
}

page::PageContext Visit::context(page::Problem problem) const
{
    page::PageContext context;
    context.project_name = realm->name;
    context.realm_path = "/realms/" + realm->project.slug;
    context.language = page::language_of(view.flow.locale).value_or(page::Language::en);
    context.form.action = path();
    context.form.hidden = {{"flow", view.flow.id.to_string()}, {"step", std::to_string(view.flow.step)}};
    if (!variant.empty()) {
        context.form.hidden.push_back({"variant", variant});
    }
    context.problem = problem;
    if (!view.flow.redirect_target.empty()) {
        context.redirect_targets.push_back(view.flow.redirect_target);
    }
    if (problem == page::Problem::too_many_attempts || problem == page::Problem::too_many_messages) {
        context.retry_after = rate::window;
    }
    return context;
}

std::string Visit::display_email() const
{
    if (view.user) {
        return view.user->email;
    }
    return view.flow.email.empty() ? named : view.flow.email;
}

std::string account_bucket(std::string_view kind, std::string_view account)
{
    return std::string{kind} + "|account|" + ascii::to_lower(account);
}

Async<Result<bool, LoginError>> charge(Visit& visit, Attempt attempt)
{
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, storage::StoreError> {
            const ProjectId project = visit.realm->project.id;
            // Always in this order, so that two who count the same never wait for each other crosswise.
            TRY(auto&& by_address,
                storage::count_event(transaction, project, address_bucket(visit, attempt.kind), rate::window,
                                     visit.now));
            if (by_address.count > attempt.address_max) {
                return false;
            }
            if (!attempt.account.empty()) {
                TRY(auto&& by_account,
                    storage::count_event(transaction, project, account_bucket(attempt.kind, attempt.account),
                                         attempt.account_window, visit.now));
                if (by_account.count > attempt.account_max) {
                    return false;
                }
            }
            TRY(auto&& by_realm, storage::count_event(transaction, project, realm_bucket(attempt.kind),
                                                      rate::window, visit.now));
            return by_realm.count <= rate::guesses_per_realm_max;
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return done.value();
}

Result<void, storage::StoreError> settle(storage::Transaction& transaction, const Visit& visit,
                                         const Attempt& attempt)
{
    TRY(storage::uncount_event(transaction, address_bucket(visit, attempt.kind)));
    if (!attempt.account.empty()) {
        TRY(storage::reset_count(transaction, account_bucket(attempt.kind, attempt.account)));
    }
    return storage::uncount_event(transaction, realm_bucket(attempt.kind));
}

Async<Result<bool, LoginError>> advance(Visit& visit)
{
    co_return co_await advance(
        visit, [](storage::Transaction&) -> Result<void, storage::StoreError> { return ok(); });
}

audit::Event event_of(const Visit& visit, audit::EventType type)
{
    audit::Event event{.type = type};
    audit::add_request(event, visit.request);
    event.project = visit.realm->project.id;
    event.principal = {audit::PrincipalKind::user, visit.view.user ? visit.view.user->id.to_string() : ""};
    if (visit.view.flow.session) {
        event.session_id = visit.view.flow.session->to_string();
    }
    return event;
}

Result<void, storage::StoreError> record(storage::Transaction& transaction, const Visit& visit,
                                         const audit::Event& event)
{
    return storage::insert_audit_event(transaction, audit::to_row(event, visit.now));
}

Async<Result<void, LoginError>> record_refusal(Front& front, const http::Request& request, ProjectId project,
                                               audit::Event event, std::string reason)
{
    const auto taken = front.refusals.take(project, request.peer.address, front.clock.tick());
    if (!taken) {
        front.metrics.count(Counter::refusals_unrecorded);
        co_return ok();
    }
    event.result = audit::EventResult::refused;
    event.error_code = reason;
    event.body.emplace("reason", std::move(reason));
    if (*taken > 0) {
        event.body.emplace("suppressed", *taken);
    }
    auto appended = co_await front.audit.append({audit::to_row(event, front.clock.now()), std::nullopt});
    if (!appended) {
        co_return from_store(appended.error());
    }
    co_return ok();
}

Async<Taken> refuse(Visit& visit, page::Problem problem, std::string reason)
{
    audit::Event event = event_of(visit, audit::EventType::login_refused);
    event.body.emplace("step", to_string(visit.step));
    event.body.emplace("email", visit.display_email());
    event.body.emplace("flow", visit.view.flow.id.to_string());
    CO_TRY(co_await record_refusal(visit.front, visit.request, visit.realm->project.id, std::move(event),
                                   std::move(reason)));
    co_return co_await again(visit, problem);
}

Async<Taken> again(Visit& visit, page::Problem problem)
{
    CO_TRY(auto&& response, co_await handler_of(visit.step).show(visit, problem));
    co_return std::move(response);
}

}  // namespace tessera::login
