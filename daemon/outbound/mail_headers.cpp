#include "daemon/outbound/mail_headers.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/encoding.hpp"

namespace tessera::outbound {

namespace {

constexpr std::size_t mailbox_bytes_max = 254;
constexpr std::size_t plain_words_max = 60;  // with "Subject: " well below the 78 of RFC 5322 §2.1.1
constexpr std::size_t encoded_word_bytes =
    42;  // 56 characters of base64 and 12 around them: at most 75 (RFC 2047 §2)
constexpr std::string_view fold = "\r\n ";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_plain(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })
           && text.find("=?") == std::string_view::npos;
}

// How many bytes from `at` on fit a word without a character cut in two.
std::size_t whole_characters(std::string_view text, std::size_t at)
{
    std::size_t bytes = std::min(encoded_word_bytes, text.size() - at);
    while (at + bytes < text.size() && (static_cast<unsigned char>(text[at + bytes]) & 0xC0U) == 0x80U) {
        --bytes;
    }
    return bytes;
}

}  // namespace

bool is_mailbox(std::string_view address)
{
    const auto at = address.find('@');
    return address.size() <= mailbox_bytes_max && at != std::string_view::npos && at > 0
           && at + 1 < address.size() && address.find('@', at + 1) == std::string_view::npos
           && address.front() != '-' && is_utf8(address) && std::ranges::none_of(address, [](char c) {
                  return is_control(c)
                         || std::string_view{" <>()[],;:\\\""}.find(c) != std::string_view::npos;
              });
}

std::optional<Mailbox> parse_mailbox(std::string_view text)
{
    Mailbox mailbox{{}, std::string{ascii::trim(text)}};
    const auto open = text.find('<');
    if (open != std::string_view::npos) {
        const auto close = text.find('>', open);
        if (close == std::string_view::npos || !ascii::trim(text.substr(close + 1)).empty()) {
            return std::nullopt;
        }
        mailbox.name = ascii::trim(text.substr(0, open));
        mailbox.address = text.substr(open + 1, close - open - 1);
    }
    return is_mailbox(mailbox.address) && is_header_text(mailbox.name) ? std::optional{mailbox}
                                                                       : std::nullopt;
}

bool is_header_text(std::string_view text) { return is_utf8(text) && std::ranges::none_of(text, is_control); }

std::string encode_words(std::string_view text)
{
    if (is_plain(text) && text.size() <= plain_words_max) {
        return std::string{text};
    }
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = whole_characters(text, at);
        out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : fold,
                           base64_encode(as_bytes(text.substr(at, bytes))));
        at += bytes;
    }
    return out;
}

std::string format_mailbox(const Mailbox& mailbox)
{
    if (mailbox.name.empty()) {
        return mailbox.address;
    }
    const bool atoms = std::ranges::all_of(mailbox.name, [](char c) {
        return c == ' ' || ascii::is_digit(c) || (ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'z');
    });
    if (atoms || !is_plain(mailbox.name) || mailbox.name.size() > plain_words_max) {
        return fmt::format("{}{}<{}>", encode_words(mailbox.name),
                           mailbox.name.size() > plain_words_max ? fold : " ", mailbox.address);
    }
    std::string quoted;
    for (const char c : mailbox.name) {
        quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    return fmt::format("\"{}\" <{}>", quoted, mailbox.address);
}

std::string format_date(Instant instant)
{
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<Seconds>(instant - day)};
    return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000",
                       days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string_view domain_of(std::string_view address) { return address.substr(address.find('@') + 1); }

}  // namespace tessera::outbound
