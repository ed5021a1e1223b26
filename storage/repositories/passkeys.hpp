// Passkeys of users. Realm scope.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct Passkey {
    PasskeyId id;
    UserId user;
    std::string name;  // 1 to 128 characters, the person's own
    Bytes credential_id;
    Bytes public_key;            // COSE_Key
    std::int32_t algorithm = 0;  // COSE
    Uuid aaguid;
    std::int64_t sign_count = 0;
    bool backup_eligible = false;
    bool backed_up = false;
    std::vector<std::string> transports;
    bool disabled = false;
    Instant create_time;
    std::optional<Instant> last_used_time;
    // Written once, for whoever examines the table; find_passkey and list_passkeys leave them empty.
    std::string public_key_pkix;
    std::string rp_id;
    bool discoverable = false;
    std::string attestation_format;
    Bytes attestation;
};

// Conflict "passkeys_credential_key": somebody has this credential already.
Result<void, StoreError> insert_passkey(Transaction& transaction, ProjectId project, const Passkey& passkey);
// With its owner's organization; disabled ones are not found.
struct FoundPasskey {
    Passkey passkey;
    OrganizationId organization;
};
Result<std::optional<FoundPasskey>, StoreError> find_passkey(Transaction& transaction,
                                                             const Bytes& credential_id);
// The user's, disabled ones too, oldest first; at most 100.
Result<std::vector<Passkey>, StoreError> list_passkeys(Transaction& transaction, UserId user);
// After an assertion: false when the counter stored is no longer the one that was judged, so that of two assertions with the
// same counter one fails.
Result<bool, StoreError> use_passkey(Transaction& transaction, PasskeyId id, std::int64_t judged_sign_count,
                                     std::int64_t sign_count, bool backed_up, Instant now);
Result<bool, StoreError> rename_passkey(Transaction& transaction, UserId user, PasskeyId id,
                                        const std::string& name);
Result<bool, StoreError> delete_passkey(Transaction& transaction, UserId user, PasskeyId id);

}  // namespace tessera::storage
