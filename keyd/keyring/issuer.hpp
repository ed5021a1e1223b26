// Which issuers keyd signs for.
#pragma once

#include <string_view>

#include "keyd/keyring/refusal.hpp"

namespace tessera::keyd {

// MALFORMED_REQUEST, or ISSUER_NOT_UNDER_DOMAIN unless the issuer is exactly "<domain>/realms/<slug>" with a slug of 1 to 63 characters
// [a-z0-9-].
Answer<void> check_realm_request(const v1::EnsureRealmKeyring& request, std::string_view issuer_domain);
bool is_realm_issuer(std::string_view issuer, std::string_view issuer_domain);

// What an operator may enrol: an absolute https URL without query and fragment (RFC 8414 §2), at most 512 characters.
Answer<void> check_issuer(std::string_view issuer);

// The answer to EnsureRealmKeyring; ISSUER_ENROLLED_ELSEWHERE when the request names another shared keyring than the one that
// signs for the issuer.
Answer<v1::KeyringView> realm_view(v1::KeyringView view, const v1::EnsureRealmKeyring& request);

}  // namespace tessera::keyd
