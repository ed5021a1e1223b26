// Seal and Open: envelope encryption of small secrets.
//
// A data key per project (AES-256-GCM, plain only in locked memory) encrypts; it is kept wrapped by a non-extractable AES key of
// the token and, once there is a backup key, by that RSA key too. An envelope names its data key and a data key names its
// wrapping key, so both are replaced without touching what was sealed. docs/adr/0022-envelopes.md.
//
// THREADS. seal and open from any number of workers; the rest on the management thread. Making and wrapping keys is serialised; a
// worker waits for it only at the first Seal of a project.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "keyd/keyring/refusal.hpp"
#include "keyd/keyring/store.hpp"
#include "keyd/pkcs11/token.hpp"
#include "keyd/seal/data_key.hpp"
#include "keyd/seal/locked_key.hpp"

namespace tessera::keyd {

// What can be judged of a request without any key: its sizes. Cheap; the loop asks before the request waits for a worker, so that
// the queue holds small ones only.
Answer<void> check_sizes(const v1::Seal& request);
Answer<void> check_sizes(const v1::Open& request);

class Secrets {
public:
    // `at_step` as in KeyringOptions. Beyond `data_keys_max` projects with a data key seal() is DATA_KEY_LIMIT for others.
    Secrets(std::function<void(std::string_view)> at_step, std::size_t data_keys_max)
        : at_step_(std::move(at_step)),
          data_keys_max_(data_keys_max)
    {
    }

    // Loads from an authenticated store. `token` is the default token. Both outlive this. Management.
    void start(Store& store, pkcs11::Token& token);

    // Requests that passed check_sizes().
    Answer<v1::Sealed> seal(const v1::Seal& request, Instant now, Tick deadline);
    Answer<v1::Opened> open(const v1::Open& request, Tick deadline);

    // "" removes it. Wraps every data key before it answers. Management.
    Answer<void> set_backup_key(const std::string& public_key_pem, const JournalLine& line, Instant now);
    // Makes a new wrapping key and starts the job that step() carries on. Management.
    Answer<void> start_rewrap(const v1::RewrapDataKeys& request, const JournalLine& line, Instant now);
    // Does a little of what is due: a data key is wrapped again or replaced, a wrapping key that wraps nothing any more is
    // destroyed. False when nothing is due. What is due follows from the records, so a killed process goes on. Management.
    Answer<bool> step(Instant now);

private:
    // Shared: an operation may be using it while the cache is emptied.
    using PlainKey = std::shared_ptr<const LockedKey>;
    struct DataKey {
        DataKeyRecord record;
        PlainKey plain;  // null until first used
    };
    struct ReadyKey {
        DataKeyRecord record;
        PlainKey plain;
    };

    // Both hold making_.
    Answer<void> make_wrapping_key(std::int64_t generation, const JournalLine* line, Instant now);
    Answer<ReadyKey> make_data_key(const Uuid& project, Instant now, Tick deadline);

    Answer<ReadyKey> ready_key(const DataKey& key, Tick deadline);
    Answer<PlainKey> unwrap(const DataKeyRecord& record, Tick deadline);
    Answer<PlainKey> keep(ByteView plain);
    Answer<DataKeyRecord> wrap(DataKeyRecord record, const LockedKey& plain, Tick deadline);
    void remember(const DataKeyRecord& record, PlainKey plain);
    std::optional<DataKey> find_key(const Uuid& id) const;
    std::optional<DataKey> find_current(const Uuid& project) const;
    std::size_t count_projects() const;

    Answer<bool> rewrap_one();
    Answer<bool> replace_one(Instant now);
    Answer<bool> destroy_one();
    void reached(std::string_view step) const;

    std::function<void(std::string_view)> at_step_;
    std::size_t data_keys_max_;
    Store* store_ = nullptr;
    pkcs11::Token* token_ = nullptr;

    std::mutex making_;                    // before mutex_
    std::set<std::string> wrapping_keys_;  // CKA_IDs on record; under making_
    std::string wrapping_key_;             // the one that wraps now; under making_
    std::string backup_key_pem_;           // under making_
    std::int64_t generation_ = 1;          // of data keys; an older one is replaced; under making_

    mutable std::mutex mutex_;  // what follows; held for a lookup only
    std::map<Uuid, DataKey> data_keys_;
    std::map<Uuid, Uuid> current_;  // project → data key
};

}  // namespace tessera::keyd
