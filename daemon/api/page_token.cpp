#include "daemon/api/page_token.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace tessera::api {

namespace {

constexpr std::size_t binding_bytes = 12;
constexpr std::uint8_t format = 1;

Sha256 binding(std::string_view list, std::string_view filter)
{
    std::string text{list};
    text.push_back('\0');
    text += filter;
    return sha256(text);
}

ApiError foreign() { return invalid("pageToken", "not a token of this list with these filters"); }

}  // namespace

std::string make_page_token(std::string_view list, std::string_view filter, std::string_view cursor)
{
    const Sha256 bound = binding(list, filter);
    Bytes bytes{format};
    bytes.insert(bytes.end(), bound.begin(), bound.begin() + binding_bytes);
    const ByteView tail = as_bytes(cursor);
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    return base64url_encode(bytes);
}

Result<std::string, ApiError> read_page_token(std::string_view list, std::string_view filter,
                                              std::string_view token)
{
    if (token.empty()) {
        return std::string{};
    }
    if (token.size() > page_token_bytes_max) {
        return foreign();
    }
    const auto bytes = base64url_decode(token);
    if (!bytes || bytes->size() <= 1 + binding_bytes || bytes->front() != format) {
        return foreign();
    }
    const Sha256 bound = binding(list, filter);
    if (!std::equal(bound.begin(), bound.begin() + binding_bytes, bytes->begin() + 1)) {
        return foreign();
    }
    // Ids, slugs and numbers: anything else is somebody's invention, and the database need not see it.
    const std::string_view cursor = as_text(ByteView{*bytes}.subspan(1 + binding_bytes));
    if (!std::ranges::all_of(cursor, [](char c) { return c >= 0x20 && c < 0x7F; })) {
        return foreign();
    }
    return std::string{cursor};
}

Result<std::size_t, ApiError> page_size(int asked, std::size_t fallback, std::size_t max)
{
    if (asked < 0) {
        return invalid("pageSize", "must not be negative");
    }
    return asked == 0 ? fallback : std::min(static_cast<std::size_t>(asked), max);
}

}  // namespace tessera::api
