#include "daemon/mail/delivery.hpp"

#include "base/json.hpp"
#include "base/log.hpp"
#include "daemon/mail/retry.hpp"
#include "storage/repositories/branding.hpp"
#include "storage/repositories/projects.hpp"

namespace tessera::mail {

namespace {

constexpr Milliseconds looked_every{1'000};   // the scout, when nobody wakes it
constexpr Milliseconds helped_every{60'000};  // the others
constexpr Milliseconds pause_after_outage{1'000};
constexpr Milliseconds measured_every{10'000};
constexpr Milliseconds grace{5'000};
constexpr Milliseconds record_again_after{500};
constexpr int record_attempts = 10;
// A lease outlives the longest conversation and what comes before and after it.
constexpr Seconds lease_beyond_conversation{10};
constexpr JsonLimits values_limits{16 * 1024, 2};

}  // namespace

Delivery::Delivery(DeliveryOptions options, storage::Pool& system_pool, storage::Pool& app_pool,
                   const Clock& clock, Open open)
    : options_(std::move(options)),
      system_pool_(system_pool),
      app_pool_(app_pool),
      clock_(clock),
      open_(std::move(open)),
      running_(options_.connections)
{
    for (std::size_t i = 0; i < options_.connections; ++i) {
        threads_.emplace_back([this, role = i == 0 ? Role::scout : Role::help] {
            run(role);
            const std::lock_guard lock{mutex_};
            --running_;
            changed_.notify_all();
        });
    }
}

Delivery::~Delivery()
{
    stop_.request_stop();
    {
        std::unique_lock lock{mutex_};
        changed_.notify_all();
        changed_.wait_for(lock, grace, [this] { return running_ == 0; });
    }
    abort_.request_stop();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void Delivery::wake()
{
    const std::lock_guard lock{mutex_};
    ++wakes_;
    changed_.notify_all();
}

void Delivery::run(Role role)
{
    std::optional<outbound::SmtpSession> session;
    std::uint64_t seen = 0;
    while (!stop_.stop_requested()) {
        if (role == Role::scout) {
            measure();
        }
        const auto due = is_paused() ? std::nullopt : take();
        if (due) {
            deliver(*due, session);
        } else {
            session.reset();  // a connection is kept for the next mail, not for a next one perhaps
            idle(role, seen);
        }
    }
}

bool Delivery::is_paused()
{
    const std::lock_guard lock{mutex_};
    return clock_.tick() < paused_until_;
}

void Delivery::idle(Role role, std::uint64_t& seen)
{
    std::unique_lock lock{mutex_};
    if (const Tick now = clock_.tick(); now < paused_until_) {
        changed_.wait_for(lock, stop_.get_token(), paused_until_ - now, [] { return false; });
        return;
    }
    changed_.wait_for(lock, stop_.get_token(), role == Role::scout ? looked_every : helped_every,
                      [&] { return wakes_ != seen; });
    seen = wakes_;
}

std::optional<storage::DueMail> Delivery::take()
{
    const Seconds conversation =
        options_.smtp ? std::chrono::ceil<Seconds>(options_.smtp->total_max) : Seconds{0};
    auto leased = storage::lease_mail(system_pool_, conversation + lease_beyond_conversation);
    if (leased.has_error()) {
        log::debug("outbox_unavailable", {{"detail", leased.error().detail}});
        return std::nullopt;
    }
    return std::move(leased.value());
}

void Delivery::measure()
{
    if (clock_.tick() - measured_ < measured_every && measured_ != Tick{}) {
        return;
    }
    measured_ = clock_.tick();
    if (const auto waiting = storage::count_mails_waiting(system_pool_); waiting.has_value()) {
        counts_.waiting = waiting.value().count;
        counts_.overdue_s = waiting.value().overdue_s;
    }
}

void Delivery::deliver(const storage::DueMail& due, std::optional<outbound::SmtpSession>& session)
{
    wake();  // where one is due there may be more
    const auto sent = attempt(due, session);
    if (sent.has_error()) {
        settle(due, sent.error());
        return;
    }
    ++counts_.sent;
    log::info("mail_sent", {{"mail", due.id.to_string()}, {"template", due.mail_template}});
    record(due, [&] { return storage::record_mail_sent(system_pool_, due); });
}

Result<void, Delivery::Failure> Delivery::attempt(const storage::DueMail& due,
                                                  std::optional<outbound::SmtpSession>& session)
{
    if (clock_.now() >= last_time(due.create_time, due.valid_until)) {
        return Failure{Failure::Kind::give_up, "no longer valid"};
    }
    if (!options_.smtp) {
        return Failure{Failure::Kind::again, "smtp-url is not set"};
    }
    TRY(Letterhead from, letterhead_of(due.project));
    TRY(Rendered rendered, read(due, from));
    outbound::Mail mail;
    mail.message_id = due.id.to_string();
    mail.to = due.recipient;
    mail.from_name = from.project_name;
    mail.subject = std::move(rendered.subject);
    mail.text = std::move(rendered.text);
    mail.html = std::move(rendered.html);
    if (from.logo_png) {
        mail.image = {std::string{logo_content_id}, std::move(*from.logo_png)};
    }
    mail.date = clock_.now();
    if (!session) {
        session.emplace(*options_.smtp);
    }
    if (const auto sent = session->send(mail, abort_.get_token()); sent.has_error()) {
        session.reset();
        return failure_of(sent.error());
    }
    return ok();
}

Result<Letterhead, Delivery::Failure> Delivery::letterhead_of(ProjectId project)
{
    const auto unavailable = [](const storage::StoreError& error) {
        return Failure{Failure::Kind::again, "database: " + error.detail};
    };
    auto transaction = storage::Transaction::begin(app_pool_, storage::RealmScope{project});
    if (transaction.has_error()) {
        return unavailable(transaction.error());
    }
    auto found = storage::find_project(transaction.value(), project);
    if (found.has_error()) {
        return unavailable(found.error());
    }
    if (!found.value()) {
        return Failure{Failure::Kind::give_up, "its project is gone"};
    }
    auto branding = storage::find_branding(transaction.value(), project);
    if (branding.has_error()) {
        return unavailable(branding.error());
    }
    Letterhead from{found.value()->settings.display_name, options_.host, {}};
    if (branding.value()) {
        from.project_name = branding.value()->name.value_or(from.project_name);
        from.logo_png = std::move(branding.value()->logo_png);
    }
    return from;
}

Result<Rendered, Delivery::Failure> Delivery::read(const storage::DueMail& due, Letterhead& from)
{
    const auto opened = open_(due);
    if (opened.has_error()) {
        const keyd::KeydError& error = opened.error();
        const bool later = error.fault == keyd::KeydFault::unavailable;
        return Failure{later ? Failure::Kind::again : Failure::Kind::give_up, "keyd: " + error.code_name};
    }
    const auto values =
        parse_json_object(as_text(opened.value().reveal(RevealTag{"the text of a mail"})), values_limits);
    if (values.has_error()) {
        return Failure{Failure::Kind::give_up, "its values are not readable"};
    }
    Letter letter{due.mail_template, due.locale, due.recipient, due.create_time, due.valid_until, {}};
    for (const auto& [name, value] : values.value()) {
        if (value.is_string()) {
            letter.values.emplace_back(std::string{name}, std::string{value.get_string()});
        }
    }
    auto rendered = render(from, letter);
    if (!rendered) {
        return Failure{Failure::Kind::give_up, "no template of its name"};
    }
    return std::move(*rendered);
}

Delivery::Failure Delivery::failure_of(const outbound::SmtpError& error)
{
    switch (error.fault) {
    case outbound::SmtpFault::unusable:
    case outbound::SmtpFault::rejected: return {Failure::Kind::give_up, error.detail};
    case outbound::SmtpFault::stopped: return {Failure::Kind::again_at_once, error.detail};
    case outbound::SmtpFault::deferred: return {Failure::Kind::again, error.detail};
    case outbound::SmtpFault::unavailable: break;
    }
    const std::lock_guard lock{mutex_};
    paused_until_ = clock_.tick() + pause_after_outage;
    return {Failure::Kind::again, error.detail};
}

void Delivery::settle(const storage::DueMail& due, const Failure& failure)
{
    std::optional<Milliseconds> wait;
    if (failure.kind == Failure::Kind::again_at_once) {
        wait = Milliseconds{0};
    } else if (failure.kind == Failure::Kind::again) {
        wait = wait_after(due.attempts, due.create_time, due.valid_until, clock_.now());
    }
    if (wait) {
        ++counts_.postponed;
        log::warning("mail_postponed", {{"mail", due.id.to_string()},
                                        {"template", due.mail_template},
                                        {"attempts", due.attempts},
                                        {"wait_ms", wait->count()},
                                        {"detail", failure.reason}});
        record(due, [&] { return storage::postpone_mail(system_pool_, due, *wait, failure.reason); });
        return;
    }
    ++counts_.given_up;
    log::error("mail_given_up", {{"mail", due.id.to_string()},
                                 {"template", due.mail_template},
                                 {"attempts", due.attempts},
                                 {"detail", failure.reason}});
    record(due, [&] { return storage::record_mail_failed(system_pool_, due, failure.reason); });
}

// Tried for a while: a mail that was sent and is not recorded will be sent twice.
void Delivery::record(const storage::DueMail& due,
                      const std::function<Result<bool, storage::StoreError>()>& statement)
{
    for (int i = 0; i < record_attempts; ++i) {
        const auto recorded = statement();
        if (recorded.has_value()) {
            if (!recorded.value()) {
                log::warning("mail_lease_lost", {{"mail", due.id.to_string()}});
            }
            return;
        }
        std::unique_lock lock{mutex_};
        if (changed_.wait_for(lock, abort_.get_token(), record_again_after, [] { return false; })
            || abort_.stop_requested()) {
            return;
        }
    }
    log::error("mail_not_recorded", {{"mail", due.id.to_string()}});
}

}  // namespace tessera::mail
