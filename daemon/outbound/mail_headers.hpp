// What stands in the header of a mail (RFC 5322), built so that no text can add a line to it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tessera::outbound {

// A mailbox: one "@" between parts that are not empty, no white space, no control character, no quoting, at most 254 bytes
// (RFC 5321 §4.5.3.1). Not ASCII is allowed (RFC 6531).
bool is_mailbox(std::string_view address);

struct Mailbox {
    std::string name;  // may be empty
    std::string address;
};

// "no-reply@example.com" or "Acme <no-reply@example.com>".
std::optional<Mailbox> parse_mailbox(std::string_view text);

// True for text that may stand in a header: well-formed UTF-8 without control characters.
bool is_header_text(std::string_view text);

// Text as RFC 2047 encoded words where it is not plain ASCII or too long for a line; folded. `text` is header text.
std::string encode_words(std::string_view text);

// `Acme <no-reply@example.com>`, the name quoted or encoded as it needs.
std::string format_mailbox(const Mailbox& mailbox);

// RFC 5322 §3.3: "Sat, 21 Nov 2026 16:22:39 +0000".
std::string format_date(Instant instant);

// The domain behind the "@".
std::string_view domain_of(std::string_view address);

}  // namespace tessera::outbound
