#include "daemon/mail/outlook.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace tessera::mail {

namespace {

constexpr Milliseconds asked_every{5'000};
// A person reads the page meanwhile, and a front that ends waits for this.
constexpr Milliseconds answered_within{5'000};

}  // namespace

Outlook::Outlook(const std::optional<outbound::SmtpOptions>& smtp) : smtp_(smtp), is_out_(!smtp)
{
    if (smtp_) {
        smtp_->total_max = std::min(smtp_->total_max, answered_within);
        thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
    }
}

Outlook::~Outlook() = default;

void Outlook::ask()
{
    const std::lock_guard lock{mutex_};
    asked_ = true;
    changed_.notify_all();
}

void Outlook::run(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, stop, [this] { return asked_ || is_out_; });
            asked_ = false;
        }
        if (stop.stop_requested()) {
            return;
        }
        const auto answered = outbound::SmtpSession{*smtp_}.probe();
        if (is_out_ != answered.has_error()) {
            is_out_ = answered.has_error();
            log::write(is_out_ ? log::Level::warning : log::Level::info,
                       is_out_ ? "mail_server_out" : "mail_server_back", {},
                       {{"detail", is_out_ ? answered.error().detail : std::string{}}});
        }
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, stop, asked_every, [] { return false; });
    }
}

}  // namespace tessera::mail
