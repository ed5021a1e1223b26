// Users: a person in one organization. Realm scope throughout.
//
// An address is one person of an organization in any case of letters; every look-up folds case. The verified flags are the
// system's: only mark_email_verified sets one on a user that exists, and changing the address takes it away.
//
// An organization that has an owner keeps one: whatever would take the last owner that is not disabled (demote, disable,
// delete) fails as invalid with constraint "users_last_owner", under any concurrency. Deleting the organization is free.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// What is known of a person: the standard claims of OpenID Connect Core §5.1. display_name is `name`, profile_picture_url is
// `picture`, the address is that of §5.1.1.
struct UserProfile {
    std::optional<std::string> display_name;
    std::optional<std::string> profile_picture_url;
    std::optional<std::string> given_name;
    std::optional<std::string> family_name;
    std::optional<std::string> middle_name;
    std::optional<std::string> nickname;
    std::optional<std::string> preferred_username;
    std::optional<std::string> profile;
    std::optional<std::string> website;
    std::optional<std::string> gender;
    std::optional<std::string> birthdate;  // YYYY or YYYY-MM-DD; year 0000: not told
    std::optional<std::string> zoneinfo;
    std::optional<std::string> locale;
    std::optional<std::string> phone_number;
    std::optional<std::string> address_formatted;
    std::optional<std::string> address_street;
    std::optional<std::string> address_locality;
    std::optional<std::string> address_region;
    std::optional<std::string> address_postal_code;
    std::optional<std::string> address_country;

    bool operator==(const UserProfile&) const = default;
};

struct UserSettings {
    std::string email;
    bool owner = false;
    UserProfile profile;
};

struct User {
    UserId id;
    ProjectId project;
    OrganizationId organization;
    UserSettings settings;
    bool email_verified = false;
    bool phone_number_verified = false;
    bool disabled = false;
    // Accounts at upstream providers: a link, once made, never moves. Nothing makes one yet.
    std::optional<std::string> google_user_id;
    std::optional<std::string> microsoft_user_id;
    std::optional<std::string> github_user_id;
    // What it can sign in with.
    bool has_password = false;
    bool has_authenticator_app = false;
    bool has_passkey = false;  // one that is not disabled
    Instant create_time;
    Instant update_time;  // the claim updated_at
    std::optional<Instant> last_sign_in_time;
    std::int64_t revision = 1;
};

enum class EmailProof { none, verified };

Result<std::optional<User>, StoreError> find_user(Transaction& transaction, UserId id);
// Across the realm's organizations, by id. At most `limit`.
Result<std::vector<User>, StoreError> find_users_by_email(Transaction& transaction, const std::string& email,
                                                          std::size_t limit);
Result<std::optional<User>, StoreError>
find_user_by_email(Transaction& transaction, OrganizationId organization, const std::string& email);
// Ordered by id; `after` nil = from the start. Only those of `organization`, when given.
Result<std::vector<User>, StoreError> list_users(Transaction& transaction,
                                                 std::optional<OrganizationId> organization, UserId after,
                                                 std::size_t limit);
// Conflict: "users_email_key". Reference error when there is no such organization.
Result<User, StoreError> insert_user(Transaction& transaction, ProjectId project, UserId id,
                                     OrganizationId organization, const UserSettings& settings,
                                     EmailProof proof);
// Writes every setting; empty when there is no such user or `expected_revision` (0 = any) differs. Another address or
// telephone number is not a verified one.
Result<std::optional<User>, StoreError> update_user(Transaction& transaction, UserId id,
                                                    const UserSettings& settings,
                                                    std::int64_t expected_revision);
Result<bool, StoreError> set_user_disabled(Transaction& transaction, UserId id, bool disabled);
Result<bool, StoreError> delete_user(Transaction& transaction, UserId id);

// For the login, when the person has shown to read mail to `email`: false when that is no longer the user's address.
Result<bool, StoreError> mark_email_verified(Transaction& transaction, UserId id, const std::string& email);
// Is no change of the record: no new revision.
Result<bool, StoreError> record_user_sign_in(Transaction& transaction, UserId id, Instant when);

}  // namespace tessera::storage
