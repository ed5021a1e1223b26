#include "daemon/login/webauthn_cbor.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace tessera::login {

namespace {

struct Head {
    unsigned major;
    unsigned info;  // the low five bits
    std::uint64_t argument;
};

// RFC 8949 §3: the initial byte and its argument.
std::optional<Head> take_head(ByteView& rest)
{
    if (rest.empty()) {
        return std::nullopt;
    }
    const unsigned first = rest[0];
    Head head{first >> 5, first & 31, first & 31};
    if (head.info > 27) {  // reserved, or an indefinite length
        return std::nullopt;
    }
    const std::size_t more = head.info < 24 ? 0 : std::size_t{1} << (head.info - 24);
    if (rest.size() - 1 < more) {
        return std::nullopt;
    }
    if (more > 0) {
        head.argument = 0;
        for (const std::uint8_t byte : rest.subspan(1, more)) {
            head.argument = head.argument << 8 | byte;
        }
    }
    rest = rest.subspan(1 + more);
    return head;
}

// Takes one item and everything in it. `items` counts down what may still be read.
bool skip_item(ByteView& rest, std::size_t depth, std::size_t& items)
{
    if (depth > cbor_depth_max || items == 0) {
        return false;
    }
    --items;
    const auto head = take_head(rest);
    if (!head) {
        return false;
    }
    switch (head->major) {
    case 0:
    case 1: return true;
    case 2:
    case 3:
        if (head->argument > rest.size()) {
            return false;
        }
        rest = rest.subspan(head->argument);
        return true;
    case 4:
    case 5: {
        // An item has a byte at least, a pair two: this bounds the loop and whoever allocates by the count.
        const std::uint64_t each = head->major - 3;
        if (head->argument > rest.size() / each) {
            return false;
        }
        for (std::uint64_t i = 0; i < head->argument * each; ++i) {
            if (!skip_item(rest, depth + 1, items)) {
                return false;
            }
        }
        return true;
    }
    case 7: return head->info < 24 || head->info > 24 || head->argument >= 32;  // RFC 8949 §3.3
    default: return false;                                                      // a tag
    }
}

CborValue::Kind kind_of(unsigned major)
{
    switch (major) {
    case 0: return CborValue::Kind::number;
    case 1: return CborValue::Kind::negative;
    case 2: return CborValue::Kind::bytes;
    case 3: return CborValue::Kind::text;
    case 4: return CborValue::Kind::array;
    case 5: return CborValue::Kind::map;
    default: return CborValue::Kind::simple;
    }
}

}  // namespace

std::optional<std::int64_t> CborValue::as_integer() const
{
    if ((kind != Kind::number && kind != Kind::negative)
        || number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return std::nullopt;
    }
    const auto value = static_cast<std::int64_t>(number);
    return kind == Kind::number ? value : -1 - value;
}

std::optional<std::string_view> CborValue::as_text() const
{
    return kind == Kind::text ? std::optional{tessera::as_text(content)} : std::nullopt;
}

std::optional<ByteView> CborValue::as_bytes() const
{
    return kind == Kind::bytes ? std::optional{content} : std::nullopt;
}

std::optional<CborValue> read_cbor(ByteView& rest)
{
    ByteView after = rest;
    std::size_t items = cbor_items_max;
    if (!skip_item(after, 1, items)) {
        return std::nullopt;
    }
    const ByteView whole = rest.first(rest.size() - after.size());
    ByteView content = whole;
    const auto head = take_head(content);
    rest = after;
    return CborValue{kind_of(head->major), head->argument, content, whole};
}

std::optional<CborPairs> read_cbor_map(const CborValue& map)
{
    if (map.kind != CborValue::Kind::map) {
        return std::nullopt;
    }
    CborPairs pairs;
    for (ByteView rest = map.content; !rest.empty();) {
        const auto key = read_cbor(rest);
        const auto value = read_cbor(rest);
        if (!key || !value) {
            return std::nullopt;
        }
        pairs.emplace_back(*key, *value);
    }
    // The same value may be encoded in several lengths; it is still the same key.
    using Key = std::tuple<CborValue::Kind, std::uint64_t, std::string_view>;
    std::vector<Key> keys;
    std::ranges::transform(pairs, std::back_inserter(keys), [](const auto& pair) {
        return Key{pair.first.kind, pair.first.number, as_text(pair.first.content)};
    });
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end() ? std::optional{std::move(pairs)} : std::nullopt;
}

const CborValue* find_value(const CborPairs& pairs, std::string_view key)
{
    const auto found =
        std::ranges::find_if(pairs, [key](const auto& pair) { return pair.first.as_text() == key; });
    return found == pairs.end() ? nullptr : &found->second;
}

const CborValue* find_value(const CborPairs& pairs, std::int64_t key)
{
    const auto found =
        std::ranges::find_if(pairs, [key](const auto& pair) { return pair.first.as_integer() == key; });
    return found == pairs.end() ? nullptr : &found->second;
}

}  // namespace tessera::login
