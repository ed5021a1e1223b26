// What Keyrings is made of. Only keyd/keyring and keyd/rotation include this.
//
// Everything but `directory`, `secrets`, `alarms` and the atomics belongs to the management thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keyd/keyring/directory.hpp"
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/records.hpp"
#include "keyd/keyring/store.hpp"
#include "keyd/rotation/clock_guard.hpp"
#include "keyd/seal/secrets.hpp"

namespace tessera::keyd {

// A keyring with its keys, the oldest first.
struct Ring {
    KeyringRecord record;
    std::vector<KeyRecord> keys;
    Instant look_again = Instant::min();
};

// One order for good: the same keys give the same JWKS after a restart.
void sort_keys(Ring& ring);

// Sentences for operators, by the name of what is wrong. Any thread.
class Alarms {
public:
    void raise(std::string_view name, std::string sentence);
    void clear(std::string_view name);
    std::vector<std::string> sentences() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::string, std::less<>> raised_;
};

struct Service {
    Service(KeyringOptions options_, std::vector<NamedToken> tokens_, const Clock& clock_);

    // ---- life (start.cpp)
    Answer<void> start();
    // SEALED, STATE_TAMPERED or whatever start() answered, until it answered ok.
    Answer<void> check_started() const;

    // ---- reading
    pkcs11::Token* find_token(std::string_view label);
    Answer<Ring*> load_ring(const std::string& keyring_id);
    Ring* find_ring_by_label(std::string_view label);
    std::vector<std::string> issuers_of(const KeyringId& keyring) const;
    v1::KeyringView admin_view(const Ring& ring, Instant now) const;
    // The time of key transitions: civil time that never runs backwards.
    Instant observe_clock();
    void remember_clock(ClockMemory memory);
    // CLOCK_UNTRUSTED while civil time is ahead of what it should be. Any thread.
    Answer<void> check_clock(Instant now) const;

    // ---- writing (ring_changes.cpp)
    // Writes what differs between `next` and what is in memory, with the issuers given and the journal line; then makes it the
    // truth in memory and tells readers. Nothing changes when it fails.
    Answer<void> commit_ring(Ring next, std::span<const std::string> enrol,
                             std::span<const std::string> withdraw, const JournalLine& line);
    // A line on its own; a failure to write it is logged.
    void journal(const JournalLine& line);
    // Writes the refusal to the journal and passes it on.
    template <class T>
    Answer<T> journaled(Answer<T> answer, JournalLine line)
    {
        if (answer.has_error()) {
            line.result = v1::ErrorCode_Name(answer.error().code);
            journal(line);
        }
        return answer;
    }
    void publish_face(const Ring& ring, Instant now);
    void reached(std::string_view step) const;

    // ---- keys (key_maker.cpp)
    // A key without a keyring: a spare that is ready, or one made now by the journaled path (intent, generate, record).
    Answer<KeyRecord> take_key(const std::string& token, v1::Algorithm algorithm, std::uint32_t rsa_bits);
    Answer<KeyRecord> make_key(const std::string& token, v1::Algorithm algorithm, std::uint32_t rsa_bits);
    // Settles an interrupted generation by asking the token for the id.
    Answer<void> reconcile(const IntentRecord& intent);
    void drop_spare(const KeyId& key);

    KeyringOptions options;
    std::vector<NamedToken> tokens;
    const Clock& clock;

    std::unique_ptr<Store> store;
    std::map<KeyringId, Ring> rings;
    std::vector<KeyRecord> spares;
    std::map<std::string, IntentRecord> intents;
    std::map<std::string, KeyringId> issuers;                    // purpose "oidc", the only one
    std::map<KeyId, std::shared_ptr<const SigningKey>> signers;  // shared with faces and signatures under way
    std::map<std::string, std::string> token_serials;            // label → serial number on record
    ClockMemory clock_memory;
    std::string boot;
    Instant clock_written;
    bool clock_written_trusted = true;
    Tick retry_after{};  // no token work before, after a failure
    Instant counters_flushed;

    Directory directory;
    Alarms alarms;
    Secrets secrets;
    std::atomic<bool> is_started = false;
    std::atomic<std::uint64_t> signatures = 0;
    std::atomic<std::int64_t> clock_difference_us = 0;  // believed_difference() of clock_memory
    mutable std::mutex start_refusal_mutex;
    Refusal start_refusal;
    // Keys and spares per token, for Health; written by the management thread.
    mutable std::mutex counts_mutex;
    std::map<std::string, std::uint32_t, std::less<>> key_counts;
    std::map<std::string, std::uint32_t, std::less<>> spare_counts;
    void count_keys();
};

inline constexpr std::string_view oidc_purpose = "oidc";

// When a call into a token must have begun. Tokens keep real time, whatever clock keyd was given.
Tick token_deadline();

pkcs11::Algorithm to_token_algorithm(v1::Algorithm algorithm);
pkcs11::KeyRef to_key_ref(const KeyRecord& key);

// A spare on `token` that may become a key of a keyring; a missing one may not. rsa_bits counts for RSA only.
bool is_spare_for(const KeyRecord& key, const std::string& token, v1::Algorithm algorithm,
                  std::uint32_t rsa_bits);

}  // namespace tessera::keyd
