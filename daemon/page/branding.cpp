#include "daemon/page/branding.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace tessera::page {

namespace {

constexpr Colour black{0, 0, 0};
constexpr Colour white{255, 255, 255};
// --card of web/login/login.css, light and dark.
constexpr Colour light_card{0xFF, 0xFF, 0xFF};
constexpr Colour dark_card{0x17, 0x1A, 0x21};

constexpr double text_contrast_min = 4.5;     // WCAG 2.2 §1.4.3
constexpr double control_contrast_min = 3.0;  // §1.4.11
constexpr int mixing_steps = 100;

constexpr double logo_height_rem = 2.5;
constexpr double logo_width_rem_max = 14;

double linear(std::uint8_t channel)
{
    const double share = channel / 255.0;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

// WCAG 2.2, "relative luminance".
double luminance(Colour colour)
{
    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

std::uint8_t mixed(std::uint8_t from, std::uint8_t to, int step)
{
    return static_cast<std::uint8_t>(from + (to - from) * step / mixing_steps);
}

std::string colours(const Branding& branding, Colour card)
{
    std::string css;
    if (branding.primary) {
        css += fmt::format("--primary:{};--on-primary:{};", to_string(*branding.primary),
                           to_string(text_on(*branding.primary)));
        css += contrast(*branding.primary, card) < control_contrast_min ? "--primary-edge:var(--edge);"
                                                                        : "--primary-edge:transparent;";
    }
    if (const auto accent = branding.accent ? branding.accent : branding.primary) {
        css += fmt::format("--accent:{};", to_string(readable_on(*accent, card)));
    }
    return css;
}

std::string mark(const Branding::Logo& logo)
{
    const double ratio = static_cast<double>(logo.width) / static_cast<double>(std::max(logo.height, 1U));
    const double width_rem = std::clamp(logo_height_rem * ratio, 1.0, logo_width_rem_max);
    std::string css =
        fmt::format(".brand-mark{{background:url(\"{}\") left center/contain no-repeat;color:transparent;"
                    "width:{:.2f}rem;height:{}rem;border-radius:0}}\n",
                    logo.path, width_rem, logo_height_rem);
    if (ratio >= 2) {
        css += ".brand-name{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);"
               "white-space:nowrap}\n";
    }
    return css;
}

}  // namespace

std::optional<Colour> parse_colour(std::string_view text)
{
    if (text.size() != 7 || text[0] != '#') {
        return std::nullopt;
    }
    std::array<std::uint8_t, 3> channels{};
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const int high = ascii::hex_value(text[1 + 2 * i]);
        const int low = ascii::hex_value(text[2 + 2 * i]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        channels[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return Colour{channels[0], channels[1], channels[2]};
}

std::string to_string(Colour colour)
{
    return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

double contrast(Colour a, Colour b)
{
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first, second) / std::min(first, second);
}

Colour text_on(Colour background)
{
    return contrast(background, white) >= contrast(background, black) ? white : black;
}

Colour readable_on(Colour colour, Colour background)
{
    const Colour target = text_on(background);
    for (int step = 0; step < mixing_steps; ++step) {
        const Colour tried{mixed(colour.red, target.red, step), mixed(colour.green, target.green, step),
                           mixed(colour.blue, target.blue, step)};
        if (contrast(tried, background) >= text_contrast_min) {
            return tried;
        }
    }
    return target;
}

std::string brand_css(const Branding& branding)
{
    std::string css;
    const std::string light = colours(branding, light_card);
    const std::string dark = colours(branding, dark_card);
    if (!light.empty()) {
        css += ":root{" + light + "}\n@media (prefers-color-scheme:dark){:root{" + dark + "}}\n";
    }
    if (branding.logo) {
        css += mark(*branding.logo);
    }
    if (branding.dark_logo) {
        css += "@media (prefers-color-scheme:dark){\n" + mark(*branding.dark_logo) + "}\n";
    }
    return css;
}

}  // namespace tessera::page
