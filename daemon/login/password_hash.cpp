#include "daemon/login/password_hash.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <argon2.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include "base/ascii.hpp"
#include "base/assert.hpp"

namespace tessera::login {

namespace {

constexpr std::string_view prefix = "$argon2id$v=19$";
constexpr std::size_t salt_bytes = 16;  // RFC 9106 §3.1
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t salt_bytes_min = 8;
constexpr std::size_t salt_bytes_max = 64;
constexpr std::size_t hash_bytes_min = 16;
constexpr std::size_t hash_bytes_max = 64;
constexpr std::size_t samples = 3;

bool is_reasonable(const PasswordHashParameters& parameters)
{
    const std::uint64_t work_kib = std::uint64_t{parameters.memory_kib} * parameters.iterations;
    return parameters.iterations >= 1 && parameters.iterations <= password_hash_ceiling.iterations
           && parameters.parallelism >= 1
           && parameters.parallelism <= password_hash_ceiling.parallelism
           // RFC 9106 §3.1: at least 8 blocks of 1 KiB a lane.
           && parameters.memory_kib >= 8 * parameters.parallelism
           && parameters.memory_kib <= password_hash_ceiling.memory_kib
           && work_kib <= password_hash_work_max_kib;
}

bool is_strong_enough(const PasswordHashParameters& parameters)
{
    return parameters.memory_kib >= password_hash_floor.memory_kib
           && parameters.iterations >= password_hash_floor.iterations
           && parameters.parallelism >= password_hash_floor.parallelism;
}

// What stands before the first `mark`, which goes with it. nullopt when there is none.
std::optional<std::string_view> take_until(std::string_view& rest, char mark)
{
    const auto end = rest.find(mark);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return part;
}

// "m=19456": decimal without sign and leading zero, as the PHC format has it.
std::optional<std::uint32_t> read_parameter(std::optional<std::string_view> part, char name)
{
    if (!part || part->size() < 3 || (*part)[0] != name || (*part)[1] != '=' || (*part)[2] == '0'
        || !ascii::is_digit((*part)[2])) {
        return std::nullopt;
    }
    const std::string_view digits = part->substr(2);
    std::uint32_t number = 0;
    const auto [last, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code != std::errc{} || last != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return number;
}

// PHC's B64 is base64 without padding.
std::optional<Bytes> read_bytes(std::string_view text)
{
    if (text.find('=') != std::string_view::npos) {
        return std::nullopt;
    }
    std::string padded{text};
    padded.append((4 - text.size() % 4) % 4, '=');
    return base64_decode(padded);
}

std::string write_bytes(ByteView bytes)
{
    std::string text = base64_encode(bytes);
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

// The memory of one hash comes from the system and goes back to it: malloc would keep it for each thread, and huge pages make the
// hash faster than malloc does (docs/adr/0071-passwords-wait-in-a-room-of-their-own.md).
int take_memory(std::uint8_t** memory, std::size_t bytes)
{
    void* taken = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (taken == MAP_FAILED) {
        return ARGON2_MEMORY_ALLOCATION_ERROR;
    }
    madvise(taken, bytes, MADV_HUGEPAGE);
    madvise(taken, bytes, MADV_DONTDUMP);
    *memory = static_cast<std::uint8_t*>(taken);
    return ARGON2_OK;
}

void give_memory_back(std::uint8_t* memory, std::size_t bytes) { munmap(memory, bytes); }

Result<Bytes, PasswordHashError> compute(const SecretBytes& password,
                                         const PasswordHashParameters& parameters, ByteView salt,
                                         std::size_t bytes)
{
    const ByteView plain = password.reveal(RevealTag{"hash a password"});
    Bytes hash(bytes);
    argon2_context context{};
    context.out = hash.data();
    context.outlen = static_cast<std::uint32_t>(hash.size());
    // Written to only with ARGON2_FLAG_CLEAR_PASSWORD, which is not set.
    context.pwd = const_cast<std::uint8_t*>(plain.data());
    context.pwdlen = static_cast<std::uint32_t>(plain.size());
    context.salt = const_cast<std::uint8_t*>(salt.data());
    context.saltlen = static_cast<std::uint32_t>(salt.size());
    context.t_cost = parameters.iterations;
    context.m_cost = parameters.memory_kib;
    context.lanes = parameters.parallelism;
    context.threads = parameters.parallelism;
    context.version = ARGON2_VERSION_13;
    context.allocate_cbk = take_memory;
    context.free_cbk = give_memory_back;
    const int code = argon2id_ctx(&context);
    if (code != ARGON2_OK) {
        // The rest was checked before, so what remains is memory and threads.
        return PasswordHashError{PasswordHashFault::no_memory, argon2_error_message(code)};
    }
    return hash;
}

Result<void, PasswordHashError> refuse(PasswordHashFault fault, std::string_view detail)
{
    return PasswordHashError{fault, std::string{detail}};
}

Microseconds time_one(const PasswordHashParameters& parameters, const Clock& clock)
{
    std::array<Microseconds, samples> took{};
    for (Microseconds& each : took) {
        const SecretBytes password = SecretBytes::random(salt_bytes);
        const Tick start = clock.tick();
        ASSERT(compute(password, parameters, password.reveal(RevealTag{"measure with random bytes"}),
                       hash_bytes));
        each = std::chrono::duration_cast<Microseconds>(clock.tick() - start);
    }
    std::ranges::sort(took);
    return took[samples / 2];
}

}  // namespace

std::string_view to_string(PasswordHashFault fault)
{
    switch (fault) {
    case PasswordHashFault::too_long: return "password too long";
    case PasswordHashFault::not_text: return "password is not text";
    case PasswordHashFault::malformed: return "stored hash cannot be read";
    case PasswordHashFault::unreasonable: return "stored hash asks for too much or too little work";
    case PasswordHashFault::no_memory: return "no memory for a hash";
    case PasswordHashFault::busy: return "too many passwords are being checked";
    }
    return "";
}

std::size_t count_characters(std::string_view utf8)
{
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

Result<EncodedPassword, PasswordHashError> parse_encoded_password(std::string_view encoded)
{
    const PasswordHashError malformed{PasswordHashFault::malformed,
                                      "not a PHC string of Argon2id, version 19"};
    if (encoded.size() > password_hash_chars_max || !encoded.starts_with(prefix)) {
        return malformed;
    }
    std::string_view rest = encoded.substr(prefix.size());
    const auto memory = read_parameter(take_until(rest, ','), 'm');
    const auto iterations = read_parameter(take_until(rest, ','), 't');
    const auto parallelism = read_parameter(take_until(rest, '$'), 'p');
    const auto salt_text = take_until(rest, '$');
    if (!memory || !iterations || !parallelism || !salt_text) {
        return malformed;
    }
    auto salt = read_bytes(*salt_text);
    auto hash = read_bytes(rest);
    if (!salt || !hash) {
        return malformed;
    }
    EncodedPassword parts{{*memory, *iterations, *parallelism}, std::move(*salt), std::move(*hash)};
    if (!is_reasonable(parts.parameters) || parts.salt.size() < salt_bytes_min
        || parts.salt.size() > salt_bytes_max || parts.hash.size() < hash_bytes_min
        || parts.hash.size() > hash_bytes_max) {
        return PasswordHashError{PasswordHashFault::unreasonable,
                                 fmt::format("m={},t={},p={}, salt of {} and hash of {} bytes", *memory,
                                             *iterations, *parallelism, parts.salt.size(),
                                             parts.hash.size())};
    }
    return parts;
}

std::string encode_password(const EncodedPassword& parts)
{
    return fmt::format("{}m={},t={},p={}${}${}", prefix, parts.parameters.memory_kib,
                       parts.parameters.iterations, parts.parameters.parallelism, write_bytes(parts.salt),
                       write_bytes(parts.hash));
}

Result<void, PasswordHashError> check_password_bounds(const SecretBytes& password)
{
    if (password.size() > password_bytes_max) {
        return refuse(PasswordHashFault::too_long, "bytes");
    }
    const std::string_view text = as_text(password.reveal(RevealTag{"count a password's characters"}));
    if (text.empty() || !is_utf8(text) || text.find('\0') != std::string_view::npos) {
        return refuse(PasswordHashFault::not_text, "empty, not UTF-8 or with a NUL");
    }
    if (count_characters(text) > password_chars_max) {
        return refuse(PasswordHashFault::too_long, "characters");
    }
    return ok();
}

Result<std::string, PasswordHashError> hash_password(const SecretBytes& password,
                                                     PasswordHashParameters parameters)
{
    ASSERT(is_reasonable(parameters) && is_strong_enough(parameters));
    TRY(check_password_bounds(password));
    const SecretBytes salt = SecretBytes::random(salt_bytes);
    const ByteView salt_view = salt.reveal(RevealTag{"store a salt"});
    TRY(auto&& hash, compute(password, parameters, salt_view, hash_bytes));
    return encode_password({parameters, Bytes(salt_view.begin(), salt_view.end()), std::move(hash)});
}

Result<bool, PasswordHashError> verify_password(const SecretBytes& password, std::string_view encoded)
{
    TRY(check_password_bounds(password));
    TRY(auto&& parts, parse_encoded_password(encoded));
    TRY(auto&& hash, compute(password, parts.parameters, parts.salt, parts.hash.size()));
    return equal_constant_time(hash, parts.hash);
}

bool needs_rehash(std::string_view encoded, PasswordHashParameters parameters)
{
    const auto parts = parse_encoded_password(encoded);
    return !parts || parts.value().parameters != parameters || parts.value().salt.size() < salt_bytes
           || parts.value().hash.size() < hash_bytes;
}

std::string make_decoy_password(PasswordHashParameters parameters)
{
    ASSERT(is_reasonable(parameters) && is_strong_enough(parameters));
    // No hash is computed: random bytes are the hash of no password that anybody knows.
    const SecretBytes random = SecretBytes::random(salt_bytes + hash_bytes);
    const ByteView bytes = random.reveal(RevealTag{"make a decoy"});
    const ByteView salt = bytes.first(salt_bytes);
    const ByteView hash = bytes.subspan(salt_bytes);
    return encode_password({parameters, Bytes(salt.begin(), salt.end()), Bytes(hash.begin(), hash.end())});
}

MeasuredParameters measure_parameters(Milliseconds target, std::uint32_t memory_kib_max, const Clock& clock)
{
    MeasuredParameters best{password_hash_floor, time_one(password_hash_floor, clock)};
    // Memory is what an attacker pays for most (RFC 9106 §4), so it grows first.
    const auto try_next = [&](PasswordHashParameters next) {
        if (next.memory_kib > std::min(memory_kib_max, password_hash_ceiling.memory_kib)
            || !is_reasonable(next)) {
            return false;
        }
        const Microseconds took = time_one(next, clock);
        if (took > target) {
            return false;
        }
        best = {next, took};
        return true;
    };
    for (PasswordHashParameters next = password_hash_floor; best.took < target;) {
        next.memory_kib = next.memory_kib == password_hash_floor.memory_kib ? 32 * 1024 : next.memory_kib * 2;
        if (!try_next(next)) {
            break;
        }
    }
    // Time grows with the iterations: guess, and go down where the guess was too high.
    const auto pass = std::max<std::int64_t>(1, best.took.count() / best.parameters.iterations);
    const auto guess =
        std::min<std::int64_t>(Microseconds{target}.count() / pass, password_hash_ceiling.iterations);
    PasswordHashParameters next = best.parameters;
    for (next.iterations = static_cast<std::uint32_t>(guess); next.iterations > best.parameters.iterations;
         next.iterations -= std::max(1U, next.iterations / 8)) {
        if (try_next(next)) {
            break;
        }
    }
    return best;
}

}  // namespace tessera::login
