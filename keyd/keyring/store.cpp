#include "keyd/keyring/store.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <openssl/hmac.h>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "keyd/keyring/journal.hpp"
#include "keyd/keyring/schema.hpp"

namespace tessera::keyd {

namespace {

constexpr std::int64_t schema_version = 1;
constexpr std::size_t salt_bytes = 32;
// How much of the journal's end is verified at start; older pages are verified when they are read.
constexpr std::int64_t journal_end_entries = 1000;

Refusal tampered(std::string_view what)
{
    log::error("keyd_state_tampered", {{"part", what}});
    return {v1::STATE_TAMPERED,
            fmt::format(
                "keyd's state was changed by somebody else ({}); restore the state directory from a backup",
                what)};
}

Refusal unusable(const DatabaseError& error)
{
    log::error("keyd_state_unusable", {{"detail", error.detail}});
    return {v1::INTERNAL, "keyd cannot use its state directory; see its log"};
}

// Damage that SQLite itself notices is damage to the file, not a bug.
Refusal unreadable(const DatabaseError& error)
{
    log::error("keyd_state_unreadable", {{"detail", error.detail}});
    return tampered("the file is damaged");
}

void append_u64(Bytes& out, std::uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(number >> shift));
    }
}

void append_value(Bytes& out, const Value& value)
{
    out.push_back(static_cast<std::uint8_t>(value.index()));
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        append_u64(out, static_cast<std::uint64_t>(*number));
        return;
    }
    const ByteView bytes = std::holds_alternative<std::string>(value) ? as_bytes(std::get<std::string>(value))
                                                                      : ByteView{std::get<Bytes>(value)};
    append_u64(out, bytes.size());
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::array<std::uint64_t, 4> as_words(const Sha256& mac)
{
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), mac.data(), mac.size());
    return words;
}

// Every table there is, as SQLite keeps it.
std::vector<std::string> table_texts()
{
    std::vector<std::string> texts = {
        "CREATE TABLE journal (sequence INTEGER PRIMARY KEY, time_us INTEGER, uid INTEGER, operation TEXT, "
        "keyring "
        "TEXT, kid TEXT, result TEXT, detail TEXT, hash BLOB, mac BLOB)",
        "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), content BLOB, mac BLOB)",
        "CREATE TABLE bootstrap (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER, salt BLOB)"};
    for (const Schema& schema : schemas) {
        texts.push_back(
            fmt::format("CREATE TABLE {} ({}, mac BLOB) WITHOUT ROWID", schema.name, schema.columns));
    }
    return texts;
}

// Made in one transaction: there is either all of it or nothing.
Result<void, DatabaseError> make_tables(Database& database)
{
    TRY(database.execute("BEGIN IMMEDIATE"));
    for (const std::string& text : table_texts()) {
        TRY(database.execute(text));
    }
    Bytes salt(salt_bytes);
    fill_random(salt);
    const Value values[] = {schema_version, salt};
    TRY(database.execute("INSERT INTO bootstrap VALUES (1, ?, ?)", values));
    return database.execute("COMMIT");
}

}  // namespace

void Store::Digest::add(const Sha256& mac)
{
    unsigned __int128 carry = 0;
    const auto words = as_words(mac);
    for (std::size_t i = 0; i < sum.size(); ++i) {
        carry += static_cast<unsigned __int128>(sum[i]) + words[i];
        sum[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    ++count;
}

void Store::Digest::subtract(const Sha256& mac)
{
    std::uint64_t borrow = 0;
    const auto words = as_words(mac);
    for (std::size_t i = 0; i < sum.size(); ++i) {
        const unsigned __int128 taken = static_cast<unsigned __int128>(words[i]) + borrow;
        borrow = sum[i] < taken ? 1 : 0;
        sum[i] = static_cast<std::uint64_t>(sum[i] - taken);
    }
    --count;
}

Store::Store(Database database) : database_(std::move(database)) {}

Answer<std::unique_ptr<Store>> Store::open(const std::string& directory)
{
    auto database = Database::open(directory + "/keyd.sqlite");
    if (database.has_error()) {
        return unusable(database.error());
    }
    std::unique_ptr<Store> store{new Store{std::move(database).value()}};
    TRY(store->check_schema());
    const auto bootstrap = store->database_.query("SELECT version, salt FROM bootstrap");
    const auto head = store->database_.query("SELECT id FROM head");
    if (bootstrap.has_error() || head.has_error()) {
        return unreadable(bootstrap.has_error() ? bootstrap.error() : head.error());
    }
    const auto& rows = bootstrap.value();
    if (rows.size() != 1 || !std::holds_alternative<Bytes>(rows[0][1])
        || rows[0][0] != Value{schema_version}) {
        return tampered("bootstrap");
    }
    store->salt_ = std::get<Bytes>(rows[0][1]);
    store->is_new_ = head.value().empty();
    return store;
}

// Before any row is read. A view in a table's place could give one answer to whoever verifies it and another to whoever
// loads it, and a trigger could write.
Answer<void> Store::check_schema()
{
    const char* const all = "SELECT sql FROM sqlite_schema";
    auto found = database_.query(all);
    if (found.has_value() && found.value().empty()) {
        if (const auto made = make_tables(database_); made.has_error()) {
            return unreadable(made.error());
        }
        found = database_.query(all);
    }
    if (found.has_error()) {
        return unreadable(found.error());
    }
    const std::vector<std::string> texts = table_texts();
    const bool is_ours =
        found.value().size() == texts.size() && std::ranges::all_of(texts, [&](const std::string& text) {
            return std::ranges::find(found.value(), Row{text}) != found.value().end();
        });
    return is_ours ? Answer<void>{ok()} : tampered("schema");
}

Sha256 Store::mac(std::string_view domain, const Row& row) const
{
    ASSERT(mac_key_);
    Bytes message;
    message.reserve(256);
    append_value(message, std::string{domain});
    for (const Value& value : row) {
        append_value(message, value);
    }
    Sha256 out{};
    unsigned int length = 0;
    const auto key = mac_key_->bytes();
    ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
                out.data(), &length)
           != nullptr);
    return out;
}

