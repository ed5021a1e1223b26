#include "daemon/page/text.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace tessera::page {

namespace {

struct ProblemRow {
    Problem problem;
    Text text;
    std::string_view field;  // empty: the whole page
};

// In the order of the enumeration.
constexpr auto problems = std::to_array<ProblemRow>({
    {Problem::identifier_required, Text::problem_identifier_required, field::username},
    {Problem::identifier_invalid, Text::problem_identifier_invalid, field::username},
    {Problem::credentials_wrong, Text::problem_credentials_wrong, field::password},
    {Problem::password_required, Text::problem_password_required, field::password},
    {Problem::password_wrong, Text::problem_password_wrong, field::password},
    {Problem::password_too_short, Text::problem_password_too_short, field::new_password},
    {Problem::password_too_long, Text::problem_password_too_long, field::new_password},
    {Problem::password_guessable, Text::problem_password_guessable, field::new_password},
    {Problem::passwords_differ, Text::problem_passwords_differ, field::new_password_again},
    {Problem::code_required, Text::problem_code_required, field::code},
    {Problem::code_wrong, Text::problem_code_wrong, field::code},
    {Problem::code_expired, Text::problem_code_expired, field::code},
    {Problem::code_used, Text::problem_code_used, field::code},
    {Problem::recovery_code_wrong, Text::problem_recovery_code_wrong, field::recovery_code},
    {Problem::passkey_failed, Text::problem_passkey_failed, {}},
    {Problem::passkey_unknown, Text::problem_passkey_unknown, {}},
    {Problem::name_required, Text::problem_name_required, field::name},
    {Problem::name_too_long, Text::problem_name_too_long, field::name},
    {Problem::choice_required, Text::problem_choice_required, {}},
    {Problem::organization_gone, Text::problem_organization_gone, {}},
    {Problem::last_factor, Text::problem_last_factor, {}},
    {Problem::too_many_attempts, Text::problem_too_many_attempts, {}},
    {Problem::too_many_messages, Text::problem_too_many_messages, {}},
    {Problem::try_again, Text::problem_try_again, {}},
});

consteval bool is_in_order()
{
    for (std::size_t i = 0; i < problems.size(); ++i) {
        if (static_cast<std::size_t>(problems[i].problem) != i + 1) {
            return false;
        }
    }
    return problems.back().problem == Problem::try_again;
}
static_assert(is_in_order());

// In the order of the enumeration, after `none`.
constexpr auto notices = std::to_array<Text>({
    Text::notice_code_sent,
    Text::notice_password_changed,
    Text::notice_passkey_added,
    Text::notice_passkey_renamed,
    Text::notice_passkey_removed,
    Text::notice_authenticator_added,
    Text::notice_authenticator_removed,
    Text::notice_recovery_codes_made,
    Text::notice_session_ended,
    Text::notice_sessions_ended,
    Text::notice_app_removed,
});
static_assert(notices.size() == static_cast<std::size_t>(Notice::app_removed));

const ProblemRow& row_of(Problem problem)
{
    ASSERT(problem != Problem::none);
    return problems[static_cast<std::size_t>(problem) - 1];
}

// The n-th word of a text, from 0.
std::string_view word_of(std::string_view text, unsigned n)
{
    for (; n > 0; --n) {
        const std::size_t space = text.find(' ');
        ASSERT(space != std::string_view::npos);
        text.remove_prefix(space + 1);
    }
    return text.substr(0, text.find(' '));
}

std::string replaced(std::string text, std::string_view name, std::string_view value)
{
    const std::string placeholder = '{' + std::string{name} + '}';
    for (std::size_t at = text.find(placeholder); at != std::string::npos;
         at = text.find(placeholder, at + value.size())) {
        text.replace(at, placeholder.size(), value);
    }
    return text;
}

}  // namespace

std::string_view text_of(Language language, Text text)
{
    return embedded_text(static_cast<std::size_t>(language), static_cast<std::size_t>(text));
}

std::string text_of(Language language, Text text, std::string_view name, std::string_view value)
{
    return replaced(std::string{text_of(language, text)}, name, value);
}

std::string duration_text(Language language, Seconds duration)
{
    struct Unit {
        Seconds length;
        Text one;
        Text many;
    };
    constexpr auto units =
        std::to_array<Unit>({{Seconds{86400}, Text::duration_day, Text::duration_days},
                             {Seconds{3600}, Text::duration_hour, Text::duration_hours},
                             {Seconds{60}, Text::duration_minute, Text::duration_minutes}});
    for (const Unit& unit : units) {
        const auto count = (duration + unit.length - Seconds{1}) / unit.length;
        if (duration > unit.length) {
            return text_of(language, unit.many, "count", std::to_string(count));
        }
        if (duration == unit.length) {
            return std::string{text_of(language, unit.one)};
        }
    }
    return std::string{text_of(language, Text::duration_minute)};
}

std::string date_text(Language language, Instant instant)
{
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::minutes>(instant - day)};
    std::string text =
        text_of(language, Text::language_date, "day", std::to_string(static_cast<unsigned>(date.day())));
    text =
        replaced(std::move(text), "month",
                 word_of(text_of(language, Text::language_months), static_cast<unsigned>(date.month()) - 1));
    text = replaced(std::move(text), "year", std::to_string(static_cast<int>(date.year())));
    return replaced(std::move(text), "time",
                    fmt::format("{:02}:{:02}", time.hours().count(), time.minutes().count()));
}

std::string_view field_of(Problem problem) { return row_of(problem).field; }

std::string problem_text(Language language, Problem problem, Seconds retry_after)
{
    if (retry_after > Seconds{0} && problem == Problem::too_many_attempts) {
        return text_of(language, Text::problem_too_many_attempts_wait, "wait",
                       duration_text(language, retry_after));
    }
    if (retry_after > Seconds{0} && problem == Problem::too_many_messages) {
        return text_of(language, Text::problem_too_many_messages_wait, "wait",
                       duration_text(language, retry_after));
    }
    return std::string{text_of(language, row_of(problem).text)};
}

std::string_view notice_text(Language language, Notice notice)
{
    ASSERT(notice != Notice::none);
    return text_of(language, notices[static_cast<std::size_t>(notice) - 1]);
}

}  // namespace tessera::page
