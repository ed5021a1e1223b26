#include "keyd/keyring/journal.hpp"

namespace tessera::keyd {

namespace {

constexpr std::size_t columns = 10;

void append_u64(Bytes& out, std::uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(number >> shift));
    }
}

void append_text(Bytes& out, const std::string& text)
{
    append_u64(out, text.size());
    out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

Sha256 entry_hash(const Sha256& previous, const v1::JournalEntry& entry)
{
    Bytes message(previous.begin(), previous.end());
    append_u64(message, entry.sequence());
    append_u64(message, static_cast<std::uint64_t>(entry.time_us()));
    append_u64(message, entry.uid());
    for (const std::string* text :
         {&entry.operation(), &entry.keyring_id(), &entry.kid(), &entry.result(), &entry.detail()}) {
        append_text(message, *text);
    }
    return sha256(message);
}

std::optional<v1::JournalEntry> read_entry(const Row& row)
{
    if (row.size() != columns) {
        return std::nullopt;
    }
    for (std::size_t at = 0; at < columns; ++at) {
        const std::size_t expected = at < 3 ? 0 : at < 8 ? 1 : 2;
        if (row[at].index() != expected) {
            return std::nullopt;
        }
    }
    v1::JournalEntry entry;
    entry.set_sequence(static_cast<std::uint64_t>(std::get<std::int64_t>(row[0])));
    entry.set_time_us(std::get<std::int64_t>(row[1]));
    entry.set_uid(static_cast<std::uint32_t>(std::get<std::int64_t>(row[2])));
    entry.set_operation(std::get<std::string>(row[3]));
    entry.set_keyring_id(std::get<std::string>(row[4]));
    entry.set_kid(std::get<std::string>(row[5]));
    entry.set_result(std::get<std::string>(row[6]));
    entry.set_detail(std::get<std::string>(row[7]));
    const auto& hash = std::get<Bytes>(row[8]);
    if (hash.size() != Sha256{}.size()) {
        return std::nullopt;
    }
    entry.set_hash(hash.data(), hash.size());
    return entry;
}

}  // namespace tessera::keyd
