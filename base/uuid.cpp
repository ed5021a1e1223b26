#include "base/uuid.hpp"

#include <cstring>

#include "base/encoding.hpp"
#include "base/random.hpp"

namespace tessera {

namespace {

void stamp(Uuid& uuid, std::uint8_t version)
{
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | version << 4);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
}

}  // namespace

Uuid random_uuid()
{
    Uuid uuid;
    fill_random(uuid.bytes);
    stamp(uuid, 4);
    return uuid;
}

Uuid time_ordered_uuid(Instant now)
{
    Uuid uuid;
    fill_random(uuid.bytes);
    const auto since_epoch = now.time_since_epoch();
    const auto ms = std::chrono::floor<Milliseconds>(since_epoch);
    const auto us_in_ms = static_cast<std::uint64_t>((since_epoch - ms).count());
    // RFC 9562 §6.2 method 3: the sub-millisecond fraction scaled to the 12 bits of rand_a.
    const std::uint64_t fraction = us_in_ms * 4096 / 1000;
    const auto ms_count = static_cast<std::uint64_t>(ms.count());
    for (int i = 0; i < 6; ++i) {
        uuid.bytes[i] = static_cast<std::uint8_t>(ms_count >> (40 - 8 * i));
    }
    uuid.bytes[6] = static_cast<std::uint8_t>(fraction >> 8);
    uuid.bytes[7] = static_cast<std::uint8_t>(fraction);
    stamp(uuid, 7);
    return uuid;
}

std::string to_string(const Uuid& uuid)
{
    std::string text = hex_encode(uuid.bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
        text.insert(dash, 1, '-');
    }
    return text;
}

std::optional<Uuid> parse_uuid(std::string_view text)
{
    if (text.size() != 36) {
        return std::nullopt;
    }
    std::string digits;
    digits.reserve(32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash_here = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash_here != (text[i] == '-')) {
            return std::nullopt;
        }
        if (!dash_here) {
            digits.push_back(text[i]);
        }
    }
    const auto bytes = hex_decode(digits);
    if (!bytes) {
        return std::nullopt;
    }
    Uuid uuid;
    std::memcpy(uuid.bytes.data(), bytes->data(), uuid.bytes.size());
    return uuid;
}

std::size_t UuidHash::operator()(const Uuid& uuid) const noexcept
{
    // Ids come from clients too: whoever does not know the seed cannot choose ids that share a bucket.
    static const std::array<std::uint64_t, 2> seed = [] {
        std::array<std::uint64_t, 2> random{};
        fill_random({reinterpret_cast<std::uint8_t*>(random.data()), sizeof random});
        return random;
    }();
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), uuid.bytes.data(), sizeof halves);
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(halves[0] ^ seed[0]) * (halves[1] ^ seed[1]);
    return static_cast<std::size_t>(product >> 64U) ^ static_cast<std::size_t>(product);
}

}  // namespace tessera
