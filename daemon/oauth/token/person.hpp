// What the grants of a person share: narrowing what was authorized, the event of the token, whose it is.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/audit/event.hpp"
#include "daemon/oauth/token/grant.hpp"
#include "storage/repositories/audit_events.hpp"
#include "storage/transaction.hpp"

namespace tessera::oauth {

// The resources of the request by their registered URIs (RFC 8707 §2.2); empty when none is named. invalid_target for one that
// nobody registered.
Async<Result<std::vector<std::string>, OAuthError>> asked_resources(const TokenRequest& request);

// The token's audience and scope: `resources`, else everything the family was authorized for, and of `scopes`, else the family's,
// those that are about the person or that a resource of the audience knows. Of all that only what the client may have now:
// invalid_target or invalid_scope when nothing of it is left, or what is named is not.
struct Extent {
    std::vector<std::string> audience;
    std::string scope;
};
Async<Result<Extent, OAuthError>> extent_of(const TokenRequest& request, const storage::TokenFamily& family,
                                            std::vector<std::string> resources,
                                            std::vector<std::string> scopes);

// The event of a token of `family` that is written with what it consumes; the family is filled in by that statement.
storage::AuditRow issued_event(const TokenRequest& request, const std::string& jti,
                               const std::vector<std::string>& resources,
                               const std::vector<std::string>& scopes);
// What the trail says of a code or refresh token that came twice, and of a token that was recorded and could not be signed.
storage::AuditRow family_event(const TokenRequest& request, audit::EventType type,
                               const storage::TokenFamily& family, const std::string& jti);

// Spends a once-only assertion in the grant's transaction: false when it had been spent before, and then nothing may be kept.
Result<bool, storage::StoreError> spend_assertion(storage::Transaction& transaction,
                                                  const TokenRequest& request);

// 256 random bits, in the form a secret scanner knows (docs/spec-map.md X-13).
std::string new_refresh_token();

}  // namespace tessera::oauth
