// Opening the state: derive the key that authenticates it, verify, load, settle what a crash interrupted.
#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/secret.hpp"
#include "keyd/keyring/clock_row.hpp"
#include "keyd/keyring/rows.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/keyring/token_refusal.hpp"
#include "keyd/keyring/token_serials.hpp"

namespace tessera::keyd {

namespace {

// Data keys and a few more: 16,384 projects in use at once; beyond it the cache of plain keys starts over.
constexpr std::size_t locked_keys_max = 16 * 1024;

// The token key that the state's MAC key is derived from. Its name follows from the salt, so that a crash between making the
// file and making the key leaves nothing behind.
std::string state_key_id(const Bytes& salt) { return "state-" + hex_encode(ByteView{salt}.first(12)); }

Answer<LockedKey> derive_mac_key(Store& store, pkcs11::Token& token, const std::string& label)
{
    const std::string id = state_key_id(store.salt());
    const auto exists = token.has_secret_key(id, token_deadline());
    if (exists.has_error()) {
        return refusal_of(exists.error(), label);
    }
    if (!exists.value() && !store.is_new()) {
        return Refusal{
            v1::KEY_MISSING,
            fmt::format("token {} does not hold the key that authenticates keyd's state: is it the "
                        "right token, and does the state directory belong to it?",
                        label)};
    }
    if (!exists.value()) {
        if (const auto made = token.generate_mac_key(id, token_deadline()); made.has_error()) {
            return refusal_of(made.error(), label);
        }
    }
    Bytes message{store.salt()};
    const ByteView purpose = as_bytes("tessera-keyd state authentication 1");
    message.insert(message.end(), purpose.begin(), purpose.end());
    auto derived = token.mac(id, message, token_deadline());
    if (derived.has_error()) {
        return refusal_of(derived.error(), label);
    }
    auto key = LockedKey::copy_of(derived.value());
    wipe(derived.value());
    if (!key) {
        return Refusal{v1::INTERNAL, "no locked memory is left"};
    }
    return std::move(*key);
}

void load_records(Service& service)
{
    for (const Row& row : service.store->load(Table::keyrings)) {
        const KeyringRecord record = read_keyring(row);
        service.rings.emplace(record.id, Ring{.record = record, .keys = {}});
    }
    for (const Row& row : service.store->load(Table::keys)) {
        KeyRecord key = read_key(row);
        if (!key.keyring) {
            service.spares.push_back(std::move(key));
        } else {
            service.rings.at(*key.keyring).keys.push_back(std::move(key));
        }
    }
    for (auto& [id, ring] : service.rings) {
        sort_keys(ring);
    }
    for (const Row& row : service.store->load(Table::issuers)) {
        const IssuerRecord issuer = read_issuer(row);
        service.issuers.emplace(issuer.issuer, issuer.keyring);
        service.directory.enrol(issuer.issuer, issuer.keyring);
    }
    for (const Row& row : service.store->load(Table::intents)) {
        const IntentRecord intent = read_intent(row);
        service.intents.emplace(intent.id, intent);
    }
}

// The latest instant that was acted on: time has passed it, whatever the clock says now.
Instant latest_instant(const Service& service)
{
    Instant latest{};
    const auto see = [&](const std::optional<Instant>& instant) {
        latest = std::max(latest, instant.value_or(Instant{}));
    };
    for (const auto& [id, ring] : service.rings) {
        for (const KeyRecord& key : ring.keys) {
            for (const auto& instant : {std::optional{key.created}, key.published, key.active, key.retired,
                                        key.removed, key.destroyed, key.compromised}) {
                see(instant);
            }
        }
    }
    return latest;
}

void start_clock_memory(Service& service)
{
    const ClockReading reading{service.clock.now(), service.clock.since_boot(), service.boot};
    ClockMemory memory = start_clock(reading);
    for (const Row& row : service.store->load(Table::settings)) {
        if (std::get<std::string>(row[0]) == clock_row_name) {
            memory = observe(read_clock(row), reading);
        }
    }
    memory.high_water = std::max(memory.high_water, latest_instant(service));
    service.remember_clock(std::move(memory));
}

}  // namespace

Service::Service(KeyringOptions options_, std::vector<NamedToken> tokens_, const Clock& clock_)
    : options(std::move(options_)),
      tokens(std::move(tokens_)),
      clock(clock_),
      boot(read_boot_id()),
      secrets(options.at_step, options.data_keys_max),
      start_refusal{v1::SEALED, "keyd has not opened its state yet"}
{
    if (!start_locked_memory(locked_keys_max)) {
        alarms.raise("locked-memory", "keyd could not lock its memory: raise LimitMEMLOCK to 64M");
    }
}

Answer<void> Service::start()
{
    if (is_started) {
        return ok();
    }
    const auto open = [this]() -> Answer<void> {
        if (!store) {
            TRY(store, Store::open(options.state_directory));
        }
        TRY(auto mac_key, derive_mac_key(*store, *tokens.front().token, tokens.front().label));
        return store->authenticate(std::move(mac_key));
    };
    if (auto opened = open(); opened.has_error()) {
        const std::lock_guard lock{start_refusal_mutex};
        start_refusal = opened.error();
        return opened;
    }
    load_records(*this);
    token_serials = load_serials(*store);
    remember_serials(*this);
    start_clock_memory(*this);
    clock_written = clock_memory.last.wall;
    counters_flushed = clock_memory.last.wall;
    secrets.start(*store, *tokens.front().token);
    for (auto it = intents.begin(); it != intents.end();) {
        const IntentRecord intent = (it++)->second;
        if (const auto settled = reconcile(intent); settled.has_error()) {
            log::warning("keyd_intent_open", {{"key", intent.id}, {"reason", settled.error().description}});
        }
    }
    const Instant now = transition_time(clock_memory);
    for (const auto& [id, ring] : rings) {
        publish_face(ring, now);
    }
    count_keys();
    is_started = true;
    log::info("keyd_state_opened",
              {{"keyrings", rings.size()}, {"issuers", issuers.size()}, {"spare_keys", spares.size()}});
    return ok();
}

Answer<void> Service::check_started() const
{
    if (is_started) {
        return ok();
    }
    const std::lock_guard lock{start_refusal_mutex};
    return start_refusal;
}

}  // namespace tessera::keyd
