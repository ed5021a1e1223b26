// keyd's state on disk: tables whose every row is authenticated with a key derived from one that lives in the token
// (docs/adr/0020-state-authentication.md). A row changed, added, removed or moved by anyone else is found when the file is opened.
//
// Thread-safe: one change or read at a time, each short; never held across a token call.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "keyd/keyring/database.hpp"
#include "keyd/keyring/refusal.hpp"
#include "keyd/seal/locked_key.hpp"

namespace tessera::keyd {

// The first column of every table is its key, a text.
enum class Table : std::size_t { keyrings, keys, issuers, intents, data_keys, wrapping_keys, settings };
inline constexpr std::size_t table_count = 7;

// Any text: the journal escapes and cuts it (journal_text).
struct JournalLine {
    std::uint32_t uid = 0;
    std::string operation;
    std::string keyring;
    std::string kid;
    std::string result;  // "ok" or an ErrorCode's name
    std::string detail;
};

class Store {
    // The rows of a table as a set: their number and the sum of their MACs modulo 2^256.
    struct Digest {
        std::uint64_t count = 0;
        std::array<std::uint64_t, 4> sum{};
        void add(const Sha256& mac);
        void subtract(const Sha256& mac);
        bool operator==(const Digest&) const = default;
    };
    // What one authenticated row binds together: an old table beside a new one is found out.
    struct Head {
        std::array<Digest, table_count> tables;
        std::uint64_t journal_sequence = 0;
        Sha256 journal_hash{};
    };

public:
    // Opens or makes `<directory>/keyd.sqlite`. INTERNAL when the file cannot be used, STATE_TAMPERED when it is not ours.
    static Answer<std::unique_ptr<Store>> open(const std::string& directory);

    // The salt of the MAC key and the id of the token key it is derived from. Not authenticated: a changed salt or id gives
    // another MAC key, under which no row verifies. Made at the first opening.
    const Bytes& salt() const { return salt_; }
    // True until the first change was committed.
    bool is_new() const { return is_new_; }

    // Verifies every row, the set of rows of each table and the journal. STATE_TAMPERED names the table. Before it answered ok
    // nothing else here may be called (ASSERT).
    Answer<void> authenticate(LockedKey mac_key);

    std::vector<Row> load(Table table);
    Answer<v1::JournalPage> read_journal(std::uint64_t after, std::uint32_t limit);

    // All or nothing: what is put, erased and journaled by one Change becomes durable together in commit(). A Change that is
    // dropped leaves no trace. Holds the store: keep it short.
    class Change {
    public:
        explicit Change(Store& store);
        ~Change();
        Change(const Change&) = delete;
        Change& operator=(const Change&) = delete;

        void put(Table table, Row row);
        void erase(Table table, const std::string& key);
        void journal(const JournalLine& line, Instant now);
        // INTERNAL when the disk refuses; nothing was changed then.
        Answer<void> commit();

    private:
        void note(const Result<void, DatabaseError>& outcome);
        // Takes the row of this key out of its table's digest.
        void forget(Table table, const std::string& key);
        Store& store_;
        std::unique_lock<std::mutex> lock_;
        Head before_;  // restored unless committed
        std::string failure_;
        bool is_open_ = false;
    };

private:
    explicit Store(Database database);
    Answer<void> check_schema();
    Sha256 mac(std::string_view domain, const Row& row) const;
    Bytes encode_head() const;
    Answer<void> verify_table(Table table, Digest& digest);
    Answer<void> verify_journal_end();
    Answer<void> verify_head();

    std::mutex mutex_;
    Database database_;
    Bytes salt_;
    bool is_new_ = false;
    std::optional<LockedKey> mac_key_;
    Head head_;
};

}  // namespace tessera::keyd
