// CreateKeyring and EnsureRealmKeyring: how a keyring comes to be.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "keyd/keyring/algorithm.hpp"
#include "keyd/keyring/issuer.hpp"
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/policy.hpp"
#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

namespace {

constexpr std::size_t label_chars_max = 128;
constexpr int issuers_max = 1000;  // in one request; EnrolIssuer takes the rest

bool is_label(std::string_view label)
{
    return !label.empty() && label.size() <= label_chars_max && std::ranges::all_of(label, [](char c) {
        return c > ' ' && c < '\x7f' && c != '"' && c != '\\';
    });
}

Answer<std::vector<v1::Algorithm>> read_algorithms(const v1::CreateKeyring& request)
{
    std::vector<v1::Algorithm> algorithms;
    for (const int value : request.algorithms()) {
        const auto algorithm = static_cast<v1::Algorithm>(value);
        if (!is_algorithm(algorithm) || std::ranges::find(algorithms, algorithm) != algorithms.end()) {
            return Refusal{v1::POLICY_INVALID, "algorithms holds an unknown one or one twice"};
        }
        algorithms.push_back(algorithm);
    }
    if (algorithms.empty()) {
        algorithms.push_back(v1::ES256);
    }
    return algorithms;
}

// A new keyring's first keys sign at once: nobody has cached its JWKS yet.
Answer<Ring> make_ring(Service& service, KeyringRecord record)
{
    const Instant now = service.observe_clock();
    record.id = KeyringId::random();
    record.created = now;
    record.lifetime_max_seen = record.policy.lifetime_max;
    record.jwks_max_age_seen = record.policy.jwks_max_age;
    Ring ring{.record = std::move(record), .keys = {}};
    for (const v1::Algorithm algorithm : ring.record.algorithms) {
        TRY(auto key, service.take_key(ring.record.token, algorithm, ring.record.policy.rsa_bits));
        key.keyring = ring.record.id;
        key.published = key.ready = key.active = std::max(now, key.created);
        ring.keys.push_back(std::move(key));
    }
    return ring;
}

Answer<void> check_enrolment(const Service& service, const std::string& issuer)
{
    TRY(check_issuer(issuer));
    if (service.issuers.contains(issuer)) {
        return Refusal{v1::ISSUER_ENROLLED_ELSEWHERE, fmt::format("another keyring signs for {}", issuer)};
    }
    return ok();
}

// CreateKeyring is idempotent by label when everything asked for is what the keyring is.
Answer<v1::KeyringView> answer_existing(Service& service, const Ring& ring, const KeyringRecord& wanted,
                                        const std::vector<std::string>& issuers)
{
    const KeyringRecord& is = ring.record;
    const bool same = is.token == wanted.token && is.algorithms == wanted.algorithms
                      && is.policy == wanted.policy && is.shared == wanted.shared
                      && std::ranges::all_of(issuers, [&](const std::string& issuer) {
                             const auto found = service.issuers.find(issuer);
                             return found != service.issuers.end() && found->second == is.id;
                         });
    if (!same) {
        return Refusal{v1::KEYRING_EXISTS, fmt::format("keyring {} exists with other content", is.label)};
    }
    return service.admin_view(ring, service.observe_clock());
}

Answer<v1::KeyringView> create(Service& service, const v1::CreateKeyring& request, std::uint32_t uid)
{
    if (!is_label(request.label())) {
        return Refusal{v1::MALFORMED_REQUEST,
                       "label is 1 to 128 printable characters without spaces and quotes"};
    }
    if (request.issuers_size() > issuers_max) {
        return Refusal{v1::MALFORMED_REQUEST, "too many issuers in one request: enrol them one by one"};
    }
    KeyringRecord record;
    record.label = request.label();
    record.token = request.token().empty() ? service.tokens.front().label : request.token();
    record.shared = request.shared();
    if (service.find_token(record.token) == nullptr) {
        return Refusal{v1::TOKEN_UNKNOWN, "no token of this label is configured"};
    }
    TRY(record.algorithms, read_algorithms(request));
    TRY(record.policy, merge_policy(default_policy(), request.policy()));
    const std::set<std::string> unique(request.issuers().begin(), request.issuers().end());
    const std::vector<std::string> issuers(unique.begin(), unique.end());
    if (const Ring* existing = service.find_ring_by_label(request.label())) {
        return answer_existing(service, *existing, record, issuers);
    }
    for (const std::string& issuer : issuers) {
        TRY(check_enrolment(service, issuer));
    }
    TRY(auto ring, make_ring(service, std::move(record)));
    const KeyringId id = ring.record.id;
    TRY(service.commit_ring(std::move(ring), issuers, {},
                            {.uid = uid,
                             .operation = "create_keyring",
                             .keyring = id.to_string(),
                             .kid = {},
                             .result = "ok",
                             .detail = request.label()}));
    service.reached("keyring.created");
    return service.admin_view(service.rings.at(id), service.observe_clock());
}

Answer<v1::KeyringView> enrol_in_shared(Service& service, const v1::EnsureRealmKeyring& request,
                                        std::uint32_t uid)
{
    const Ring* shared = service.find_ring_by_label(request.shared_keyring());
    if (shared == nullptr || !shared->record.shared) {
        return Refusal{v1::KEYRING_UNKNOWN, "there is no shared keyring of this label"};
    }
    const std::string issuers[] = {request.issuer()};
    const KeyringId id = shared->record.id;
    TRY(service.commit_ring(*shared, issuers, {},
                            {.uid = uid,
                             .operation = "enrol_issuer",
                             .keyring = id.to_string(),
                             .kid = {},
                             .result = "ok",
                             .detail = request.issuer()}));
    return service.directory.find(id.to_string())->view;
}

Answer<v1::KeyringView> make_realm_keyring(Service& service, const v1::EnsureRealmKeyring& request,
                                           std::uint32_t uid)
{
    const auto realms = std::ranges::count_if(service.rings, [](const auto& entry) {
        return entry.second.record.realm && !entry.second.record.destroyed;
    });
    if (realms >= service.options.realm_keyrings_max) {
        return Refusal{v1::KEYRING_LIMIT,
                       fmt::format("{} realms have a keyring of their own, the configured limit: raise "
                                   "realm-keyrings-max or use a shared keyring",
                                   realms)};
    }
    KeyringRecord record;
    record.label = request.issuer();
    record.token = service.tokens.front().label;
    record.realm = true;
    record.algorithms = service.options.realm_algorithms;
    TRY(record.policy, merge_policy(default_policy(), service.options.realm_policy));
    TRY(auto ring, make_ring(service, std::move(record)));
    const KeyringId id = ring.record.id;
    const std::string issuers[] = {request.issuer()};
    TRY(service.commit_ring(std::move(ring), issuers, {},
                            {.uid = uid,
                             .operation = "ensure_realm_keyring",
                             .keyring = id.to_string(),
                             .kid = {},
                             .result = "ok",
                             .detail = request.issuer()}));
    service.reached("keyring.created");
    return service.directory.find(id.to_string())->view;
}

Answer<v1::KeyringView> ensure(Service& service, const v1::EnsureRealmKeyring& request, std::uint32_t uid)
{
    TRY(check_realm_request(request, service.options.issuer_domain));
    const auto enrolled = service.issuers.find(request.issuer());
    if (enrolled != service.issuers.end()) {
        return realm_view(service.directory.find(enrolled->second.to_string())->view, request);
    }
    if (service.issuers.size() >= service.options.realm_issuers_max) {
        return Refusal{v1::KEYRING_LIMIT,
                       fmt::format("keyd signs for {} issuers, the configured limit: raise realm-issuers-max",
                                   service.issuers.size())};
    }
    TRY(auto view, request.shared_keyring().empty() ? make_realm_keyring(service, request, uid)
                                                    : enrol_in_shared(service, request, uid));
    return realm_view(std::move(view), request);
}

}  // namespace

Answer<v1::KeyringView> Keyrings::create_keyring(const v1::CreateKeyring& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    return service_->journaled(create(*service_, request, uid), {.uid = uid,
                                                                 .operation = "create_keyring",
                                                                 .keyring = {},
                                                                 .kid = {},
                                                                 .result = {},
                                                                 .detail = request.label()});
}

Answer<v1::KeyringView> Keyrings::ensure_realm_keyring(const v1::EnsureRealmKeyring& request,
                                                       std::uint32_t uid)
{
    TRY(service_->check_started());
    // A refusal is not journaled: whoever can ask for ever must not fill the disk. The server's log counts them.
    return ensure(*service_, request, uid);
}

}  // namespace tessera::keyd
