// Defaults and ranges of a keyring's policy.
#pragma once

#include "keyd/keyring/records.hpp"
#include "keyd/keyring/refusal.hpp"

namespace tessera::keyd {

// at+jwt, JWT, logout+jwt and token-introspection+jwt; lifetime 1 hour, rotation 30 days, max-age 300 s, published 1 hour before, destroyed after 7 days,
// RSA 3072.
Policy default_policy();

// `current` with every field that `wanted` gives (non-zero, non-empty). POLICY_INVALID or RSA_TOO_SMALL names the field.
Answer<Policy> merge_policy(const Policy& current, const v1::KeyringPolicy& wanted);

v1::KeyringPolicy to_message(const Policy& policy);

}  // namespace tessera::keyd
