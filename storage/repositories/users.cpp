#include "storage/repositories/users.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define USER_COLUMNS                                                                                         \
    "u.project_id, u.user_id, u.organization_id, u.email, u.email_verified, u.owner, "                       \
    "u.disabled, u.google_user_id, u.microsoft_user_id, u.github_user_id, u.display_name, "                  \
    "u.profile_picture_url, u.given_name, u.family_name, u.middle_name, u.nickname, "                        \
    "u.preferred_username, u.profile, u.website, u.gender, u.birthdate, u.zoneinfo, u.locale, "              \
    "u.phone_number, u.address_formatted, u.address_street, u.address_locality, "                            \
    "u.address_region, u.address_postal_code, u.address_country, u.phone_number_verified, "                  \
    "u.revision, "                                                                                           \
    "EXISTS (SELECT FROM tessera.user_passwords p WHERE p.project_id = u.project_id "                        \
    "AND p.user_id = u.user_id) AS has_password, "                                                           \
    "EXISTS (SELECT FROM tessera.user_authenticator_apps a WHERE a.project_id = u.project_id "               \
    "AND a.user_id = u.user_id) AS has_authenticator_app, "                                                  \
    "EXISTS (SELECT FROM tessera.passkeys k WHERE k.project_id = u.project_id AND k.user_id = u.user_id "    \
    "AND NOT k.disabled) AS has_passkey, "                                                                   \
    "(extract(epoch FROM u.create_time) * 1000000)::bigint AS create_us, "                                   \
    "(extract(epoch FROM u.update_time) * 1000000)::bigint AS update_us, "                                   \
    "(extract(epoch FROM u.last_sign_in_time) * 1000000)::bigint AS sign_in_us"

constexpr Statement find = {"users.find", "tessera_app",
                            "SELECT " USER_COLUMNS " FROM tessera.users u WHERE u.user_id = $1"};
constexpr Statement find_by_email = {"users.find_by_email", "tessera_app",
                                     "SELECT " USER_COLUMNS
                                     " FROM tessera.users u WHERE u.folded_email = lower($1) "
                                     "ORDER BY u.user_id LIMIT $2"};
constexpr Statement find_in_organization = {"users.find_in_organization", "tessera_app",
                                            "SELECT " USER_COLUMNS " FROM tessera.users u "
                                            "WHERE u.organization_id = $1 AND u.folded_email = lower($2)"};
constexpr Statement list = {"users.list", "tessera_app",
                            "SELECT " USER_COLUMNS " FROM tessera.users u WHERE u.user_id > $1 "
                            "ORDER BY u.user_id LIMIT $2"};
constexpr Statement list_of_organization = {
    "users.list_of_organization", "tessera_app",
    "SELECT " USER_COLUMNS " FROM tessera.users u "
    "WHERE u.organization_id = $3 AND u.user_id > $1 ORDER BY u.user_id LIMIT $2"};
constexpr Statement insert = {
    "users.insert", "tessera_app",
    "INSERT INTO tessera.users AS u (project_id, user_id, organization_id, email_verified, email, owner, "
    "display_name, "
    "profile_picture_url, given_name, family_name, middle_name, nickname, preferred_username, "
    "profile, website, gender, birthdate, zoneinfo, locale, phone_number, address_formatted, "
    "address_street, address_locality, address_region, address_postal_code, address_country) "
    "VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''), nullif($8, ''), nullif($9, ''), nullif($10, ''), "
    "nullif($11, ''), nullif($12, ''), nullif($13, ''), nullif($14, ''), nullif($15, ''), "
    "nullif($16, ''), nullif($17, ''), nullif($18, ''), nullif($19, ''), nullif($20, ''), "
    "nullif($21, ''), nullif($22, ''), nullif($23, ''), nullif($24, ''), nullif($25, ''), "
    "nullif($26, '')) RETURNING " USER_COLUMNS};
