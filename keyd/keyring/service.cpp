#include "keyd/keyring/service.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tessera::keyd {

namespace {

// Generation of a large RSA key on a slow token; the module's watchdog bounds the call itself.
constexpr Seconds token_wait_max{20};

}  // namespace

void sort_keys(Ring& ring)
{
    std::ranges::sort(ring.keys, {}, [](const KeyRecord& key) { return std::pair{key.created, key.id}; });
}

void Alarms::raise(std::string_view name, std::string sentence)
{
    const std::lock_guard lock{mutex_};
    raised_.insert_or_assign(std::string{name}, std::move(sentence));
}

void Alarms::clear(std::string_view name)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = raised_.find(name); found != raised_.end()) {
        raised_.erase(found);
    }
}

std::vector<std::string> Alarms::sentences() const
{
    const std::lock_guard lock{mutex_};
    std::vector<std::string> all;
    for (const auto& [name, sentence] : raised_) {
        all.push_back(sentence);
    }
    return all;
}

Tick token_deadline() { return SystemClock{}.tick() + token_wait_max; }

static_assert(static_cast<int>(v1::ES256) == static_cast<int>(pkcs11::Algorithm::es256)
              && static_cast<int>(v1::RS256) == static_cast<int>(pkcs11::Algorithm::rs256)
              && static_cast<int>(v1::PS256) == static_cast<int>(pkcs11::Algorithm::ps256)
              && static_cast<int>(v1::EDDSA) == static_cast<int>(pkcs11::Algorithm::eddsa));

pkcs11::Algorithm to_token_algorithm(v1::Algorithm algorithm)
{
    return static_cast<pkcs11::Algorithm>(algorithm);
}

pkcs11::KeyRef to_key_ref(const KeyRecord& key)
{
    return {
        .cka_id = key.id.to_string(), .algorithm = to_token_algorithm(key.algorithm), .spki_der = key.spki};
}

pkcs11::Token* Service::find_token(std::string_view label)
{
    const auto found = std::ranges::find(tokens, label, &NamedToken::label);
    return found == tokens.end() ? nullptr : found->token;
}

Answer<Ring*> Service::load_ring(const std::string& keyring_id)
{
    const auto id = KeyringId::parse(keyring_id);
    const auto found = id ? rings.find(*id) : rings.end();
    if (found == rings.end() || found->second.record.destroyed) {
        return Refusal{v1::KEYRING_UNKNOWN, "there is no such keyring"};
    }
    return &found->second;
}

Ring* Service::find_ring_by_label(std::string_view label)
{
    const auto found = std::ranges::find_if(rings, [&](const auto& entry) {
        return entry.second.record.label == label && !entry.second.record.destroyed;
    });
    return found == rings.end() ? nullptr : &found->second;
}

std::vector<std::string> Service::issuers_of(const KeyringId& keyring) const
{
    std::vector<std::string> enrolled;
    for (const auto& [issuer, of] : issuers) {
        if (of == keyring) {
            enrolled.push_back(issuer);
        }
    }
    return enrolled;
}

Instant Service::observe_clock()
{
    remember_clock(observe(clock_memory, {clock.now(), clock.since_boot(), boot}));
    return transition_time(clock_memory);
}

void Service::remember_clock(ClockMemory memory)
{
    clock_memory = std::move(memory);
    clock_difference_us = believed_difference(clock_memory).count();
    if (is_trusted(clock_memory)) {
        alarms.clear("clock");
    } else {
        const bool is_signing_frozen = clock_memory.ahead > options.clock_ahead_max;
        alarms.raise("clock",
                     clock_alarm(clock_memory) + (is_signing_frozen ? "; nothing is signed meanwhile" : ""));
    }
}

Answer<void> Service::check_clock(Instant now) const
{
    if (is_ahead(Microseconds{clock_difference_us.load()}, now, clock.since_boot(),
                 options.clock_ahead_max)) {
        return Refusal{v1::CLOCK_UNTRUSTED,
                       "the clock jumped ahead: a token made now would live too long; check time "
                       "synchronisation"};
    }
    return ok();
}

}  // namespace tessera::keyd
