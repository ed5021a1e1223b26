// Sign-ins in progress. Realm scope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// One sign-in of one browser. `step` is its version: whoever answers an earlier step is late.
struct LoginFlow {
    LoginFlowId id;
    Sha256 browser_digest{};
    std::string purpose;      // "sign_in", "sign_up", "select_account", "enrol"
    std::string return_path;  // below the realm's own path
    std::int32_t step = 0;
    std::optional<UserId> wanted_user;
    std::string wanted_acr;  // empty: whatever the organization asks for
    std::optional<Instant> wanted_auth_time;
    std::string login_hint;
    std::string locale;
    std::string redirect_target;  // where the browser is sent on to in the end; empty: stays here
    std::string client_name;      // who asked for the person, for the pages; empty: we ourselves
    Instant create_time;
    Instant expire_time;
    // What steps change.
    std::string email;  // empty until somebody says one
    std::optional<OrganizationId> organization;
    std::optional<UserId> user;
    std::optional<SessionId> session;  // the browser's own, when its person chose to stay who they are
    // How the person began: "email", "password", "passkey"; empty until then. An address is proved by email_verified_time only.
    std::string primary_factor;
    std::optional<Instant> email_verified_time;
    std::optional<Instant> password_verified_time;
    std::optional<Instant> authenticator_app_verified_time;
    std::optional<Instant> recovery_code_used_time;
    std::optional<Instant> passkey_verified_time;
    bool passkey_user_verified = false;
    std::optional<Instant> reset_verified_time;
    std::string display_name;
    std::optional<Bytes> pending_secret_sealed;  // of an app not yet proved; then of codes not yet seen
    bool recovery_codes_seen = true;
    std::optional<Instant> finish_time;
};

// What the flow's rules ask about the organization it is in.
struct FlowOrganization {
    OrganizationId id;
    std::string display_name;
    bool log_in_with_email = false;
    bool log_in_with_password = false;
    bool log_in_with_authenticator_app = false;
    bool log_in_with_passkey = false;
    bool require_mfa = false;
    bool logins_disabled = false;
};

// What the flow's rules ask about its person.
struct FlowUser {
    UserId id;
    OrganizationId organization;
    std::string email;
    bool email_verified = false;
    std::string display_name;
    bool disabled = false;
    bool has_password = false;
    bool has_authenticator_app = false;
    bool has_passkey = false;  // one that is not disabled
    std::int32_t recovery_codes_left = 0;
};

struct FlowView {
    LoginFlow flow;
    std::optional<FlowOrganization> organization;
    std::optional<FlowUser> user;
};

Result<void, StoreError> insert_login_flow(Transaction& transaction, ProjectId project,
                                           const LoginFlow& flow);
// The flow of this browser with its person and organization; nothing when it is unknown, another browser's or over at `now`.
// A finished one is found until it expires.
Result<std::optional<FlowView>, StoreError> find_login_flow(Transaction& transaction, LoginFlowId id,
                                                            const Sha256& browser_digest, Instant now);
// Writes what steps change if the flow is still at `flow.step` and not finished, and moves it to the next: false when somebody
// was faster, and nothing is written. On success `flow.step` is the new one.
Result<bool, StoreError> advance_login_flow(Transaction& transaction, LoginFlow& flow, Instant now);

// Ends this person's sign-ins in progress but one: what they proved so far was asked of who they were before.
Result<void, StoreError> end_login_flows_of(Transaction& transaction, UserId user,
                                            std::optional<LoginFlowId> but, Instant now);

// An organization a person may sign in to, by an address they have proved.
struct VisibleOrganization {
    OrganizationId id;
    std::string display_name;
    std::optional<UserId> user;  // who the address is there already
    bool invited = false;
};
// In the order of their names. Organizations whose sign-in is switched off are not in it, whichever way they are seen.
Result<std::vector<VisibleOrganization>, StoreError>
list_visible_organizations(Transaction& transaction, const std::string& email, Instant now);

// Who may sign in directly with an address and a password: of several, the one who signed in last.
struct PasswordLogin {
    UserId user;
    OrganizationId organization;
    std::string hash;
    bool allowed = false;  // user, organization and its password switch say so
};
Result<std::optional<PasswordLogin>, StoreError> find_password_login(Transaction& transaction,
                                                                     const std::string& email);

}  // namespace tessera::storage