Bytes Store::encode_head() const
{
    Bytes out;
    for (const Digest& digest : head_.tables) {
        append_u64(out, digest.count);
        for (const std::uint64_t word : digest.sum) {
            append_u64(out, word);
        }
    }
    append_u64(out, head_.journal_sequence);
    out.insert(out.end(), head_.journal_hash.begin(), head_.journal_hash.end());
    return out;
}

Answer<void> Store::verify_table(Table table, Digest& digest)
{
    const Schema& schema = schema_of(table);
    auto rows = database_.query(fmt::format("SELECT * FROM {}", schema.name));
    if (rows.has_error()) {
        return unreadable(rows.error());
    }
    for (Row& row : rows.value()) {
        const auto stored = row.size() == schema.count + 1 ? as_mac(row.back()) : std::nullopt;
        if (!stored) {
            return tampered(schema.name);
        }
        row.pop_back();
        if (!equal_constant_time(*stored, mac(schema.name, row))) {
            return tampered(schema.name);
        }
        digest.add(*stored);
    }
    return ok();
}

Answer<void> Store::verify_journal_end()
{
    const auto last = database_.query("SELECT max(sequence), count(*) FROM journal");
    if (last.has_error()) {
        return unreadable(last.error());
    }
    const Value empty = Bytes{};  // max() of nothing
    const Value& greatest = last.value()[0][0];
    const std::int64_t sequence = greatest == empty ? 0 : std::get<std::int64_t>(greatest);
    if (last.value()[0][1] != Value{sequence}) {
        return tampered("journal");
    }
    head_.journal_sequence = static_cast<std::uint64_t>(sequence);
    if (sequence == 0) {
        return ok();
    }
    const std::int64_t from = std::max<std::int64_t>(0, sequence - journal_end_entries);
    TRY(const auto page, read_journal(static_cast<std::uint64_t>(from), journal_end_entries));
    if (page.entries().empty() || page.entries().rbegin()->sequence() != head_.journal_sequence) {
        return tampered("journal");
    }
    const auto& hash = page.entries().rbegin()->hash();
    std::ranges::copy(as_bytes(hash), head_.journal_hash.begin());
    return ok();
}

Answer<void> Store::verify_head()
{
    const auto rows = database_.query("SELECT content, mac FROM head");
    if (rows.has_error()) {
        return unreadable(rows.error());
    }
    const Bytes expected = encode_head();
    if (rows.value().empty()) {
        // A state that was never written to; one that was emptied has rows or a journal left, or is new to keyd altogether.
        return head_.journal_sequence == 0 && expected == Bytes(expected.size()) ? Answer<void>{ok()}
                                                                                 : tampered("head");
    }
    const auto stored = as_mac(rows.value()[0][1]);
    if (rows.value()[0][0] != Value{expected} || !stored
        || !equal_constant_time(*stored, mac("head", Row{expected}))) {
        return tampered("head");
    }
    return ok();
}

Answer<void> Store::authenticate(LockedKey mac_key)
{
    mac_key_.emplace(std::move(mac_key));
    head_ = Head{};
    for (std::size_t i = 0; i < table_count; ++i) {
        TRY(verify_table(static_cast<Table>(i), head_.tables[i]));
    }
    TRY(verify_journal_end());
    return verify_head();
}

std::vector<Row> Store::load(Table table)
{
    ASSERT(mac_key_);
    const std::lock_guard lock{mutex_};
    auto rows = database_.query(fmt::format("SELECT * FROM {}", schema_of(table).name));
    // Verified a moment ago under an exclusive lock: a failure now is the disk's.
    ASSERT(rows.has_value());
    for (Row& row : rows.value()) {
        row.pop_back();
    }
    return std::move(rows).value();
}

Answer<v1::JournalPage> Store::read_journal(std::uint64_t after, std::uint32_t limit)
{
    const std::lock_guard lock{mutex_};
    // One entry earlier, for the hash that the first one continues.
    const Value values[] = {static_cast<std::int64_t>(after), static_cast<std::int64_t>(limit) + 1};
    const auto rows =
        database_.query("SELECT * FROM journal WHERE sequence >= ? ORDER BY sequence LIMIT ?", values);
    if (rows.has_error()) {
        return unreadable(rows.error());
    }
    v1::JournalPage page;
    Sha256 previous{};
    std::uint64_t expected = after == 0 ? 1 : after;
    for (const Row& row : rows.value()) {
        auto entry = read_entry(row);
        const auto stored = as_mac(row.back());
        if (!entry || !stored || entry->sequence() != expected) {
            return tampered("journal");
        }
        const Bytes hash(entry->hash().begin(), entry->hash().end());
        const bool follows = expected == after || entry_hash(previous, *entry) == *as_mac(Value{hash});
        if (!follows || !equal_constant_time(*stored, mac("journal", Row{hash}))) {
            return tampered("journal");
        }
        std::ranges::copy(hash, previous.begin());
        if (expected > after) {
            *page.add_entries() = std::move(*entry);
        }
        ++expected;
        if (page.entries_size() == static_cast<int>(limit)) {
            break;
        }
    }
    return page;
}

}  // namespace tessera::keyd
