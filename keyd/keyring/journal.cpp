#include "keyd/keyring/journal.hpp"

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace tessera::keyd {

namespace {

constexpr std::size_t columns = 10;

void append_u64(Bytes& out, std::uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(number >> shift));
    }
}

// What a text begins with: one character, or one byte that is none.
std::string_view first_character(std::string_view text)
{
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (is_utf8(text.substr(0, length))) {
            return text.substr(0, length);
        }
    }
    return text.substr(0, 1);
}

// Zero-width and bidirectional marks, line and paragraph separators, C1 controls, the byte-order mark.
bool is_deceptive(std::string_view character)
{
    const bool is_punctuation = character >= "\xe2\x80\x8b" && character <= "\xe2\x80\x8f";
    const bool is_line_or_bidi = character >= "\xe2\x80\xa8" && character <= "\xe2\x80\xae";
    const bool is_isolate = character >= "\xe2\x81\xa0" && character <= "\xe2\x81\xa9";
    const bool is_c1 = character >= "\xc2\x80" && character <= "\xc2\x9f";
    return is_punctuation || is_line_or_bidi || is_isolate || is_c1 || character == "\xd8\x9c"
           || character == "\xef\xbb\xbf";
}

bool is_plain(std::string_view character)
{
    if (character.size() == 1) {
        return character[0] >= ' ' && character[0] < '\x7f' && character[0] != '\\';
    }
    return !is_deceptive(character);
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

std::string journal_text(std::string_view text, std::size_t bytes_max)
{
    constexpr std::string_view cut_mark = "...";
    std::string out;
    std::size_t cut_at = 0;  // the longest whole part that leaves room for the mark
    while (!text.empty()) {
        const std::string_view character = first_character(text);
        text.remove_prefix(character.size());
        if (is_plain(character)) {
            out += character;
        } else {
            for (const char byte : character) {
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
            }
        }
        if (out.size() > bytes_max) {
            return out.substr(0, cut_at).append(cut_mark);
        }
        cut_at = out.size() + cut_mark.size() <= bytes_max ? out.size() : cut_at;
    }
    return out;
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
