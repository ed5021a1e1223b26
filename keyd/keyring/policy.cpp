#include "keyd/keyring/policy.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tessera::keyd {

namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

constexpr std::size_t typs_max = 16;
constexpr std::size_t typ_chars_max = 64;

struct SecondsField {
    std::string_view name;
    Seconds Policy::* field;
    std::uint32_t (v1::KeyringPolicy::*wanted)() const;
    void (v1::KeyringPolicy::*write)(std::uint32_t);
    std::int64_t fallback;
    std::int64_t min;
    std::int64_t max;
};

constexpr SecondsField fields[] = {
    {"lifetime_max_s", &Policy::lifetime_max, &v1::KeyringPolicy::lifetime_max_s,
     &v1::KeyringPolicy::set_lifetime_max_s, hour, 1, 400 * day},
    {"rotation_period_s", &Policy::rotation_period, &v1::KeyringPolicy::rotation_period_s,
     &v1::KeyringPolicy::set_rotation_period_s, 30 * day, 2 * hour, 400 * day},
    {"jwks_max_age_s", &Policy::jwks_max_age, &v1::KeyringPolicy::jwks_max_age_s,
     &v1::KeyringPolicy::set_jwks_max_age_s, 300, 1, day},
    {"publish_before_s", &Policy::publish_before, &v1::KeyringPolicy::publish_before_s,
     &v1::KeyringPolicy::set_publish_before_s, hour, minute, 30 * day},
    {"destroy_delay_s", &Policy::destroy_delay, &v1::KeyringPolicy::destroy_delay_s,
     &v1::KeyringPolicy::set_destroy_delay_s, 7 * day, 1, 400 * day},
};

// RFC 7515 §4.1.9: a media type without "application/"; it goes into the header unescaped.
bool is_typ(std::string_view typ)
{
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+'
               || c == '-' || c == '.' || c == '_';
    };
    return !typ.empty() && typ.size() <= typ_chars_max && std::ranges::all_of(typ, is_allowed);
}

Answer<void> merge_rsa_bits(Policy& policy, std::uint32_t wanted)
{
    if (wanted == 0) {
        return ok();
    }
    if (wanted < 2048) {
        return Refusal{v1::RSA_TOO_SMALL, "rsa_bits is below 2048"};
    }
    if (wanted != 2048 && wanted != 3072 && wanted != 4096) {
        return Refusal{v1::POLICY_INVALID, "rsa_bits is 2048, 3072 or 4096"};
    }
    policy.rsa_bits = wanted;
    return ok();
}

}  // namespace

Policy default_policy()
{
    Policy policy;
    policy.typs = {"at+jwt", "JWT", "logout+jwt", "token-introspection+jwt"};
    for (const SecondsField& field : fields) {
        policy.*field.field = Seconds{field.fallback};
    }
    policy.rsa_bits = 3072;
    return policy;
}

Answer<Policy> merge_policy(const Policy& current, const v1::KeyringPolicy& wanted)
{
    Policy merged = current;
    for (const SecondsField& field : fields) {
        const std::int64_t value = (wanted.*field.wanted)();
        if (value == 0) {
            continue;
        }
        if (value < field.min || value > field.max) {
            return Refusal{v1::POLICY_INVALID,
                           fmt::format("{} is outside {} to {}", field.name, field.min, field.max)};
        }
        merged.*field.field = Seconds{value};
    }
    if (!wanted.typs().empty()) {
        merged.typs.assign(wanted.typs().begin(), wanted.typs().end());
        if (merged.typs.size() > typs_max || !std::ranges::all_of(merged.typs, is_typ)) {
            return Refusal{v1::POLICY_INVALID, "typs holds at most 16 media types of [A-Za-z0-9+-._]"};
        }
    }
    TRY(merge_rsa_bits(merged, wanted.rsa_bits()));
    // A successor must be in every cache before the next one is due.
    if (merged.rotation_period < merged.publish_before + merged.jwks_max_age) {
        return Refusal{v1::POLICY_INVALID,
                       "rotation_period_s is shorter than publish_before_s and jwks_max_age_s together"};
    }
    return merged;
}

v1::KeyringPolicy to_message(const Policy& policy)
{
    v1::KeyringPolicy message;
    for (const SecondsField& field : fields) {
        (message.*field.write)(static_cast<std::uint32_t>((policy.*field.field).count()));
    }
    for (const std::string& typ : policy.typs) {
        message.add_typs(typ);
    }
    message.set_rsa_bits(policy.rsa_bits);
    return message;
}

}  // namespace tessera::keyd