// Every SET reads the row as it was: a proof stands only for the address and the number it was given for.
constexpr Statement update = {
    "users.update", "tessera_app",
    "UPDATE tessera.users u SET email_verified = email_verified AND folded_email = lower($3), "
    "phone_number_verified = phone_number_verified AND phone_number IS NOT DISTINCT FROM $18, "
    "email = $3, owner = $4, display_name = nullif($5, ''), profile_picture_url = nullif($6, ''), "
    "given_name = nullif($7, ''), family_name = nullif($8, ''), middle_name = nullif($9, ''), "
    "nickname = nullif($10, ''), preferred_username = nullif($11, ''), profile = nullif($12, ''), "
    "website = nullif($13, ''), gender = nullif($14, ''), birthdate = nullif($15, ''), "
    "zoneinfo = nullif($16, ''), locale = nullif($17, ''), phone_number = nullif($18, ''), "
    "address_formatted = nullif($19, ''), address_street = nullif($20, ''), "
    "address_locality = nullif($21, ''), address_region = nullif($22, ''), "
    "address_postal_code = nullif($23, ''), address_country = nullif($24, ''), "
    "update_time = now(), revision = revision + 1 "
    "WHERE u.user_id = $1 AND ($2::bigint = 0 OR revision = $2::bigint) RETURNING " USER_COLUMNS};
constexpr Statement set_disabled = {"users.set_disabled", "tessera_app",
                                    "UPDATE tessera.users SET disabled = $2, update_time = now(), "
                                    "revision = revision + 1 WHERE user_id = $1"};
constexpr Statement remove = {"users.delete", "tessera_app", "DELETE FROM tessera.users WHERE user_id = $1"};
constexpr Statement mark_verified = {
    "users.mark_email_verified", "tessera_app",
    "UPDATE tessera.users SET email_verified = true, update_time = CASE WHEN email_verified THEN update_time "
    "ELSE now() END, revision = CASE WHEN email_verified THEN revision ELSE revision + 1 END "
    "WHERE user_id = $1 AND folded_email = lower($2)"};
constexpr Statement record_sign_in = {
    "users.record_sign_in", "tessera_app",
    "UPDATE tessera.users SET last_sign_in_time = $2::timestamptz WHERE user_id = $1"};

#undef USER_COLUMNS

UserProfile read_profile(const pqxx::row& row)
{
    UserProfile profile;
    profile.display_name = optional_text(row["display_name"]);
    profile.profile_picture_url = optional_text(row["profile_picture_url"]);
    profile.given_name = optional_text(row["given_name"]);
    profile.family_name = optional_text(row["family_name"]);
    profile.middle_name = optional_text(row["middle_name"]);
    profile.nickname = optional_text(row["nickname"]);
    profile.preferred_username = optional_text(row["preferred_username"]);
    profile.profile = optional_text(row["profile"]);
    profile.website = optional_text(row["website"]);
    profile.gender = optional_text(row["gender"]);
    profile.birthdate = optional_text(row["birthdate"]);
    profile.zoneinfo = optional_text(row["zoneinfo"]);
    profile.locale = optional_text(row["locale"]);
    profile.phone_number = optional_text(row["phone_number"]);
    profile.address_formatted = optional_text(row["address_formatted"]);
    profile.address_street = optional_text(row["address_street"]);
    profile.address_locality = optional_text(row["address_locality"]);
    profile.address_region = optional_text(row["address_region"]);
    profile.address_postal_code = optional_text(row["address_postal_code"]);
    profile.address_country = optional_text(row["address_country"]);
    return profile;
}

User read_user(const pqxx::row& row)
{
    User user;
    user.id = UserId{parse_row_uuid(row["user_id"])};
    user.project = ProjectId{parse_row_uuid(row["project_id"])};
    user.organization = OrganizationId{parse_row_uuid(row["organization_id"])};
    user.settings.email = row["email"].as<std::string>();
    user.settings.owner = row["owner"].as<bool>();
    user.settings.profile = read_profile(row);
    user.email_verified = row["email_verified"].as<bool>();
    user.phone_number_verified = row["phone_number_verified"].as<bool>();
    user.disabled = row["disabled"].as<bool>();
    user.google_user_id = optional_text(row["google_user_id"]);
    user.microsoft_user_id = optional_text(row["microsoft_user_id"]);
    user.github_user_id = optional_text(row["github_user_id"]);
    user.has_password = row["has_password"].as<bool>();
    user.has_authenticator_app = row["has_authenticator_app"].as<bool>();
    user.has_passkey = row["has_passkey"].as<bool>();
    user.create_time = parse_instant(row["create_us"]);
    user.update_time = parse_instant(row["update_us"]);
    if (!row["sign_in_us"].is_null()) {
        user.last_sign_in_time = parse_instant(row["sign_in_us"]);
    }
    user.revision = row["revision"].as<std::int64_t>();
    return user;
}

