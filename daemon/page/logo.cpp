#include "daemon/page/logo.hpp"

#include <algorithm>
#include <array>

#include <png.h>

namespace tessera::page {

namespace {

constexpr auto signature = std::to_array<std::uint8_t>({0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
// Length 0, its name, its CRC: the last chunk of every PNG.
constexpr auto last_chunk =
    std::to_array<std::uint8_t>({0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82});
constexpr std::size_t header_bytes = 8 + 8 + 13 + 4;  // signature, and IHDR with its length, name and CRC
constexpr std::size_t bytes_per_pixel = 4;

std::uint32_t number_at(ByteView bytes, std::size_t at)
{
    return (std::uint32_t{bytes[at]} << 24U) | (std::uint32_t{bytes[at + 1]} << 16U)
           | (std::uint32_t{bytes[at + 2]} << 8U) | bytes[at + 3];
}

// Frees what the simplified interface holds, however we leave.
struct Image {
    png_image handle{};
    Image() { handle.version = PNG_IMAGE_VERSION; }
    ~Image() { png_image_free(&handle); }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
};

Result<Bytes, LogoError> pixels_of(ByteView png, LogoSize size)
{
    Image image;
    if (png_image_begin_read_from_memory(&image.handle, png.data(), png.size()) == 0) {
        return LogoError{"The logo is not a PNG that can be read."};
    }
    // What libpng read is what was measured.
    if (image.handle.width != size.width || image.handle.height != size.height) {
        return LogoError{"The logo is not a PNG that can be read."};
    }
    image.handle.format = PNG_FORMAT_RGBA;
    Bytes pixels(std::size_t{size.width} * size.height * bytes_per_pixel);
    if (png_image_finish_read(&image.handle, nullptr, pixels.data(), 0, nullptr) == 0
        || PNG_IMAGE_FAILED(image.handle)) {
        return LogoError{"The logo is not a PNG that can be read."};
    }
    return pixels;
}

Result<Bytes, LogoError> png_of(const Bytes& pixels, LogoSize size)
{
    Image image;
    image.handle.width = size.width;
    image.handle.height = size.height;
    image.handle.format = PNG_FORMAT_RGBA;
    Bytes made(logo_bytes_max);
    png_alloc_size_t length = made.size();
    if (png_image_write_to_memory(&image.handle, made.data(), &length, 0, pixels.data(), 0, nullptr) == 0) {
        return LogoError{"The logo is too large: at most 256 KiB when it is stored."};
    }
    made.resize(length);
    return made;
}

}  // namespace

std::optional<LogoSize> size_of_logo(ByteView png)
{
    constexpr auto header = std::to_array<std::uint8_t>({0, 0, 0, 13, 'I', 'H', 'D', 'R'});
    if (png.size() < header_bytes || !std::ranges::equal(png.first(8), signature)
        || !std::ranges::equal(png.subspan(8, 8), header)) {
        return std::nullopt;
    }
    return LogoSize{number_at(png, 16), number_at(png, 20)};
}

Result<Bytes, LogoError> reencode_logo(ByteView png)
{
    if (png.size() > logo_upload_bytes_max) {
        return LogoError{"The logo is too large: at most 1 MiB."};
    }
    const auto size = size_of_logo(png);
    if (!size || size->width == 0 || size->height == 0) {
        return LogoError{"The logo is not a PNG."};
    }
    if (size->width > logo_side_pixels_max || size->height > logo_side_pixels_max) {
        return LogoError{"The logo is too large: at most 1024 pixels on a side."};
    }
    // libpng stops at the last row: a file cut after it, or one with something behind its end, is refused here.
    if (png.size() < header_bytes + last_chunk.size()
        || !std::ranges::equal(png.last(last_chunk.size()), last_chunk)) {
        return LogoError{"The logo is not a whole PNG."};
    }
    TRY(const Bytes pixels, pixels_of(png, *size));
    return png_of(pixels, *size);
}

}  // namespace tessera::page
