// How a project's hosted pages look.
#include "daemon/page/branding.hpp"
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/page/logo.hpp"
#include "storage/repositories/branding.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Stored = Result<storage::Branding, ApiError>;

constexpr std::size_t name_chars_max = 128;

v1::Branding to_message(const storage::Branding& branding)
{
    v1::Branding out;
    out.set_name(branding.name.value_or(""));
    out.set_primary_color(branding.primary_color.value_or(""));
    out.set_accent_color(branding.accent_color.value_or(""));
    out.set_logo_png(branding.logo_png ? std::string{as_text(*branding.logo_png)} : std::string{});
    out.set_logo_dark_png(branding.logo_dark_png ? std::string{as_text(*branding.logo_dark_png)}
                                                 : std::string{});
    return out;
}

Result<std::optional<std::string>, ApiError> read_colour(std::string_view field, const std::string& text)
{
    if (text.empty()) {
        return std::optional<std::string>{};
    }
    const auto colour = page::parse_colour(text);
    if (!colour) {
        return invalid(std::string{field}, "must be a colour like #1a2b3c");
    }
    return std::optional{page::to_string(*colour)};
}

// What is stored already is kept as it is; a new picture is decoded and made anew.
Result<std::optional<Bytes>, ApiError> read_logo(std::string_view field, const std::string& png,
                                                 const std::optional<Bytes>& before)
{
    if (png.empty()) {
        return std::optional<Bytes>{};
    }
    if (before && as_text(*before) == png) {
        return before;
    }
    auto made = page::reencode_logo(as_bytes(png));
    if (!made) {
        return invalid(std::string{field}, std::string{made.error().description});
    }
    return std::optional{std::move(made.value())};
}

Stored to_branding(const v1::Branding& message, const storage::Branding& before)
{
    storage::Branding out;
    if (!message.name().empty()) {
        if (characters(message.name()) > name_chars_max || !is_one_line(message.name())) {
            return invalid("name", "must have at most 128 characters on one line");
        }
        out.name = message.name();
    }
    TRY(out.primary_color, read_colour("primaryColor", message.primary_color()));
    TRY(out.accent_color, read_colour("accentColor", message.accent_color()));
    TRY(out.logo_png, read_logo("logoPng", message.logo_png(), before.logo_png));
    TRY(out.logo_dark_png, read_logo("logoDarkPng", message.logo_dark_png(), before.logo_dark_png));
    return out;
}

Stored load_branding(storage::Transaction& transaction, ProjectId project)
{
    TRY(auto&& found, storage::find_branding(transaction, project));
    return found ? std::move(*found) : storage::Branding{};
}

}  // namespace

Async<Result<v1::Branding, ApiError>> get_branding(Call& call, v1::GetBrandingRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& found, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return load_branding(transaction, project.id);
           }));
    co_return to_message(found);
}

Async<Result<v1::Branding, ApiError>> update_branding(Call& call, v1::UpdateBrandingRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"project", project.id.to_string()};
    CO_TRY(auto&& written,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Stored {
               TRY(auto&& before, load_branding(transaction, project.id));
               v1::Branding merged = to_message(before);
               TRY(auto&& fields, apply_field_mask(merged, request.settings(), request.update_mask()));
               TRY(auto&& after, to_branding(merged, before));
               TRY(storage::put_branding(transaction, project.id, after));
               audit::Event event =
                   event_of(call, audit::EventType::project_branding_updated, audit::EventResult::success);
               event.target = {"project", project.id.to_string()};
               event.body = {{"fields", json_list(fields)}};
               TRY(record(transaction, call, event));
               return std::move(after);
           }));
    co_return to_message(written);
}

}  // namespace tessera::api::console
