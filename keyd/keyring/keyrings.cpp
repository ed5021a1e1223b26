// The loop's and the workers' side of Keyrings: signing and reading. Management is in the files of each operation.
#include "keyd/keyring/keyrings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "keyd/keyring/claims.hpp"
#include "keyd/keyring/issuer.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/keyring/token_refusal.hpp"

namespace tessera::keyd {

namespace {

const Refusal unknown_keyring{v1::KEYRING_UNKNOWN, "there is no such keyring"};

Refusal no_key(const KeyringFace& keyring, v1::Algorithm algorithm)
{
    if (std::ranges::find(keyring.missing, algorithm) != keyring.missing.end()) {
        return {v1::KEY_MISSING,
                "the keyring's key is not on its token: `tessera keys self-test` says which"};
    }
    if (std::ranges::find(keyring.view.algorithms(), algorithm) == keyring.view.algorithms().end()) {
        return {v1::ALG_NOT_ALLOWED, "the keyring has no key of this algorithm"};
    }
    return {v1::NO_ACTIVE_KEY, "no key of this algorithm may sign now"};
}

Answer<const KeyringFace::Header*> find_header(const KeyringFace& keyring, const v1::SignJwt& request)
{
    const auto& typs = keyring.view.policy().typs();
    if (std::ranges::find(typs, request.typ()) == typs.end()) {
        return Refusal{v1::TYP_NOT_ALLOWED, "the keyring does not sign this typ"};
    }
    const v1::Algorithm algorithm =
        request.alg() == v1::ALGORITHM_UNSPECIFIED ? keyring.view.default_algorithm() : request.alg();
    const auto header = std::ranges::find_if(keyring.headers, [&](const KeyringFace::Header& of) {
        return of.algorithm == algorithm && of.typ == request.typ();
    });
    if (header == keyring.headers.end()) {
        return no_key(keyring, algorithm);
    }
    return &*header;
}

const Refusal foreign_issuer{v1::ISSUER_FOREIGN, "iss is not enrolled in the keyring"};
const Refusal key_withdrawn{v1::NO_ACTIVE_KEY, "the key was revoked meanwhile; another signs now"};

}  // namespace

Keyrings::Keyrings(KeyringOptions options, std::vector<NamedToken> tokens, const Clock& clock)
    : service_(std::make_unique<Service>(std::move(options), std::move(tokens), clock))
{
    ASSERT(!service_->tokens.empty());
}

Keyrings::~Keyrings() = default;

Answer<void> Keyrings::start() { return service_->start(); }
bool Keyrings::is_started() const { return service_->is_started; }

Answer<PendingSignature> Keyrings::prepare_sign(const v1::SignJwt& request, Instant now) const
{
    TRY(service_->check_started());
    const auto keyring = service_->directory.find(request.keyring_id());
    if (!keyring) {
        return unknown_keyring;
    }
    TRY(const auto* header, find_header(*keyring, request));
    TRY(auto issuer, check_claims(request.typ(), request.claims(), keyring->lifetime_max, now));
    if (!service_->directory.signs_for(*keyring, issuer)) {
        return foreign_issuer;
    }
    TRY(service_->check_clock(now));
    return PendingSignature{.key = header->key,
                            .keyring = keyring->id,
                            .issuer = std::move(issuer),
                            .input = header->prefix + base64url_encode(as_bytes(request.claims()))};
}

Answer<Bytes> Keyrings::sign(const PendingSignature& pending, Tick deadline) const
{
    if (pending.key->is_withdrawn) {
        return key_withdrawn;
    }
    if (service_->directory.keyring_of(pending.issuer) != pending.keyring) {
        return foreign_issuer;
    }
    auto signature = pending.key->token.sign(pending.key->ref, as_bytes(pending.input), deadline);
    if (signature.has_error()) {
        return refusal_of(signature.error(), pending.key->token.label());
    }
    if (pending.key->is_withdrawn) {
        return key_withdrawn;  // while it was being used
    }
    return std::move(signature).value();
}

v1::SignedJwt Keyrings::finish(PendingSignature pending, ByteView signature) const
{
    pending.key->signatures.fetch_add(1, std::memory_order_relaxed);
    service_->signatures.fetch_add(1, std::memory_order_relaxed);
    v1::SignedJwt signed_jwt;
    signed_jwt.set_kid(pending.key->kid);
    pending.input += '.';
    pending.input += base64url_encode(signature);
    signed_jwt.set_jwt(std::move(pending.input));
    return signed_jwt;
}

Answer<v1::KeyringView> Keyrings::get_keyring(const v1::GetKeyring& request) const
{
    TRY(service_->check_started());
    const auto keyring = service_->directory.find(request.keyring_id());
    if (!keyring) {
        return unknown_keyring;
    }
    return keyring->view;
}

std::optional<Answer<v1::KeyringView>>
Keyrings::find_realm_keyring(const v1::EnsureRealmKeyring& request) const
{
    if (auto started = service_->check_started(); started.has_error()) {
        return started.error();
    }
    if (auto allowed = check_realm_request(request, service_->options.issuer_domain); allowed.has_error()) {
        return allowed.error();
    }
    const auto id = service_->directory.keyring_of(request.issuer());
    const auto keyring = id ? service_->directory.find(id->to_string()) : nullptr;
    if (keyring) {
        return realm_view(keyring->view, request);
    }
    if (!request.shared_keyring().empty() && !service_->directory.shared_keyring(request.shared_keyring())) {
        return Refusal{v1::KEYRING_UNKNOWN, "there is no shared keyring of this label"};
    }
    return std::nullopt;
}

std::vector<std::string> Keyrings::alarms() const { return service_->alarms.sentences(); }
std::uint32_t Keyrings::keyring_count() const { return service_->directory.size(); }
std::uint64_t Keyrings::signature_count() const { return service_->signatures; }

std::uint32_t Keyrings::key_count(std::string_view token) const
{
    const std::lock_guard lock{service_->counts_mutex};
    const auto found = service_->key_counts.find(token);
    return found == service_->key_counts.end() ? 0 : found->second;
}

std::uint32_t Keyrings::spare_key_count(std::string_view token) const
{
    const std::lock_guard lock{service_->counts_mutex};
    const auto found = service_->spare_counts.find(token);
    return found == service_->spare_counts.end() ? 0 : found->second;
}

Answer<v1::Sealed> Keyrings::seal(const v1::Seal& request, Tick deadline)
{
    TRY(check_sizes(request));
    TRY(service_->check_started());
    return service_->secrets.seal(request, service_->clock.now(), deadline);
}

Answer<v1::Opened> Keyrings::open(const v1::Open& request, Tick deadline)
{
    TRY(check_sizes(request));
    TRY(service_->check_started());
    return service_->secrets.open(request, deadline);
}

}  // namespace tessera::keyd
