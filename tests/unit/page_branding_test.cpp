#include <cmath>
#include <string>

#include <boost/test/unit_test.hpp>

#include "base/ascii.hpp"
#include "base/encoding.hpp"
#include "daemon/page/branding.hpp"
#include "daemon/page/logo.hpp"

using namespace tessera;
using namespace tessera::page;

namespace {

constexpr Colour white{255, 255, 255};
constexpr Colour card_dark{0x17, 0x1A, 0x21};

// 2×1, RGB, with a tEXt chunk "Comment\0<script>" and a gAMA chunk.
const std::string png_hex =
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd0000000467414d410000b18f0bfc61"
    "050000001074455874436f6d6d656e74003c7363726970743eddcf10090000000f49444154789c63f8cfc0c0f09f0100"
    "07ff01ff017f89a70000000049454e44ae426082";

Bytes from_hex(std::string_view hex)
{
    Bytes bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
        bytes.push_back(
            static_cast<std::uint8_t>(ascii::hex_value(hex[at]) * 16 + ascii::hex_value(hex[at + 1])));
    }
    return bytes;
}

// Width and height in the header say something else; its check value is not mended.
Bytes of_size(std::uint8_t high_byte_of_width)
{
    Bytes png = from_hex(png_hex);
    png[17] = high_byte_of_width;
    return png;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(page_branding)

BOOST_AUTO_TEST_CASE(a_colour_is_six_hexadecimal_digits)
{
    BOOST_TEST(to_string(*parse_colour("#0B7a5F")) == "#0b7a5f");
    for (const std::string_view text :
         {"", "#", "#fff", "0b7a5f0", "#0b7a5g", "#0b7a5f0", "red", "#0b7a5f;}", "#-1-1-1"}) {
        BOOST_TEST(!parse_colour(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(contrast_is_that_of_wcag)
{
    BOOST_TEST(std::abs(contrast({0, 0, 0}, white) - 21.0) < 0.001);
    BOOST_TEST(std::abs(contrast({0x76, 0x76, 0x76}, white) - 4.54) < 0.01);
    BOOST_TEST(contrast(white, white) == 1.0);
}

// WCAG 2.2 §1.4.3 for every colour a project may choose.
BOOST_AUTO_TEST_CASE(text_reads_on_every_colour_and_every_colour_reads_on_both_cards)
{
    for (int red = 0; red < 256; red += 15) {
        for (int green = 0; green < 256; green += 15) {
            for (int blue = 0; blue < 256; blue += 15) {
                const Colour colour{static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
                                    static_cast<std::uint8_t>(blue)};
                BOOST_REQUIRE(contrast(text_on(colour), colour) >= 4.5);
                BOOST_REQUIRE(contrast(readable_on(colour, white), white) >= 4.5);
                BOOST_REQUIRE(contrast(readable_on(colour, card_dark), card_dark) >= 4.5);
            }
        }
    }
    const Colour readable{0x11, 0x44, 0x88};
    BOOST_TEST((readable_on(readable, white) == readable));
}

BOOST_AUTO_TEST_CASE(the_style_sheet_holds_colours_and_nothing_else)
{
    BOOST_TEST(brand_css({}).empty());
    Branding branding;
    branding.primary = Colour{0xff, 0xee, 0x00};
    BOOST_TEST(
        brand_css(branding)
        == ":root{--primary:#ffee00;--on-primary:#000000;--primary-edge:var(--edge);--accent:#807700;}\n"
           "@media "
           "(prefers-color-scheme:dark){:root{--primary:#ffee00;--on-primary:#000000;--primary-edge:"
           "transparent;--accent:#ffee00;}}\n");
    Branding with_logo;
    with_logo.logo = Branding::Logo{"brand/logo.png?v=x", 400, 100};
    const std::string css = brand_css(with_logo);
    BOOST_TEST(css.find("url(\"brand/logo.png?v=x\")") != std::string::npos);
    BOOST_TEST(css.find(".brand-name{position:absolute") != std::string::npos);
    with_logo.logo->width = 100;
    BOOST_TEST(brand_css(with_logo).find(".brand-name") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_logo_keeps_its_pixels_and_loses_everything_else)
{
    const Bytes png = from_hex(png_hex);
    const auto made = reencode_logo(png);
    BOOST_REQUIRE(made.has_value());
    const std::string_view text = as_text(made.value());
    for (const std::string_view chunk : {"tEXt", "gAMA", "<script>"}) {
        BOOST_TEST(as_text(png).find(chunk) != std::string_view::npos);
        BOOST_TEST(text.find(chunk) == std::string_view::npos, chunk);
    }
    const auto size = size_of_logo(made.value());
    BOOST_REQUIRE(size.has_value());
    BOOST_TEST(size->width == 2U);
    BOOST_TEST(size->height == 1U);
    BOOST_TEST((reencode_logo(made.value()).value() == made.value()));
}

// SR-12.
BOOST_AUTO_TEST_CASE(a_logo_cut_at_any_byte_is_refused)
{
    const Bytes png = from_hex(png_hex);
    for (std::size_t length = 0; length < png.size(); ++length) {
        BOOST_TEST(!reencode_logo(ByteView{png}.first(length)).has_value(), length);
    }
}

BOOST_AUTO_TEST_CASE(a_logo_with_any_byte_changed_does_no_harm)
{
    const Bytes png = from_hex(png_hex);
    for (std::size_t at = 0; at < png.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            Bytes changed = png;
            changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
            const auto made = reencode_logo(changed);
            BOOST_TEST((!made.has_value() || made.value().size() <= logo_bytes_max));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_logo_too_large_is_refused_before_it_is_decoded)
{
    BOOST_TEST(reencode_logo(of_size(0x7F)).error().description
               == "The logo is too large: at most 1024 pixels on a side.");
    BOOST_TEST(reencode_logo(Bytes(logo_upload_bytes_max + 1)).error().description
               == "The logo is too large: at most 1 MiB.");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_also_something_else_is_refused)
{
    Bytes behind = from_hex(png_hex);
    for (const char c : std::string_view{"<script>alert(1)</script>"}) {
        behind.push_back(static_cast<std::uint8_t>(c));
    }
    BOOST_TEST(!reencode_logo(behind).has_value());
    BOOST_TEST(!reencode_logo(as_bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")).has_value());
    BOOST_TEST(!reencode_logo(as_bytes("GIF89a")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
