#include "daemon/audit/escape.hpp"

#include <cstdint>

#include "base/encoding.hpp"

namespace tessera::audit {

namespace {

bool is_plain_ascii(char c) { return c >= 0x20 && c < 0x7F && c != '\\'; }

std::size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xE0) {
        return 2;
    }
    return lead < 0xF0 ? 3 : 4;
}

std::uint32_t code_point(std::string_view sequence)
{
    constexpr std::uint32_t lead_masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    std::uint32_t code = static_cast<unsigned char>(sequence[0]) & lead_masks[sequence.size()];
    for (const char c : sequence.substr(1)) {
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3FU);
    }
    return code;
}

// C1 controls, line and paragraph separators, bidirectional marks, the byte-order mark.
bool is_deceptive(std::uint32_t code)
{
    return (code >= 0x80 && code <= 0x9F) || code == 0x061C || (code >= 0x200B && code <= 0x200F)
           || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF;
}

void append_escaped(std::string& out, std::string_view bytes)
{
    constexpr std::string_view hex = "0123456789abcdef";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += "\\x";
        out.push_back(hex[byte >> 4]);
        out.push_back(hex[byte & 15]);
    }
}

// Appends what the text begins with, in its escaped form; returns how many bytes it took.
std::size_t append_first(std::string& out, std::string_view text)
{
    if (is_plain_ascii(text[0])) {
        out.push_back(text[0]);
        return 1;
    }
    const std::size_t length = sequence_length(static_cast<unsigned char>(text[0]));
    const std::string_view sequence = text.substr(0, length);
    if (length > 1 && sequence.size() == length && is_utf8(sequence) && !is_deceptive(code_point(sequence))) {
        out += sequence;
        return length;
    }
    append_escaped(out, text.substr(0, 1));
    return 1;
}

}  // namespace

std::string escape_text(std::string_view text, std::size_t bytes_max)
{
    std::string out;
    out.reserve(text.size() < bytes_max ? text.size() : bytes_max);
    std::size_t at = 0;
    std::size_t cut_at = 0;  // the longest prefix of `out` that leaves room for the mark
    while (at < text.size()) {
        at += append_first(out, text.substr(at));
        if (out.size() + cut_mark.size() <= bytes_max) {
            cut_at = out.size();
        }
        if (out.size() > bytes_max) {
            out.resize(cut_at);
            out += cut_mark;
            return out;
        }
    }
    return out;
}

}  // namespace tessera::audit
