// How a keyring changes: disk first, then memory, then readers.
#include <algorithm>

#include "base/log.hpp"
#include "keyd/keyring/face.hpp"
#include "keyd/keyring/rows.hpp"
#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

namespace {

// What a front sees changes: it must be told.
bool is_seen_by_fronts(const Ring* before, const Ring& after, Instant now)
{
    return before == nullptr || jwks_of(*before, now) != jwks_of(after, now)
           || before->record.policy != after.record.policy
           || before->record.destroyed != after.record.destroyed;
}

const KeyRecord* find_key(const Ring* ring, const KeyId& id)
{
    if (ring == nullptr) {
        return nullptr;
    }
    const auto found = std::ranges::find(ring->keys, id, &KeyRecord::id);
    return found == ring->keys.end() ? nullptr : &*found;
}

}  // namespace

Answer<void> Service::commit_ring(Ring next, std::span<const std::string> enrol,
                                  std::span<const std::string> withdraw, const JournalLine& line)
{
    const Instant now = transition_time(clock_memory);
    const auto known = rings.find(next.record.id);
    const Ring* before = known == rings.end() ? nullptr : &known->second;
    const bool seen = is_seen_by_fronts(before, next, now);
    next.record.revision += seen ? 1 : 0;
    sort_keys(next);
    {
        Store::Change change{*store};
        change.put(Table::keyrings, to_row(next.record));
        for (const KeyRecord& key : next.keys) {
            const KeyRecord* old = find_key(before, key.id);
            if (old == nullptr || *old != key) {
                change.put(Table::keys, to_row(key));
            }
        }
        for (const std::string& issuer : enrol) {
            change.put(Table::issuers,
                       to_row(IssuerRecord{issuer, std::string{oidc_purpose}, next.record.id}));
        }
        for (const std::string& issuer : withdraw) {
            change.erase(Table::issuers, issuer_key(oidc_purpose, issuer));
        }
        change.journal(line, clock.now());
        TRY(change.commit());
    }
    next.look_again = Instant::min();
    Ring& ring = rings.insert_or_assign(next.record.id, std::move(next)).first->second;
    for (const std::string& issuer : withdraw) {
        issuers.erase(issuer);
        directory.withdraw(issuer);
    }
    for (const KeyRecord& key : ring.keys) {
        drop_spare(key.id);
        const auto signer = signers.find(key.id);
        if ((key.compromised || key.removed) && signer != signers.end()) {
            signer->second->is_withdrawn = true;
        }
    }
    publish_face(ring, now);
    for (const std::string& issuer : enrol) {
        issuers.insert_or_assign(issuer, ring.record.id);
        directory.enrol(issuer, ring.record.id);
    }
    count_keys();
    if (seen && options.on_change) {
        v1::KeyringChanged changed;
        *changed.mutable_keyring() = front_view(ring, now);
        changed.set_destroyed(ring.record.destroyed.has_value());
        options.on_change(changed);
    }
    return ok();
}

void Service::journal(const JournalLine& line)
{
    Store::Change change{*store};
    change.journal(line, clock.now());
    if (change.commit().has_error()) {
        log::error("keyd_journal_lost",
                   {{"operation", line.operation}, {"result", line.result}, {"uid", line.uid}});
    }
}

void Service::reached(std::string_view step) const
{
    if (options.at_step) {
        options.at_step(step);
    }
}

void Service::count_keys()
{
    std::map<std::string, std::uint32_t, std::less<>> keys;
    std::map<std::string, std::uint32_t, std::less<>> ready;
    for (const auto& [id, ring] : rings) {
        for (const KeyRecord& key : ring.keys) {
            keys[key.token] += key.destroyed ? 0 : 1;
        }
    }
    for (const KeyRecord& spare : spares) {
        ++keys[spare.token];
        ++ready[spare.token];
    }
    const std::lock_guard lock{counts_mutex};
    key_counts = std::move(keys);
    spare_counts = std::move(ready);
}

}  // namespace tessera::keyd
