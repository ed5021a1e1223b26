// Texts of the catalogue chosen at run time; those of a template were put into it by the build.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "daemon/page/embedded.hpp"
#include "daemon/page/language.hpp"
#include "daemon/page/page.hpp"

namespace tessera::page {

std::string_view text_of(Language language, Text text);
// With `{name}` replaced by the value, wherever it stands.
std::string text_of(Language language, Text text, std::string_view name, std::string_view value);

// "30 days", "12 hours", "5 minutes": the largest unit that fits, rounded up; at least a minute.
std::string duration_text(Language language, Seconds duration);
// "21 November 2026, 16:22 UTC".
std::string date_text(Language language, Instant instant);

// The id of the field a problem is about; empty when it is about the whole page.
std::string_view field_of(Problem problem);
std::string problem_text(Language language, Problem problem, Seconds retry_after);
std::string_view notice_text(Language language, Notice notice);

}  // namespace tessera::page
