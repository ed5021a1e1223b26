// SecretBytes: bytes that wipe themselves, never print and compare in constant time.
//
// Every reader of the plain bytes names itself with a RevealTag: `grep 'RevealTag{"'` lists them all.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"

namespace tessera {

// Names the place that needs the plain bytes and why.
struct RevealTag {
    explicit constexpr RevealTag(std::string_view why_) : why(why_) {}
    std::string_view why;
};

class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
    explicit SecretBytes(std::size_t size) : bytes_(size) {}
    // Takes the bytes over and leaves `bytes` empty and wiped.
    static SecretBytes take(Bytes& bytes);
    static SecretBytes take(std::string& text);
    // `bytes` random bytes.
    static SecretBytes random(std::size_t bytes);

    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    ~SecretBytes();

    SecretBytes copy() const { return SecretBytes{ByteView{bytes_}}; }
    std::size_t size() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }

    ByteView reveal(RevealTag) const { return bytes_; }
    std::span<std::uint8_t> reveal_writable(RevealTag) { return bytes_; }

    // Constant time in the content; the length is no secret.
    friend bool operator==(const SecretBytes& a, const SecretBytes& b);

private:
    void wipe();
    Bytes bytes_;
};

// The one compare function for anything a caller could guess: constant time in the content.
bool equal_constant_time(ByteView a, ByteView b);

// Overwrites memory in a way the compiler keeps.
void wipe(std::span<std::uint8_t> bytes);

}  // namespace tessera
