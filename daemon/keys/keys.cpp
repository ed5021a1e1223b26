#include "daemon/keys/keys.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace tessera::keys {

namespace {

using keyd::KeydError;
using keyd::KeydFault;

constexpr std::size_t keyrings_max = 20'000;
constexpr int jwks_max_age_s_max = 300;
// RSA generation when no spare key is ready.
constexpr Milliseconds ensure_deadline{20'000};

struct AlgorithmName {
    keyd::v1::Algorithm algorithm;
    std::string_view name;
};
constexpr std::array algorithm_names{
    AlgorithmName{keyd::v1::ES256, "ES256"},
    AlgorithmName{keyd::v1::RS256, "RS256"},
    AlgorithmName{keyd::v1::PS256, "PS256"},
    AlgorithmName{keyd::v1::EDDSA, "EdDSA"},
};

std::optional<keyd::v1::Algorithm> parse_algorithm(std::string_view name)
{
    if (name.empty()) {
        return keyd::v1::ALGORITHM_UNSPECIFIED;
    }
    const auto found = std::ranges::find(algorithm_names, name, &AlgorithmName::name);
    return found == algorithm_names.end() ? std::nullopt : std::optional{found->algorithm};
}

std::string_view name_of(keyd::v1::Algorithm algorithm)
{
    const auto found = std::ranges::find(algorithm_names, algorithm, &AlgorithmName::algorithm);
    return found == algorithm_names.end() ? std::string_view{} : found->name;
}

// The default first: RFC 8414 gives no order, but readers take the first.
std::vector<std::string> algorithms_of(const keyd::v1::KeyringView& view)
{
    std::vector<std::string> names;
    const auto add = [&names](keyd::v1::Algorithm algorithm) {
        const std::string_view name = name_of(algorithm);
        if (!name.empty() && std::ranges::find(names, name) == names.end()) {
            names.emplace_back(name);
        }
    };
    add(view.default_algorithm());
    for (const int algorithm : view.algorithms()) {
        add(static_cast<keyd::v1::Algorithm>(algorithm));
    }
    return names;
}

std::shared_ptr<const Jwks> make_jwks(const keyd::v1::KeyringView& view)
{
    auto jwks = std::make_shared<Jwks>();
    jwks->body = view.jwks();
    jwks->etag = '"' + base64url_encode(sha256(jwks->body)) + '"';
    const auto asked =
        static_cast<int>(std::min<std::uint32_t>(view.policy().jwks_max_age_s(), jwks_max_age_s_max));
    jwks->max_age_s = asked > 0 ? asked : jwks_max_age_s_max;
    jwks->algorithms = algorithms_of(view);
    return jwks;
}

}  // namespace

std::string_view service_state_name(keyd::v1::ServiceState state)
{
    switch (state) {
    case keyd::v1::OPERATIONAL: return "operational";
    case keyd::v1::DEGRADED: return "degraded";
    case keyd::v1::SERVICE_SEALED: return "sealed";
    default: return "unavailable";
    }
}

Keys::Keys(asio::io_context& loop, keyd::ClientOptions options, Changed changed)
    : loop_(loop),
      changed_(std::move(changed))
{
    keyd::ClientEvents events;
    events.keyring_changed = [this](const keyd::v1::KeyringChanged& change) { follow(change); };
    events.health_changed = [this](const keyd::v1::Health& health) {
        health_ = std::make_unique<keyd::v1::Health>(health);
    };
    events.connected = [this] {
        forget_freshness();
        asio::co_spawn(loop_, ask_again(), asio::detached);
    };
    client_ = std::make_unique<keyd::Client>(loop, std::move(options), std::move(events));
}

void Keys::start() { client_->start(); }

void Keys::stop() { client_->stop(); }

bool Keys::is_connected() const { return client_->is_connected(); }

Async<Result<SignedToken, KeydError>> Keys::sign_jwt(KeyringId keyring, std::string typ, std::string alg,
                                                     json::object claims, std::string request_id)
{
    const auto algorithm = parse_algorithm(alg);
    if (!algorithm) {
        co_return KeydError{KeydFault::refused, "ALG_NOT_ALLOWED", "no such algorithm", 0};
    }
    keyd::v1::Request request;
    request.set_request_id(std::move(request_id));
    auto& operation = *request.mutable_sign_jwt();
    operation.set_keyring_id(keyring.to_string());
    operation.set_typ(std::move(typ));
    operation.set_alg(*algorithm);
    operation.set_claims(json::serialize(claims));
    CO_TRY(auto&& response, co_await client_->call(std::move(request)));
    auto& signed_jwt = *response.mutable_signed_jwt();
    co_return SignedToken{std::move(*signed_jwt.mutable_jwt()), std::move(*signed_jwt.mutable_kid())};
}

Async<Result<std::shared_ptr<const Jwks>, KeydError>> Keys::jwks(KeyringId keyring)
{
    if (const auto found = entries_.find(keyring); found != entries_.end() && found->second.fresh) {
        co_return found->second.jwks;
    }
    const std::uint64_t connections = connections_;
    keyd::v1::Request request;
    request.mutable_get_keyring()->set_keyring_id(keyring.to_string());
    auto response = co_await client_->call(std::move(request));
    if (response) {
        const keyd::v1::KeyringView& view = response.value().keyring();
        const auto known = entries_.find(keyring);
        const bool is_news = known != entries_.end() && view.revision() > known->second.revision;
        const auto jwks = keep(view);
        if (is_news && changed_) {
            keyd::v1::KeyringChanged change;
            *change.mutable_keyring() = view;
            changed_(change);
        }
        if (connections != connections_) {
            forget_freshness();
        }
        co_return jwks;
    }
    if (response.error().fault == KeydFault::not_found) {
        entries_.erase(keyring);
        co_return response.error();
    }
    if (const auto found = entries_.find(keyring); found != entries_.end()) {
        co_return found->second.jwks;
    }
    co_return response.error();
}

Async<Result<KeyringId, KeydError>> Keys::ensure_realm_keyring(std::string issuer, std::string shared_keyring)
{
    keyd::v1::Request request;
    auto& operation = *request.mutable_ensure_realm_keyring();
    operation.set_issuer(std::move(issuer));
    operation.set_purpose("oidc");
    operation.set_shared_keyring(std::move(shared_keyring));
    CO_TRY(auto&& response, co_await client_->call(std::move(request), ensure_deadline));
    const auto id = KeyringId::parse(response.keyring().keyring_id());
    if (!id) {
        co_return KeydError{KeydFault::protocol, "KEYRING_ID", "keyd answered a keyring id that is none", 0};
    }
    keep(response.keyring());
    co_return *id;
}

void Keys::follow(const keyd::v1::KeyringChanged& change)
{
    const auto id = KeyringId::parse(change.keyring().keyring_id());
    if (!id) {
        log::error("keyd_keyring_id_malformed", {{"keyring", change.keyring().keyring_id()}});
        return;
    }
    if (change.destroyed()) {
        entries_.erase(*id);
    } else {
        keep(change.keyring());
    }
    if (changed_) {
        changed_(change);
    }
}

// keyd may have been replaced, or may have changed a keyring while nobody listened: every set is asked for again before
// it counts as fresh, and still served when keyd does not answer: a verifier needs it most when nothing else works.
void Keys::forget_freshness()
{
    ++connections_;
    for (auto& [id, entry] : entries_) {
        entry.fresh = false;
    }
}

Async<void> Keys::ask_again()
{
    const std::uint64_t connections = connections_;
    std::vector<KeyringId> stale;
    for (const auto& [id, entry] : entries_) {
        if (!entry.fresh) {
            stale.push_back(id);
        }
    }
    for (const KeyringId& id : stale) {
        if (connections != connections_ || !client_->is_connected()) {
            co_return;
        }
        // The answer is in the entry; a keyring that is gone is forgotten, and asked for by whoever still names it.
        std::ignore = co_await jwks(id);
    }
}

// A pushed change may overtake the answer to an earlier question: the higher revision wins. After a reconnection revisions
// may start anew, so a stale entry always gives way.
std::shared_ptr<const Jwks> Keys::keep(const keyd::v1::KeyringView& view)
{
    const auto id = KeyringId::parse(view.keyring_id());
    if (!id) {
        return make_jwks(view);
    }
    if (entries_.size() >= keyrings_max && !entries_.contains(*id)) {
        entries_.clear();
    }
    Entry& entry = entries_[*id];
    if (!entry.fresh || view.revision() >= entry.revision) {
        // The same content keeps its object, so that whoever derived something from it can tell by the pointer.
        if (entry.jwks == nullptr || entry.revision != view.revision() || entry.jwks->body != view.jwks()) {
            entry.jwks = make_jwks(view);
        }
        entry.revision = view.revision();
        entry.fresh = true;
    }
    return entry.jwks;
}

}  // namespace tessera::keys
