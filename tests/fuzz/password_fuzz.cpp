// The stored form of a password and the judgement of a new one: one text for each value, no absurd work, an answer for whatever was
// typed. First line: the stored form; second: a word of the person; the rest: the password.
#include "base/assert.hpp"
#include "daemon/login/password_hash.hpp"
#include "daemon/login/password_strength.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    using namespace tessera::login;
    std::string_view rest = fuzz::as_input(data, size);
    const std::string_view encoded = fuzz::cut_line(rest);
    if (const auto parts = parse_encoded_password(encoded)) {
        const auto& parameters = parts.value().parameters;
        ASSERT(encode_password(parts.value()) == encoded);
        ASSERT(parameters.memory_kib <= password_hash_ceiling.memory_kib
               && parameters.memory_kib >= 8 * parameters.parallelism);
        ASSERT(std::uint64_t{parameters.memory_kib} * parameters.iterations <= password_hash_work_max_kib);
        ASSERT(!needs_rehash(encoded, parameters) || parts.value().salt.size() < 16
               || parts.value().hash.size() < 32);
    }
    const std::vector<std::string> words{std::string{fuzz::cut_line(rest)}};
    const SecretBytes password{as_bytes(rest)};
    const auto judged = judge_password(password, words);
    ASSERT(judged.score >= 0 && judged.score <= 4);
    ASSERT(judged.flaw.has_value() == (judged.score < password_score_min));
    // Whatever may be set can be hashed.
    ASSERT(judged.flaw || check_password_bounds(password));
    return 0;
}
