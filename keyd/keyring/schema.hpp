// The tables of keyd's state. Only the store includes this.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "keyd/keyring/store.hpp"

namespace tessera::keyd {

struct Schema {
    std::string_view name;
    std::string_view columns;  // without the MAC
    std::size_t count;
};

inline constexpr std::array<Schema, table_count> schemas = {{
    {"keyrings",
     "id TEXT PRIMARY KEY, label TEXT, token TEXT, algorithms TEXT, typs TEXT, lifetime_max_s INTEGER, "
     "rotation_period_s INTEGER, jwks_max_age_s INTEGER, publish_before_s INTEGER, destroy_delay_s INTEGER, "
     "rsa_bits INTEGER, "
     "shared INTEGER, realm INTEGER, revision INTEGER, created_us INTEGER, destroyed_us INTEGER, "
     "lifetime_max_seen_s INTEGER, "
     "jwks_max_age_seen_s INTEGER",
     18},
    {"keys",
     "id TEXT PRIMARY KEY, keyring TEXT, token TEXT, algorithm TEXT, rsa_bits INTEGER, kid TEXT, jwk TEXT, "
     "spki BLOB, "
     "created_us INTEGER, published_us INTEGER, ready_us INTEGER, active_us INTEGER, retired_us INTEGER, "
     "removed_us INTEGER, "
     "destroyed_us INTEGER, compromised_us INTEGER, missing INTEGER, signatures INTEGER",
     18},
    {"issuers", "id TEXT PRIMARY KEY, issuer TEXT, purpose TEXT, keyring TEXT", 4},
    {"intents", "id TEXT PRIMARY KEY, token TEXT, algorithm TEXT, rsa_bits INTEGER, created_us INTEGER", 5},
    {"data_keys",
     "id TEXT PRIMARY KEY, project TEXT, wrapping_key TEXT, wrapped BLOB, backup BLOB, created_us INTEGER, "
     "generation INTEGER, is_current INTEGER",
     8},
    {"wrapping_keys", "id TEXT PRIMARY KEY, created_us INTEGER", 2},
    {"settings", "id TEXT PRIMARY KEY, value BLOB", 2},
}};

inline const Schema& schema_of(Table table) { return schemas[static_cast<std::size_t>(table)]; }

inline std::optional<Sha256> as_mac(const Value& value)
{
    const auto* bytes = std::get_if<Bytes>(&value);
    Sha256 mac{};
    if (bytes == nullptr || bytes->size() != mac.size()) {
        return std::nullopt;
    }
    std::ranges::copy(*bytes, mac.begin());
    return mac;
}

}  // namespace tessera::keyd
