// Mail delivery of `tessera serve` with what it needs of its own, and its settings.
#pragma once

#include "base/clock.hpp"
#include "base/settings.hpp"
#include "daemon/mail/delivery.hpp"
#include "daemon/mail/opener.hpp"
#include "storage/pool.hpp"

namespace tessera {

// The smtp-… settings; no `smtp` in it when smtp-url is empty. An error when they do not fit together.
Result<mail::DeliveryOptions, SettingsError> delivery_of(const Settings& settings);

// From construction to destruction. No pool or connection of the requests is used.
class MailRoom {
public:
    MailRoom(const Settings& settings, const mail::DeliveryOptions& options, const Clock& clock);

    void wake() { delivery_.wake(); }
    const mail::DeliveryCounts& counts() const { return delivery_.counts(); }

private:
    storage::Pool system_pool_;
    storage::Pool app_pool_;
    mail::Opener opener_;
    mail::Delivery delivery_;
};

}  // namespace tessera
