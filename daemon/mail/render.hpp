// What a mail says, from its template, its values and its project: subject, text and HTML. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"

namespace tessera::mail {

// Who the mail is from, as its reader knows them.
struct Letterhead {
    std::string project_name;
    std::string host;  // of the issuer: where codes may be entered
    std::optional<Bytes> logo_png;
};

struct Rendered {
    std::string subject;
    std::string text;  // says everything
    std::string html;
};

inline constexpr std::string_view logo_content_id = "logo";

// `name` and `values` as daemon/mail/message.hpp has them; a locale we do not speak is English. Nothing when no template has
// that name: the mail is of a later version.
//
// Text that others chose (names of organizations and passkeys, a browser's description) cannot become a link in a mail
// program, and is cut at shown_characters_max.
struct Letter {
    std::string_view name;
    std::string_view locale;
    std::string_view recipient;
    Instant create_time;
    Instant valid_until;
    std::vector<std::pair<std::string, std::string>> values;
};
inline constexpr std::size_t shown_characters_max = 80;
std::optional<Rendered> render(const Letterhead& from, const Letter& letter);

// "Firefox, Linux" from a User-Agent header; the header itself where it is of no known browser.
std::string device_of(std::string_view user_agent);

}  // namespace tessera::mail
