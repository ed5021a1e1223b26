// Store::Change: how the state is written.
#include <algorithm>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "keyd/keyring/journal.hpp"
#include "keyd/keyring/schema.hpp"
#include "keyd/keyring/store.hpp"

namespace tessera::keyd {

namespace {

std::string insert_statement(std::string_view table, std::size_t columns)
{
    std::string marks = "?";
    for (std::size_t i = 1; i < columns; ++i) {
        marks += ",?";
    }
    return fmt::format("INSERT OR REPLACE INTO {} VALUES ({})", table, marks);
}

// Of a journal line; what a caller says is as long as a frame.
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t detail_bytes_max = 1024;

Bytes as_blob(const Sha256& hash) { return Bytes(hash.begin(), hash.end()); }

}  // namespace

Store::Change::Change(Store& store) : store_(store), lock_(store.mutex_), before_(store.head_)
{
    ASSERT(store.mac_key_);
    const auto begun = store_.database_.execute("BEGIN IMMEDIATE");
    is_open_ = begun.has_value();
    note(begun);
}

Store::Change::~Change()
{
    if (is_open_) {
        store_.head_ = before_;
        note(store_.database_.execute("ROLLBACK"));
    }
}

void Store::Change::note(const Result<void, DatabaseError>& outcome)
{
    if (outcome.has_error() && failure_.empty()) {
        failure_ = outcome.error().detail;
    }
}

void Store::Change::forget(Table table, const std::string& key)
{
    const Value values[] = {key};
    const auto rows =
        store_.database_.query(fmt::format("SELECT mac FROM {} WHERE id = ?", schema_of(table).name), values);
    if (rows.has_error()) {
        note(Result<void, DatabaseError>{rows.error()});
        return;
    }
    if (!rows.value().empty()) {
        const auto mac = as_mac(rows.value()[0][0]);
        ASSERT(mac);
        store_.head_.tables[static_cast<std::size_t>(table)].subtract(*mac);
    }
}

void Store::Change::put(Table table, Row row)
{
    const Schema& schema = schema_of(table);
    ASSERT(row.size() == schema.count);
    forget(table, std::get<std::string>(row[0]));
    const Sha256 mac = store_.mac(schema.name, row);
    store_.head_.tables[static_cast<std::size_t>(table)].add(mac);
    row.emplace_back(as_blob(mac));
    note(store_.database_.execute(insert_statement(schema.name, row.size()), row));
}

void Store::Change::erase(Table table, const std::string& key)
{
    forget(table, key);
    const Value values[] = {key};
    note(store_.database_.execute(fmt::format("DELETE FROM {} WHERE id = ?", schema_of(table).name), values));
}

void Store::Change::journal(const JournalLine& line, Instant now)
{
    Head& head = store_.head_;
    v1::JournalEntry entry;
    entry.set_sequence(head.journal_sequence + 1);
    entry.set_time_us(now.time_since_epoch().count());
    entry.set_uid(line.uid);
    entry.set_operation(journal_text(line.operation, name_bytes_max));
    entry.set_keyring_id(journal_text(line.keyring, name_bytes_max));
    entry.set_kid(journal_text(line.kid, name_bytes_max));
    entry.set_result(journal_text(line.result, name_bytes_max));
    entry.set_detail(journal_text(line.detail, detail_bytes_max));
    const Sha256 hash = entry_hash(head.journal_hash, entry);
    const Value values[] = {static_cast<std::int64_t>(entry.sequence()),
                            entry.time_us(),
                            static_cast<std::int64_t>(line.uid),
                            entry.operation(),
                            entry.keyring_id(),
                            entry.kid(),
                            entry.result(),
                            entry.detail(),
                            as_blob(hash),
                            as_blob(store_.mac("journal", Row{as_blob(hash)}))};
    note(store_.database_.execute("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?)", values));
    head.journal_sequence = entry.sequence();
    head.journal_hash = hash;
}

Answer<void> Store::Change::commit()
{
    ASSERT(is_open_ || !failure_.empty());
    const Bytes content = store_.encode_head();
    const Value values[] = {content, as_blob(store_.mac("head", Row{content}))};
    note(store_.database_.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", values));
    if (failure_.empty()) {
        note(store_.database_.execute("COMMIT"));
    }
    if (!failure_.empty()) {
        log::error("keyd_state_not_written", {{"detail", failure_}});
        return Refusal{v1::INTERNAL, "keyd cannot write to its state directory; see its log", 1000};
    }
    is_open_ = false;
    store_.is_new_ = false;
    return ok();
}

}  // namespace tessera::keyd
