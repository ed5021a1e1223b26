// Seal and Open: envelope encryption of small secrets.
//
// A data key per project (AES-256-GCM, plain only in locked memory) encrypts; it is kept wrapped by a non-extractable AES key of
// the token and, once there is a backup key, by that RSA key too. An envelope names its data key and a data key names its
// wrapping key, so both are replaced without touching what was sealed. docs/adr/0022-envelopes.md.
//
// THREADS. seal and open from any number of workers; the rest on the management thread. Nothing holds a lock across a
// token call, except that one project's first Seal may wrap twice when two workers race (one wins).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/openssl.hpp"
#include "base/uuid.hpp"
#include "keyd/keyring/refusal.hpp"
#include "keyd/keyring/store.hpp"
#include "keyd/pkcs11/token.hpp"
#include "keyd/seal/locked_key.hpp"

namespace tessera::keyd {

struct DataKeyRecord {
    Uuid id;
    Uuid project;
    std::string wrapping_key;  // CKA_ID
    Bytes wrapped;
    Bytes backup;  // RSA-OAEP-SHA-256 under the backup key; empty when there is none
    Instant created;
    bool is_current = true;  // the one Seal uses
};

struct WrappingKeyRecord {
    std::string id;  // CKA_ID
    std::string token;
    Instant created;
    std::optional<Instant> retired;  // no data key is wrapped by it any more once the job is done
};

class Secrets {
public:
    // `at_step` as in KeyringOptions.
    explicit Secrets(std::function<void(std::string_view)> at_step) : at_step_(std::move(at_step)) {}

    // Loads from an authenticated store. `token` is the default token. Both outlive this. Management.
    void start(Store& store, pkcs11::Token& token);

    Answer<v1::Sealed> seal(const v1::Seal& request, Instant now, Tick deadline);
    Answer<v1::Opened> open(const v1::Open& request, Tick deadline);

    // "" removes it. Wraps every data key before it answers. Management.
    Answer<void> set_backup_key(const std::string& public_key_pem, const JournalLine& line, Instant now);
    // Makes a new wrapping key and starts the job that step() carries on. Management.
    Answer<void> start_rewrap(const v1::RewrapDataKeys& request, const JournalLine& line, Instant now);
    // Wraps a few data keys again; true while there are more. Goes on where a killed process stopped. Management.
    Answer<bool> step(Instant now);

private:
    struct DataKey {
        DataKeyRecord record;
        std::optional<LockedKey> plain;  // absent until first used
    };

    Answer<std::string> wrapping_key(Instant now);
    Answer<void> make_wrapping_key(Instant now);
    Answer<DataKeyRecord> wrap(const Uuid& id, const Uuid& project, ByteView plain, Instant now, Tick deadline);
    Answer<Bytes> wrap_for_backup(const EVP_PKEY& key, ByteView plain) const;
    // Copies the plain key out of the cache, asking the token to unwrap it when it is not there.
    Answer<LockedKey> plain_key(const Uuid& id, Tick deadline);
    Answer<LockedKey> unwrap(const DataKeyRecord& record, Tick deadline);
    Answer<LockedKey> lock(ByteView plain);
    Answer<std::pair<Uuid, LockedKey>> current_key(const Uuid& project, Instant now, Tick deadline);
    Answer<void> rewrap_one(const Uuid& id, Instant now);
    void reached(std::string_view step) const;

    std::function<void(std::string_view)> at_step_;
    Store* store_ = nullptr;
    pkcs11::Token* token_ = nullptr;

    mutable std::mutex mutex_;  // what follows
    std::map<Uuid, DataKey> data_keys_;
    std::map<Uuid, Uuid> current_;  // project → data key
    std::map<std::string, WrappingKeyRecord> wrapping_keys_;
    std::string current_wrapping_key_;
    std::string backup_key_pem_;
};

}  // namespace tessera::keyd