std::optional<User> first_user(const pqxx::result& rows)
{
    return rows.empty() ? std::nullopt : std::optional{read_user(rows[0])};
}

std::vector<User> read_users(const pqxx::result& rows)
{
    std::vector<User> users;
    for (const auto& row : rows) {
        users.push_back(read_user(row));
    }
    return users;
}

template <class... Keys>
Result<pqxx::result, StoreError> write(Transaction& transaction, const Statement& statement,
                                       const UserSettings& settings, const Keys&... keys)
{
    const UserProfile& p = settings.profile;
    return run(transaction, statement, keys..., settings.email, settings.owner, or_empty(p.display_name),
               or_empty(p.profile_picture_url), or_empty(p.given_name), or_empty(p.family_name),
               or_empty(p.middle_name), or_empty(p.nickname), or_empty(p.preferred_username),
               or_empty(p.profile), or_empty(p.website), or_empty(p.gender), or_empty(p.birthdate),
               or_empty(p.zoneinfo), or_empty(p.locale), or_empty(p.phone_number),
               or_empty(p.address_formatted), or_empty(p.address_street), or_empty(p.address_locality),
               or_empty(p.address_region), or_empty(p.address_postal_code), or_empty(p.address_country));
}

}  // namespace

const std::vector<Statement>& user_statements()
{
    static const std::vector<Statement> all = {
        find,   find_by_email, find_in_organization, list, list_of_organization, insert, update, set_disabled,
        remove, mark_verified, record_sign_in,
    };
    return all;
}

Result<std::optional<User>, StoreError> find_user(Transaction& transaction, UserId id)
{
    TRY(auto&& rows, run(transaction, find, to_string(id.uuid)));
    return first_user(rows);
}

Result<std::vector<User>, StoreError> find_users_by_email(Transaction& transaction, const std::string& email,
                                                          std::size_t limit)
{
    TRY(auto&& rows, run(transaction, find_by_email, email, limit));
    return read_users(rows);
}

Result<std::optional<User>, StoreError>
find_user_by_email(Transaction& transaction, OrganizationId organization, const std::string& email)
{
    TRY(auto&& rows, run(transaction, find_in_organization, to_string(organization.uuid), email));
    return first_user(rows);
}

Result<std::vector<User>, StoreError> list_users(Transaction& transaction,
                                                 std::optional<OrganizationId> organization, UserId after,
                                                 std::size_t limit)
{
    const std::string from = to_string(after.uuid);
    TRY(auto&& rows, organization
                         ? run(transaction, list_of_organization, from, limit, to_string(organization->uuid))
                         : run(transaction, list, from, limit));
    return read_users(rows);
}

Result<User, StoreError> insert_user(Transaction& transaction, ProjectId project, UserId id,
                                     OrganizationId organization, const UserSettings& settings,
                                     EmailProof proof)
{
    TRY(auto&& rows, write(transaction, insert, settings, to_string(project.uuid), to_string(id.uuid),
                           to_string(organization.uuid), proof == EmailProof::verified));
    return read_user(rows[0]);
}

Result<std::optional<User>, StoreError>
update_user(Transaction& transaction, UserId id, const UserSettings& settings, std::int64_t expected_revision)
{
    TRY(auto&& rows, write(transaction, update, settings, to_string(id.uuid), expected_revision));
    return first_user(rows);
}

Result<bool, StoreError> set_user_disabled(Transaction& transaction, UserId id, bool disabled)
{
    TRY(auto&& rows, run(transaction, set_disabled, to_string(id.uuid), disabled));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> delete_user(Transaction& transaction, UserId id)
{
    TRY(auto&& rows, run(transaction, remove, to_string(id.uuid)));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> mark_email_verified(Transaction& transaction, UserId id, const std::string& email)
{
    TRY(auto&& rows, run(transaction, mark_verified, to_string(id.uuid), email));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> record_user_sign_in(Transaction& transaction, UserId id, Instant when)
{
    TRY(auto&& rows, run(transaction, record_sign_in, to_string(id.uuid), timestamp(when)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
