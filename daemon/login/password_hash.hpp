// Argon2id (RFC 9106) hashes of passwords, as PHC strings: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>.
//
// Every function here that hashes takes tens of milliseconds and as much memory as its parameters say: from a request, go
// through PasswordHashing. The password is its UTF-8 bytes as typed (docs/adr/0070-passwords-are-bytes-as-typed.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace tessera::login {

struct PasswordHashParameters {
    std::uint32_t memory_kib;
    std::uint32_t iterations;
    std::uint32_t parallelism;

    friend bool operator==(const PasswordHashParameters&, const PasswordHashParameters&) = default;
};

// OWASP Password Storage Cheat Sheet: the least we ever make a hash with.
inline constexpr PasswordHashParameters password_hash_floor{19 * 1024, 2, 1};
// The most an encoded string may ask for: it comes from the database or from an import and decides how much work we do.
inline constexpr PasswordHashParameters password_hash_ceiling{1024 * 1024, 32, 16};
inline constexpr std::uint64_t password_hash_work_max_kib = 4 * 1024 * 1024;  // memory times iterations

// What anybody may send to be hashed. A longer input is refused before any work.
inline constexpr std::size_t password_chars_max = 256;
inline constexpr std::size_t password_bytes_max = 1024;
inline constexpr std::size_t password_hash_chars_max = 256;  // the encoded string

enum class PasswordHashFault {
    too_long,      // the password has more characters or bytes than the limits above
    not_text,      // the password is empty, not UTF-8 or has a NUL
    malformed,     // the encoded string is not a PHC string of Argon2id, version 19
    unreasonable,  // its parameters, salt or hash are outside what we accept
    no_memory,     // the machine would not give the memory
    busy,          // PasswordHashing only: every slot and every waiting place is taken
};

struct PasswordHashError {
    PasswordHashFault fault;
    std::string detail;  // for the log; never holds the password or the encoded string
};

std::string_view to_string(PasswordHashFault fault);

// Code points of well-formed UTF-8.
std::size_t count_characters(std::string_view utf8);

// The parts of an encoded string, with what we refuse to compute refused.
struct EncodedPassword {
    PasswordHashParameters parameters;
    Bytes salt;
    Bytes hash;
};
Result<EncodedPassword, PasswordHashError> parse_encoded_password(std::string_view encoded);
std::string encode_password(const EncodedPassword& parts);

// Whether the password may be hashed at all: the two faults about it, without work.
Result<void, PasswordHashError> check_password_bounds(const SecretBytes& password);

// A new hash with a random salt. `parameters` are within floor and ceiling (ASSERT).
Result<std::string, PasswordHashError> hash_password(const SecretBytes& password,
                                                     PasswordHashParameters parameters);

// True when it is the password. Works with the parameters of the encoded string and compares in constant time.
Result<bool, PasswordHashError> verify_password(const SecretBytes& password, std::string_view encoded);

// True when the string was made with other parameters than these, or cannot be read: hash again after the next right
// password.
bool needs_rehash(std::string_view encoded, PasswordHashParameters parameters);

// What to verify against when there is no such user or the user has no password: as much work as a real one, right for no
// password anybody knows. Make it once and keep it.
std::string make_decoy_password(PasswordHashParameters parameters);

// Parameters, never below the floor, with which one hash takes about `target` on this machine, now. Memory grows first, to
// `memory_kib_max`; then iterations. Takes some ten times `target`. parallelism is 1: concurrent sign-ins fill the processors.
struct MeasuredParameters {
    PasswordHashParameters parameters;
    Microseconds took;  // median of one hash with them
};
MeasuredParameters measure_parameters(Milliseconds target, std::uint32_t memory_kib_max, const Clock& clock);

}  // namespace tessera::login
