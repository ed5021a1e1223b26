#include "keyd/keyring/rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/assert.hpp"
#include "keyd/keyring/algorithm.hpp"

namespace tessera::keyd {

namespace {

std::int64_t write(Instant instant) { return instant.time_since_epoch().count(); }
std::int64_t write(const std::optional<Instant>& instant) { return instant ? write(*instant) : 0; }
std::int64_t write(Seconds seconds) { return seconds.count(); }
std::string write(v1::Algorithm algorithm) { return std::string{jose_name(algorithm)}; }

std::vector<std::string> split(const std::string& text)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t to = std::min(text.find(' ', from), text.size());
        parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

v1::Algorithm read_algorithm(const std::string& name)
{
    const auto algorithm = find_algorithm(name);
    ASSERT(algorithm);
    return *algorithm;
}

template <class Kind>
Id<Kind> read_id(const std::string& text)
{
    const auto id = Id<Kind>::parse(text);
    ASSERT(id);
    return *id;
}

// Reads the columns of one row in order.
class Reader {
public:
    explicit Reader(const Row& row) : row_(row) {}
    const std::string& text() { return std::get<std::string>(next()); }
    const Bytes& bytes() { return std::get<Bytes>(next()); }
    std::int64_t number() { return std::get<std::int64_t>(next()); }
    std::uint32_t small() { return static_cast<std::uint32_t>(number()); }
    bool flag() { return number() != 0; }
    Seconds seconds() { return Seconds{number()}; }
    Instant instant() { return Instant{Microseconds{number()}}; }
    std::optional<Instant> moment()
    {
        const Instant at = instant();
        return at == Instant{} ? std::nullopt : std::optional{at};
    }

private:
    const Value& next()
    {
        ASSERT(at_ < row_.size());
        return row_[at_++];
    }
    const Row& row_;
    std::size_t at_ = 0;
};

}  // namespace

Row to_row(const KeyringRecord& keyring)
{
    std::vector<std::string_view> algorithms;
    for (const v1::Algorithm algorithm : keyring.algorithms) {
        algorithms.push_back(jose_name(algorithm));
    }
    const Policy& policy = keyring.policy;
    return {keyring.id.to_string(),
            keyring.label,
            keyring.token,
            fmt::format("{}", fmt::join(algorithms, " ")),
            fmt::format("{}", fmt::join(policy.typs, " ")),
            write(policy.lifetime_max),
            write(policy.rotation_period),
            write(policy.jwks_max_age),
            write(policy.publish_before),
            write(policy.destroy_delay),
            std::int64_t{policy.rsa_bits},
            std::int64_t{keyring.shared},
            std::int64_t{keyring.realm},
            static_cast<std::int64_t>(keyring.revision),
            write(keyring.created),
            write(keyring.destroyed),
            write(keyring.lifetime_max_seen),
            write(keyring.jwks_max_age_seen)};
}

KeyringRecord read_keyring(const Row& row)
{
    Reader reader{row};
    KeyringRecord keyring;
    keyring.id = read_id<KeyringKind>(reader.text());
    keyring.label = reader.text();
    keyring.token = reader.text();
    for (const std::string& name : split(reader.text())) {
        keyring.algorithms.push_back(read_algorithm(name));
    }
    Policy& policy = keyring.policy;
    policy.typs = split(reader.text());
    policy.lifetime_max = reader.seconds();
    policy.rotation_period = reader.seconds();
    policy.jwks_max_age = reader.seconds();
    policy.publish_before = reader.seconds();
    policy.destroy_delay = reader.seconds();
    policy.rsa_bits = reader.small();
    keyring.shared = reader.flag();
    keyring.realm = reader.flag();
    keyring.revision = static_cast<std::uint64_t>(reader.number());
    keyring.created = reader.instant();
    keyring.destroyed = reader.moment();
    keyring.lifetime_max_seen = reader.seconds();
    keyring.jwks_max_age_seen = reader.seconds();
    return keyring;
}

Row to_row(const KeyRecord& key)
{
    return {key.id.to_string(),
            key.keyring ? key.keyring->to_string() : std::string{},
            key.token,
            write(key.algorithm),
            std::int64_t{key.rsa_bits},
            key.kid,
            key.jwk,
            key.spki,
            write(key.created),
            write(key.published),
            write(key.ready),
            write(key.active),
            write(key.retired),
            write(key.removed),
            write(key.destroyed),
            write(key.compromised),
            std::int64_t{key.missing},
            static_cast<std::int64_t>(key.signatures)};
}

KeyRecord read_key(const Row& row)
{
    Reader reader{row};
    KeyRecord key;
    key.id = read_id<KeyKind>(reader.text());
    const std::string& keyring = reader.text();
    if (!keyring.empty()) {
        key.keyring = read_id<KeyringKind>(keyring);
    }
    key.token = reader.text();
    key.algorithm = read_algorithm(reader.text());
    key.rsa_bits = reader.small();
    key.kid = reader.text();
    key.jwk = reader.text();
    key.spki = reader.bytes();
    key.created = reader.instant();
    key.published = reader.moment();
    key.ready = reader.moment();
    key.active = reader.moment();
    key.retired = reader.moment();
    key.removed = reader.moment();
    key.destroyed = reader.moment();
    key.compromised = reader.moment();
    key.missing = reader.flag();
    key.signatures = static_cast<std::uint64_t>(reader.number());
    return key;
}

std::string issuer_key(std::string_view purpose, std::string_view issuer)
{
    return fmt::format("{} {}", purpose, issuer);
}

Row to_row(const IssuerRecord& issuer)
{
    return {issuer_key(issuer.purpose, issuer.issuer), issuer.issuer, issuer.purpose,
            issuer.keyring.to_string()};
}

IssuerRecord read_issuer(const Row& row)
{
    Reader reader{row};
    reader.text();
    IssuerRecord issuer;
    issuer.issuer = reader.text();
    issuer.purpose = reader.text();
    issuer.keyring = read_id<KeyringKind>(reader.text());
    return issuer;
}

Row to_row(const IntentRecord& intent)
{
    return {intent.id, intent.token, write(intent.algorithm), std::int64_t{intent.rsa_bits},
            write(intent.created)};
}

IntentRecord read_intent(const Row& row)
{
    Reader reader{row};
    IntentRecord intent;
    intent.id = reader.text();
    intent.token = reader.text();
    intent.algorithm = read_algorithm(reader.text());
    intent.rsa_bits = reader.small();
    intent.created = reader.instant();
    return intent;
}

}  // namespace tessera::keyd
