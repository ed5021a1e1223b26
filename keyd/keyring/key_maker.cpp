// How keys come to be. Every generation is announced in the store before the token is asked (intent), so that a key whose maker
// died is found again by its CKA_ID: no orphan on the token, no second key for the same need.
#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "keyd/keyring/algorithm.hpp"
#include "keyd/keyring/jwk.hpp"
#include "keyd/keyring/rows.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/keyring/token_refusal.hpp"

namespace tessera::keyd {

namespace {

// Less than this and the token would fail in the middle of a generation.
constexpr std::uint64_t free_bytes_min = 4096;
constexpr std::uint64_t free_bytes_low = 4 * free_bytes_min;

Answer<KeyRecord> make_record(const IntentRecord& intent, Bytes spki)
{
    const auto id = KeyId::parse(intent.id);
    auto members = public_jwk(spki);
    if (!id || !members) {
        log::error("keyd_public_key_unreadable", {{"key", intent.id}, {"token", intent.token}});
        return Refusal{v1::INTERNAL, fmt::format("token {} gave a public key that is none", intent.token)};
    }
    KeyRecord key;
    key.id = *id;
    key.token = intent.token;
    key.algorithm = intent.algorithm;
    key.rsa_bits = intent.rsa_bits;
    key.kid = thumbprint(*members);
    key.jwk = canonical_json(signature_jwk(std::move(*members), key.kid, key.algorithm));
    key.spki = std::move(spki);
    key.created = intent.created;
    return key;
}

// A token that says how much room it has is believed before it is filled to the brim.
Answer<void> check_room(Service& service, pkcs11::Token& token, const std::string& label)
{
    const auto info = token.info(token_deadline());
    if (info.has_error()) {
        return refusal_of(info.error(), label);
    }
    const std::string alarm = "room:" + label;
    const auto& free_bytes = info.value().free_private_bytes;
    if (!free_bytes || *free_bytes >= free_bytes_low) {
        service.alarms.clear(alarm);
        return ok();
    }
    service.alarms.raise(
        alarm, fmt::format("token {} has {} bytes left for keys; destroy keyrings or use shared ones", label,
                           *free_bytes));
    if (*free_bytes < free_bytes_min) {
        return Refusal{v1::TOKEN_FULL, fmt::format("token {} has no room for another key", label)};
    }
    return ok();
}

Answer<KeyRecord> record_key(Service& service, const IntentRecord& intent, Bytes spki)
{
    TRY(auto key, make_record(intent, std::move(spki)));
    Store::Change change{*service.store};
    change.put(Table::keys, to_row(key));
    change.erase(Table::intents, intent.id);
    TRY(change.commit());
    service.intents.erase(intent.id);
    service.spares.push_back(key);
    return key;
}

}  // namespace

bool is_spare_for(const KeyRecord& key, const std::string& token, v1::Algorithm algorithm,
                  std::uint32_t rsa_bits)
{
    return key.token == token && key.algorithm == algorithm
           && (!is_rsa(algorithm) || key.rsa_bits == rsa_bits) && !key.missing;
}

Answer<KeyRecord> Service::make_key(const std::string& label, v1::Algorithm algorithm, std::uint32_t rsa_bits)
{
    pkcs11::Token* token = find_token(label);
    if (token == nullptr) {
        return Refusal{v1::TOKEN_UNKNOWN, fmt::format("no token {} is configured", label)};
    }
    // A token known to be away is not asked: each failed attempt would leave an intent to settle.
    if (const auto health = token->health(); health.state == pkcs11::TokenState::unavailable) {
        return Refusal{v1::TOKEN_UNAVAILABLE,
                       fmt::format("token {} does not answer; recovery is under way", label), 500};
    }
    TRY(check_room(*this, *token, label));
    const IntentRecord intent{.id = KeyId::random().to_string(),
                              .token = label,
                              .algorithm = algorithm,
                              .rsa_bits = is_rsa(algorithm) ? rsa_bits : 0,
                              .created = transition_time(clock_memory)};
    {
        Store::Change change{*store};
        change.put(Table::intents, to_row(intent));
        TRY(change.commit());
    }
    intents.emplace(intent.id, intent);
    reached("key.intended");
    auto spki =
        token->generate_key_pair(intent.id, to_token_algorithm(algorithm), intent.rsa_bits, token_deadline());
    if (spki.has_error()) {
        // The key may exist all the same: tick() asks the token until it knows.
        if (spki.error().fault == pkcs11::Fault::full) {
            alarms.raise("room:" + label,
                         fmt::format("token {} is full; destroy keyrings or use shared ones", label));
        }
        return refusal_of(spki.error(), label);
    }
    reached("key.generated");
    TRY(auto key, record_key(*this, intent, std::move(spki).value()));
    reached("key.recorded");
    count_keys();
    return key;
}

Answer<KeyRecord> Service::take_key(const std::string& token, v1::Algorithm algorithm, std::uint32_t rsa_bits)
{
    const auto spare = std::ranges::find_if(
        spares, [&](const KeyRecord& key) { return is_spare_for(key, token, algorithm, rsa_bits); });
    if (spare != spares.end()) {
        return *spare;
    }
    return make_key(token, algorithm, rsa_bits);
}

void Service::drop_spare(const KeyId& key)
{
    std::erase_if(spares, [&](const KeyRecord& spare) { return spare.id == key; });
}

Answer<void> Service::reconcile(const IntentRecord& intent)
{
    pkcs11::Token* token = find_token(intent.token);
    if (token == nullptr) {
        return Refusal{v1::TOKEN_UNKNOWN, fmt::format("no token {} is configured", intent.token)};
    }
    auto found = token->find_key_pair(intent.id, to_token_algorithm(intent.algorithm), token_deadline());
    if (found.has_value() && found.value()) {
        log::info("keyd_key_adopted", {{"key", intent.id}, {"token", intent.token}});
        TRY(record_key(*this, intent, std::move(*found.value())));
        return ok();
    }
    if (found.has_error()) {
        if (found.error().fault != pkcs11::Fault::missing_key) {
            return refusal_of(found.error(), intent.token);
        }
        // Half a pair: its maker died between the halves.
        if (const auto destroyed = token->destroy(intent.id, token_deadline()); destroyed.has_error()) {
            return refusal_of(destroyed.error(), intent.token);
        }
    }
    const std::string id = intent.id;  // `intent` may live in the map
    Store::Change change{*store};
    change.erase(Table::intents, id);
    TRY(change.commit());
    intents.erase(id);
    return ok();
}

}  // namespace tessera::keyd
