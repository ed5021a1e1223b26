// Reading the CBOR that authenticators write: RFC 8949 without indefinite lengths and tags (CTAP2's canonical form has neither).
//
// Hostile input: every declared length and count is held against the bytes that are there before anything is made of it, and
// nesting is bounded. What was read once by read_cbor() may be handed to a parser that trusts counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.hpp"

namespace tessera::login {

inline constexpr std::size_t cbor_depth_max = 8;
inline constexpr std::size_t cbor_items_max = 4096;  // in one outermost item, itself counted

// Views refer to the bytes that were read.
struct CborValue {
    enum class Kind { number, negative, bytes, text, array, map, simple };
    Kind kind;
    std::uint64_t number;  // the value; of `negative`, -1 - value; of arrays and maps how many items or pairs
    ByteView content;      // of bytes and text; of arrays and maps the encoded items
    ByteView whole;        // as encoded, head included

    // nullopt when it is no integer or does not fit.
    std::optional<std::int64_t> as_integer() const;
    std::optional<std::string_view> as_text() const;
    std::optional<ByteView> as_bytes() const;
};

// Takes one whole well-formed item from the front of `rest`. nullopt: `rest` is as it was.
std::optional<CborValue> read_cbor(ByteView& rest);

// A map's pairs in their order. nullopt when it is no map or a key is there twice.
using CborPairs = std::vector<std::pair<CborValue, CborValue>>;
std::optional<CborPairs> read_cbor_map(const CborValue& map);

// The value of a key; nullptr when absent.
const CborValue* find_value(const CborPairs& pairs, std::string_view key);
const CborValue* find_value(const CborPairs& pairs, std::int64_t key);

}  // namespace tessera::login
