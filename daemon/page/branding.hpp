// How a project's pages look: colours and a logo, never markup (docs/adr/0082-branding-is-data.md).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera::page {

struct Colour {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    bool operator==(const Colour&) const = default;
};

// "#rrggbb", either case; empty for anything else.
std::optional<Colour> parse_colour(std::string_view text);
std::string to_string(Colour colour);

// WCAG 2.2: 1 to 21.
double contrast(Colour a, Colour b);
// Black or white, whichever is easier to read on it: always at least 4.58:1.
Colour text_on(Colour background);
// The colour itself where it reads on the background at 4.5:1, else the nearest mixture with black or white that does.
Colour readable_on(Colour colour, Colour background);

// What the style sheet is made of. Empty members keep Tessera's own look.
struct Branding {
    std::optional<Colour> primary;  // filled buttons, the mark
    std::optional<Colour> accent;   // links, the focus ring; primary when absent
    struct Logo {
        std::string path;  // "brand/logo.png?v=…", relative to brand.css
        std::uint32_t width = 0;
        std::uint32_t height = 0;
    };
    std::optional<Logo> logo;
    std::optional<Logo> dark_logo;  // on a dark page; logo when absent
};

// Custom properties and the logo, after the common style sheet. A logo at least twice as wide as high is taken to say the
// project's name: the text beside it is then for screen readers only.
std::string brand_css(const Branding& branding);

}  // namespace tessera::page
