#include "daemon/api/console/validate.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera::api::console {

namespace {

constexpr std::size_t display_name_chars_max = 256;
constexpr std::size_t description_chars_max = 1024;
constexpr std::size_t foreign_id_chars_max = 512;
constexpr std::size_t domain_chars_max = 253;
constexpr std::size_t scope_chars_max = 128;

bool is_this_machine(std::string_view normalized)
{
    constexpr std::array hosts{std::string_view{"http://localhost"}, std::string_view{"http://127.0.0.1"},
                               std::string_view{"http://[::1]"}};
    return std::any_of(hosts.begin(), hosts.end(), [&](std::string_view host) {
        return normalized.starts_with(host)
               && (normalized.size() == host.size() || normalized[host.size()] == '/'
                   || normalized[host.size()] == ':' || normalized[host.size()] == '?');
    });
}

}  // namespace

std::size_t characters(std::string_view utf8)
{
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_one_line(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

Checked check_display_name(std::string_view text)
{
    if (text.empty() || characters(text) > display_name_chars_max || !is_one_line(text)) {
        return invalid("displayName", "must have 1 to 256 characters on one line");
    }
    return ok();
}

Checked check_description(std::string_view field, std::string_view text)
{
    if (characters(text) > description_chars_max) {
        return invalid(std::string{field}, "must have at most 1,024 characters");
    }
    return ok();
}

Checked check_slug(std::string_view text)
{
    if (!ascii::is_label(text)) {
        return invalid("slug", "must be 1 to 63 characters of a-z, 0-9 and '-', with no '-' at either end");
    }
    return ok();
}

Checked check_redirect(std::string_view field, std::string_view uri)
{
    if (uri.empty()) {
        return ok();
    }
    const auto normalized = normalize_resource_uri(uri);
    if (!normalized || !(normalized->starts_with("https://") || is_this_machine(*normalized))) {
        return invalid(
            std::string{field},
            "must be an absolute https URI without fragment or user information (http for localhost only)");
    }
    return ok();
}

Checked check_domain(std::string_view field, std::string_view name)
{
    if (name.empty()) {
        return ok();
    }
    std::size_t labels = 0;
    bool good = name.size() <= domain_chars_max;
    for (std::string_view rest = name; good;) {
        const auto dot = rest.find('.');
        good = ascii::is_label(rest.substr(0, dot));
        ++labels;
        if (dot == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(dot + 1);
    }
    if (!good || labels < 2) {
        return invalid(std::string{field}, "must be a domain name in lower case, like auth.example.com");
    }
    return ok();
}

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
Checked check_scope(std::string_view field, std::string_view name)
{
    const bool good = !name.empty() && name.size() <= scope_chars_max
                      && std::all_of(name.begin(), name.end(),
                                     [](char c) { return c >= 0x21 && c <= 0x7e && c != '"' && c != '\\'; });
    if (!good) {
        return invalid(std::string{field},
                       "must be 1 to 128 visible ASCII characters without space, quote or backslash");
    }
    return ok();
}

Checked check_foreign_id(std::string_view field, std::string_view text)
{
    if (text.size() > foreign_id_chars_max || !is_one_line(text)) {
        return invalid(std::string{field}, "must be at most 512 characters on one line");
    }
    return ok();
}

Checked check_range(std::string_view field, std::int64_t value, std::int64_t min, std::int64_t max)
{
    if (value < min || value > max) {
        return invalid(std::string{field}, fmt::format("must be from {} to {}", min, max));
    }
    return ok();
}

}  // namespace tessera::api::console
