// Authorization codes (RFC 6749 §4.1.2): issued with their family, redeemed once. Realm scope.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/token_families.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct NewCode {
    Sha256 digest;
    std::optional<std::string> code_challenge;  // RFC 7636 §4.2, S256
    Instant expire_time;
};

// The family and its code in one statement. The family lasts until it is redeemed or the code is long past. False when the session,
// or the consent where there is one, ended meanwhile: neither ends before this transaction, nor is a family made after it.
Result<bool, StoreError> insert_authorization_code(Transaction& transaction, ProjectId project,
                                                   const TokenFamily& family,
                                                   const std::optional<GrantId>& grant, const NewCode& code);

// What is presented at the token endpoint.
struct Redemption {
    Sha256 digest;
    ClientId client;
    std::string redirect_uri;            // empty: not sent, which does with a verifier only
    std::string code_challenge;          // made from the verifier; empty: none was sent
    std::vector<std::string> resources;  // RFC 8707 §2.2: of those authorized; empty: all of them
    std::string own_api;                 // may be asked for whenever openid was authorized
    Instant now;
    std::optional<Sha256> refresh_token;  // to be issued with it
    Instant family_expire_time;           // absolute end, if the session does not end before
    Instant refresh_expire_time;          // idle end of the refresh token
};

// Why a code was not redeemed; nothing was consumed.
enum class CodeFault {
    unknown,
    expired,
    replayed,  // by the client it was issued to, with the right verifier: its family was revoked by this call
    foreign_client,  // issued to another client
    verifier,        // wrong, missing, or sent although no challenge was
    redirect_uri,
    resource,  // not one of those authorized
    ended,     // the family, its session, user or organization
};

struct Redeemed {
    std::optional<TokenFamily> family{};  // set when it was redeemed
    CodeFault fault = CodeFault::unknown;
    // Of a replay: whose tokens were revoked.
    std::optional<TokenFamily> revoked{};
};

// One statement consumes the code, lengthens its family, stores the refresh token, notes that the client holds tokens of the
// session, and writes `event` (its principal, session and family are filled in from the family).
Result<Redeemed, StoreError> redeem_authorization_code(Transaction& transaction, const Redemption& redemption,
                                                       const AuditRow& event);

// Takes a redemption back whose tokens could not be signed: the code may be presented again, the refresh token never.
Result<void, StoreError> release_authorization_code(Transaction& transaction, const Redemption& redemption);

}  // namespace tessera::storage
