#include "base/encoding.hpp"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view std_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_alphabet = "0123456789abcdef";
constexpr std::string_view base36_alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

using Reverse = std::array<std::int8_t, 256>;

constexpr Reverse reverse_of(std::string_view alphabet)
{
    Reverse table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return table;
}

constexpr Reverse url_reverse = reverse_of(url_alphabet);
constexpr Reverse std_reverse = reverse_of(std_alphabet);
constexpr Reverse hex_reverse = reverse_of(hex_alphabet);
constexpr Reverse base36_reverse = reverse_of(base36_alphabet);

int digit(const Reverse& table, char c) { return table[static_cast<unsigned char>(c)]; }

std::string encode_sextets(std::string_view alphabet, ByteView bytes)
{
    std::string text((bytes.size() * 4 + 2) / 3, '\0');
    char* next = text.data();
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const std::uint8_t byte : bytes) {
        buffer = (buffer << 8) | byte;
        for (bits += 8; bits >= 6;) {
            bits -= 6;
            *next++ = alphabet[(buffer >> bits) & 63];
        }
    }
    if (bits > 0) {
        *next = alphabet[(buffer << (6 - bits)) & 63];
    }
    return text;
}

std::optional<Bytes> decode_sextets(const Reverse& table, std::string_view text)
{
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = digit(table, c);
        if (value < 0) {
            return std::nullopt;
        }
        buffer = (buffer << 6) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::uint8_t>(buffer >> bits));
        }
    }
    const std::uint32_t trailing = buffer & ((1U << bits) - 1);
    return trailing == 0 ? std::optional{std::move(bytes)} : std::nullopt;
}

}  // namespace

std::string base64url_encode(ByteView bytes) { return encode_sextets(url_alphabet, bytes); }

std::optional<Bytes> base64url_decode(std::string_view text) { return decode_sextets(url_reverse, text); }

std::string base64_encode(ByteView bytes)
{
    std::string text = encode_sextets(std_alphabet, bytes);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<Bytes> base64_decode(std::string_view text)
{
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    return decode_sextets(std_reverse, text.substr(0, text.size() - padding));
}

std::string hex_encode(ByteView bytes)
{
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(hex_alphabet[byte >> 4]);
        text.push_back(hex_alphabet[byte & 15]);
    }
    return text;
}

std::optional<Bytes> hex_decode(std::string_view text)
{
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(hex_reverse, text[i]);
        const int low = digit(hex_reverse, text[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

std::string base36_encode(std::span<const std::uint8_t, 16> number)
{
    // Five digits a division, in limbs of 32 bits: an id is written several times for each request.
    constexpr std::uint32_t chunk = 36 * 36 * 36 * 36 * 36;
    static_assert(base36_chars % 5 == 0);
    std::array<std::uint32_t, 4> rest{};
    for (std::size_t i = 0; i < number.size(); ++i) {
        rest[i / 4] = rest[i / 4] << 8U | number[i];
    }
    std::string text(base36_chars, '0');
    for (auto position = text.rbegin(); position != text.rend();) {
        std::uint64_t remainder = 0;
        for (std::uint32_t& limb : rest) {
            const std::uint64_t value = remainder << 32U | limb;
            limb = static_cast<std::uint32_t>(value / chunk);
            remainder = value % chunk;
        }
        auto digits = static_cast<std::uint32_t>(remainder);
        for (int i = 0; i < 5; ++i, digits /= 36) {
            *position++ = base36_alphabet[digits % 36];
        }
    }
    return text;
}

std::optional<std::array<std::uint8_t, 16>> base36_decode(std::string_view text)
{
    if (text.size() != base36_chars) {
        return std::nullopt;
    }
    std::array<std::uint8_t, 16> number{};
    for (const char c : text) {
        int carry = digit(base36_reverse, c);
        if (carry < 0) {
            return std::nullopt;
        }
        for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
            carry += *byte * 36;
            *byte = static_cast<std::uint8_t>(carry & 255);
            carry >>= 8;
        }
        if (carry != 0) {
            return std::nullopt;
        }
    }
    return number;
}

bool is_utf8(std::string_view text)
{
    std::size_t i = 0;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    while (i < text.size()) {
        const unsigned char lead = byte(i);
        std::size_t length = 0;
        char32_t code = 0;
        if (lead < 0x80) {
            ++i;
            continue;
        } else if (lead >> 5 == 0x06) {
            length = 2;
            code = lead & 0x1F;
        } else if (lead >> 4 == 0x0E) {
            length = 3;
            code = lead & 0x0F;
        } else if (lead >> 3 == 0x1E) {
            length = 4;
            code = lead & 0x07;
        } else {
            return false;
        }
        if (text.size() - i < length) {
            return false;
        }
        for (std::size_t k = 1; k < length; ++k) {
            if (byte(i + k) >> 6 != 0x02) {
                return false;
            }
            code = code << 6 | (byte(i + k) & 0x3F);
        }
        constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
        if (code < smallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            return false;
        }
        i += length;
    }
    return true;
}

}  // namespace tessera
