// A filled page as a response: the only place that runs templates and says a page's security headers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/page/embedded.hpp"
#include "daemon/page/page.hpp"
#include "daemon/page/values.hpp"

namespace tessera::page {

struct Delivery {
    int status = 200;
    // CSP sources beyond 'self'.
    std::vector<std::string> form_actions;
    std::vector<std::string> frames;
};

// `values` hold what the page has of its own; the context's (project, form, problem, notice) are added here. The field a
// problem is about has the focus, else the one named.
http::Response respond(const PageContext& context, PageTemplate page, Values values,
                       std::string_view focus = {}, const Delivery& delivery = {});

// Thread-safe and total: unknown names are empty. The template's own markup is trusted, no value is.
std::string fill_template(Language language, PageTemplate page, const Values& values);

// A template that is no page: a part of a mail. In HTML values are escaped, in plain text nothing has to be.
enum class Escape { html, none };
std::string fill(std::string_view source, const Values& values, Escape escape);

}  // namespace tessera::page
