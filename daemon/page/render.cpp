#include "daemon/page/render.hpp"

#include <array>
#include <memory>
#include <variant>

#include <kainjow/mustache.hpp>

#include "base/assert.hpp"
#include "daemon/page/outcome_pages.hpp"
#include "daemon/page/text.hpp"

namespace tessera::page {

namespace {

namespace mustache = kainjow::mustache;

mustache::data data_of(const Values& values);

struct ToData {
    mustache::data operator()(const Values::Flag&) const { return true; }
    mustache::data operator()(const std::string& text) const { return text; }
    mustache::data operator()(const std::vector<Values>& items) const
    {
        mustache::list list;
        list.reserve(items.size());
        for (const Values& item : items) {
            list.push_back(data_of(item));
        }
        return list;
    }
};

mustache::data data_of(const Values& values)
{
    mustache::object object;
    for (const auto& [name, value] : values.all()) {
        object.insert_or_assign(name, std::visit(ToData{}, value));
    }
    return object;
}

// Parsing takes 150 us and filling 4, and a parsed template is changed by filling it: one a thread, parsed when first used. All of
// one language take 2 MiB.
mustache::mustache& template_of(Language language, PageTemplate page)
{
    using Parsed =
        std::array<std::array<std::unique_ptr<mustache::mustache>, page_templates>, languages.size()>;
    thread_local Parsed parsed;
    auto& each = parsed[static_cast<std::size_t>(language)][static_cast<std::size_t>(page)];
    if (!each) {
        each = std::make_unique<mustache::mustache>(std::string{
            embedded_template(static_cast<std::size_t>(language), static_cast<std::size_t>(page))});
        ASSERT(each->is_valid());
    }
    return *each;
}

std::string policy_of(const Delivery& delivery)
{
    std::string policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                         "form-action 'self'";
    for (const std::string& source : delivery.form_actions) {
        policy += ' ' + source;
    }
    if (!delivery.frames.empty()) {
        policy += "; frame-src";
        for (const std::string& source : delivery.frames) {
            policy += ' ' + source;
        }
    }
    return policy + "; frame-ancestors 'none'; base-uri 'none'";
}

void add_hidden(Values& values, const std::vector<HiddenField>& fields)
{
    std::vector<Values> rows;
    for (const HiddenField& each : fields) {
        rows.emplace_back().verbatim("name", each.name).verbatim("value", each.value);
    }
    values.list("hidden", std::move(rows));
}

void add_context(Values& values, const PageContext& context, std::string_view focus)
{
    values.shown("project_name", context.project_name).verbatim("initial", initial_of(context.project_name));
    values.path("realm_path", context.realm_path).path("action", context.form.action);
    add_hidden(values, context.form.hidden);
    if (context.notice != Notice::none) {
        values.shown("notice", notice_text(context.language, context.notice));
    }
    std::string_view focused = focus;
    if (context.problem != Problem::none) {
        values.shown("problem", problem_text(context.language, context.problem, context.retry_after));
        if (const std::string_view about = field_of(context.problem); !about.empty()) {
            values.flag("wrong_" + std::string{about});
            focused = about;
        }
    }
    if (!focused.empty()) {
        values.flag("focus_" + std::string{focused});
    }
}

}  // namespace

std::string fill_template(Language language, PageTemplate page, const Values& values)
{
    const mustache::data data = data_of(values);
    mustache::mustache& each = template_of(language, page);
    std::string html = each.render(data);
    ASSERT(each.is_valid());
    return html;
}

std::string fill(std::string_view source, const Values& values, Escape escape)
{
    mustache::mustache each{std::string{source}};
    if (escape == Escape::none) {
        each.set_custom_escape([](const std::string& text) { return text; });
    }
    std::string filled = each.render(data_of(values));
    ASSERT(each.is_valid());
    return filled;
}

http::Response respond(const PageContext& context, PageTemplate page, Values values, std::string_view focus,
                       const Delivery& delivery)
{
    add_context(values, context, focus);
    Delivery allowed = delivery;
    for (const std::string& url : context.redirect_targets) {
        if (std::string source = csp_source_of(url); !source.empty()) {
            allowed.form_actions.push_back(std::move(source));
        }
    }
    http::Response response;
    response.status = delivery.status;
    // X-Content-Type-Options and X-Frame-Options are the session's, on every response.
    response.set("Content-Type", "text/html; charset=utf-8");
    response.set("Content-Language", std::string{tag_of(context.language)});
    response.set("Cache-Control", "no-store");
    response.set("Content-Security-Policy", policy_of(allowed));
    response.set("Referrer-Policy", "no-referrer");
    response.set("Cross-Origin-Opener-Policy", "same-origin");
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    response.set("Permissions-Policy",
                 "publickey-credentials-get=(self), publickey-credentials-create=(self), "
                 "camera=(), microphone=(), geolocation=()");
    response.body = fill_template(context.language, page, values);
    return response;
}

}  // namespace tessera::page
