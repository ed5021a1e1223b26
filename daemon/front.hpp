// What one event loop of `tessera serve` works with: built in serve's main, in order, by name; borrowed by every route.
#pragma once

#include "base/clock.hpp"
#include "base/settings.hpp"
#include "daemon/audit/refusal_budget.hpp"
#include "daemon/audit/writer.hpp"
#include "daemon/http/admission.hpp"
#include "daemon/keys/keys.hpp"
#include "daemon/login/password_hashing.hpp"
#include "daemon/metrics.hpp"
#include "daemon/realm.hpp"
#include "storage/pool.hpp"

namespace tessera {

namespace oauth {
class AccessTokens;       // daemon/oauth/access_token
class MetadataDocuments;  // daemon/oauth/metadata
class Rotations;          // daemon/oauth/token/refresh_token
}  // namespace oauth
namespace mail {
class Outlook;  // daemon/mail/outlook
}
namespace outbound {
class Fetcher;  // daemon/outbound/fetch
}

struct Front {
    const Settings& settings;
    const Clock& clock;
    storage::Pool& app_pool;
    storage::Pool& system_pool;
    asio::thread_pool& threads;
    RealmDirectory& realms;
    keys::Keys& keys;
    audit::Writer& audit;
    audit::RefusalBudget& refusals;
    login::PasswordHashing& passwords;
    http::Admission& admission;
    Metrics& metrics;  // front.metrics.count(Counter::tokens_issued)
    oauth::AccessTokens& access_tokens;
    oauth::MetadataDocuments& metadata_documents;
    outbound::Fetcher& fetcher;
    oauth::Rotations& rotations;
    mail::Outlook& mail_outlook;
};

}  // namespace tessera
