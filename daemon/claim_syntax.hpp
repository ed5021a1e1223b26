// What the claims of a person may look like (OpenID Connect Core §5.1, §5.1.1), wherever they come from. Every rule matches the
// whole text.
#pragma once

#include <string_view>

namespace tessera {

// RFC 5646 §2.1 as far as a person needs it: subtags of letters and digits parted by "-", a language first; 35 characters at most.
bool is_locale(std::string_view text);
// A name of the IANA time zone database by its areas: "Europe/Warsaw", "America/Argentina/Ushuaia", "UTC".
bool is_zoneinfo(std::string_view text);
// E.164 (ITU-T): "+" and at most 15 digits, the first not 0.
bool is_phone_number(std::string_view text);
// YYYY, or YYYY-MM-DD that is a day of the calendar; the year 0000 is one that was not told.
bool is_birthdate(std::string_view text);
// An absolute https URL without fragment or user information, at most 2,048 bytes.
bool is_https_url(std::string_view text);

}  // namespace tessera
