#include "storage/repositories/login_flows.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement insert = {
    "login_flows.insert", "tessera_app",
    "INSERT INTO tessera.login_flows (project_id, flow_id, browser_digest, purpose, return_path, "
    "wanted_user_id, wanted_acr, wanted_auth_time, login_hint, locale, email, user_id, organization_id, "
    "session_id, create_time, expire_time, redirect_target, client_name) VALUES ($1, $2, $3, $4, $5, "
    "nullif($6, "
    "'')::uuid, "
    "nullif($7, ''), nullif($8, '')::timestamptz, nullif($9, ''), $10, nullif($11, ''), nullif($12, "
    "'')::uuid, "
    "nullif($13, '')::uuid, nullif($14, '')::uuid, $15::timestamptz, $16::timestamptz, nullif($17, ''), "
    "nullif($18, ''))"};

constexpr Statement find = {
    "login_flows.find", "tessera_app",
    "SELECT f.*, "
    "(extract(epoch FROM f.wanted_auth_time) * 1000000)::bigint AS wanted_us, "
    "(extract(epoch FROM f.create_time) * 1000000)::bigint AS create_us, "
    "(extract(epoch FROM f.expire_time) * 1000000)::bigint AS expire_us, "
    "(extract(epoch FROM f.email_verified_time) * 1000000)::bigint AS email_us, "
    "(extract(epoch FROM f.password_verified_time) * 1000000)::bigint AS password_us, "
    "(extract(epoch FROM f.authenticator_app_verified_time) * 1000000)::bigint AS app_us, "
    "(extract(epoch FROM f.recovery_code_used_time) * 1000000)::bigint AS recovery_us, "
    "(extract(epoch FROM f.passkey_verified_time) * 1000000)::bigint AS passkey_us, "
    "(extract(epoch FROM f.reset_verified_time) * 1000000)::bigint AS reset_us, "
    "(extract(epoch FROM f.finish_time) * 1000000)::bigint AS finish_us, "
    "o.display_name AS org_name, o.log_in_with_email AS org_email, "
    "o.log_in_with_password AS org_password, o.log_in_with_authenticator_app AS org_app, "
    "o.log_in_with_passkey AS org_passkey, o.require_mfa, o.logins_disabled, "
    "u.organization_id AS user_organization, u.email AS user_email, u.email_verified, "
    "u.display_name AS user_name, u.disabled AS user_disabled, "
    "EXISTS (SELECT FROM tessera.user_passwords p "
    "WHERE p.project_id = f.project_id AND p.user_id = f.user_id) AS has_password, "
    "EXISTS (SELECT FROM tessera.user_authenticator_apps a "
    "WHERE a.project_id = f.project_id AND a.user_id = f.user_id) AS has_app, "
    "EXISTS (SELECT FROM tessera.passkeys k "
    "WHERE k.project_id = f.project_id AND k.user_id = f.user_id AND NOT k.disabled) AS has_passkey, "
    "(SELECT count(*) FROM tessera.user_recovery_codes r "
    "WHERE r.project_id = f.project_id AND r.user_id = f.user_id AND r.used_time IS NULL) AS recovery_left "
    "FROM tessera.login_flows f "
    "LEFT JOIN tessera.organizations o ON o.project_id = f.project_id AND o.organization_id = "
    "f.organization_id "
    "LEFT JOIN tessera.users u ON u.project_id = f.project_id AND u.user_id = f.user_id "
    "WHERE f.flow_id = $1 AND f.browser_digest = $2 AND f.expire_time > $3::timestamptz"};

constexpr Statement advance = {
    "login_flows.advance", "tessera_app",
    "UPDATE tessera.login_flows SET step = step + 1, purpose = $4, email = nullif($5, ''), "
    "organization_id = nullif($6, '')::uuid, user_id = nullif($7, '')::uuid, session_id = nullif($8, "
    "'')::uuid, "
    "primary_factor = nullif($9, ''), email_verified_time = nullif($10, '')::timestamptz, "
    "password_verified_time = nullif($11, '')::timestamptz, "
    "authenticator_app_verified_time = nullif($12, '')::timestamptz, "
    "recovery_code_used_time = nullif($13, '')::timestamptz, "
    "passkey_verified_time = nullif($14, '')::timestamptz, passkey_user_verified = $15, "
    "reset_verified_time = nullif($16, '')::timestamptz, display_name = nullif($17, ''), "
    "pending_secret_sealed = $18, recovery_codes_seen = $19, "
    "finish_time = nullif($20, '')::timestamptz "
    "WHERE flow_id = $1 AND step = $2 AND finish_time IS NULL AND expire_time > $3::timestamptz"};

constexpr Statement end_of_user = {
    "login_flows.end_of_user", "tessera_app",
    "UPDATE tessera.login_flows SET expire_time = $3::timestamptz WHERE user_id = $1 "
    "AND flow_id IS DISTINCT FROM nullif($2, '')::uuid AND finish_time IS NULL "
    "AND expire_time > $3::timestamptz"};

constexpr Statement visible = {
    "login_flows.visible_organizations", "tessera_app",
    "SELECT o.organization_id, o.display_name, u.user_id, i.invite_id IS NOT NULL AS invited "
    "FROM tessera.organizations o "
    "LEFT JOIN tessera.users u ON u.project_id = o.project_id AND u.organization_id = o.organization_id "
    "AND u.folded_email = lower($1) "
    "LEFT JOIN tessera.user_invites i ON i.project_id = o.project_id AND i.organization_id = "
    "o.organization_id "
    "AND i.folded_email = lower($1) AND i.expire_time > $2::timestamptz "
    "WHERE NOT o.logins_disabled AND NOT coalesce(u.disabled, false) "
    "AND o.organization_id IN (SELECT organization_id FROM tessera.users WHERE folded_email = lower($1) "
    "UNION SELECT organization_id FROM tessera.user_invites WHERE folded_email = lower($1)) "
    "AND (u.user_id IS NOT NULL OR i.invite_id IS NOT NULL) "
    "ORDER BY o.display_name, o.organization_id LIMIT 100"};

constexpr Statement password_login = {
    "login_flows.password_login", "tessera_app",
    "SELECT u.user_id, u.organization_id, p.hash, "
    "NOT u.disabled AND NOT o.logins_disabled AND o.log_in_with_password AS allowed "
    "FROM tessera.users u JOIN tessera.user_passwords p USING (project_id, user_id) "
    "JOIN tessera.organizations o USING (project_id, organization_id) WHERE u.folded_email = lower($1) "
    "ORDER BY allowed DESC, u.last_sign_in_time DESC NULLS LAST, u.user_id LIMIT 1"};

std::string text_of(const std::optional<Instant>& instant)
{
    return instant ? timestamp(*instant) : std::string{};
}

template <class Kind>
std::string text_of(const std::optional<Id<Kind>>& id)
{
    return id ? to_string(id->uuid) : std::string{};
}

template <class Kind>
std::optional<Id<Kind>> optional_id(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{Id<Kind>{parse_row_uuid(field)}};
}

std::optional<Instant> optional_instant(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{parse_instant(field)};
}

std::optional<Bytes> optional_bytes(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{parse_bytes(field)};
}

std::string text_or_empty(const pqxx::field& field) { return optional_text(field).value_or(std::string{}); }

LoginFlow read_flow(const pqxx::row& row, const Sha256& browser_digest)
{
    LoginFlow flow;
    flow.id = {parse_row_uuid(row["flow_id"])};
    flow.browser_digest = browser_digest;
    flow.purpose = row["purpose"].as<std::string>();
    flow.return_path = row["return_path"].as<std::string>();
    flow.step = row["step"].as<std::int32_t>();
    flow.wanted_user = optional_id<UserKind>(row["wanted_user_id"]);
    flow.wanted_acr = text_or_empty(row["wanted_acr"]);
    flow.wanted_auth_time = optional_instant(row["wanted_us"]);
    flow.login_hint = text_or_empty(row["login_hint"]);
    flow.locale = row["locale"].as<std::string>();
    flow.redirect_target = text_or_empty(row["redirect_target"]);
    flow.client_name = text_or_empty(row["client_name"]);
    flow.create_time = parse_instant(row["create_us"]);
    flow.expire_time = parse_instant(row["expire_us"]);
    flow.email = text_or_empty(row["email"]);
    flow.organization = optional_id<OrganizationKind>(row["organization_id"]);
    flow.user = optional_id<UserKind>(row["user_id"]);
    flow.session = optional_id<SessionKind>(row["session_id"]);
    flow.primary_factor = text_or_empty(row["primary_factor"]);
    flow.email_verified_time = optional_instant(row["email_us"]);
    flow.password_verified_time = optional_instant(row["password_us"]);
    flow.authenticator_app_verified_time = optional_instant(row["app_us"]);
    flow.recovery_code_used_time = optional_instant(row["recovery_us"]);
    flow.passkey_verified_time = optional_instant(row["passkey_us"]);
    flow.passkey_user_verified = row["passkey_user_verified"].as<bool>();
    flow.reset_verified_time = optional_instant(row["reset_us"]);
    flow.display_name = text_or_empty(row["display_name"]);
    flow.pending_secret_sealed = optional_bytes(row["pending_secret_sealed"]);
    flow.recovery_codes_seen = row["recovery_codes_seen"].as<bool>();
    flow.finish_time = optional_instant(row["finish_us"]);
    return flow;
}

std::optional<FlowOrganization> read_organization(const pqxx::row& row, const LoginFlow& flow)
{
    if (row["org_name"].is_null()) {
        return std::nullopt;
    }
    FlowOrganization organization;
    organization.id = *flow.organization;
    organization.display_name = row["org_name"].as<std::string>();
    organization.log_in_with_email = row["org_email"].as<bool>();
    organization.log_in_with_password = row["org_password"].as<bool>();
    organization.log_in_with_authenticator_app = row["org_app"].as<bool>();
    organization.log_in_with_passkey = row["org_passkey"].as<bool>();
    organization.require_mfa = row["require_mfa"].as<bool>();
    organization.logins_disabled = row["logins_disabled"].as<bool>();
    return organization;
}

std::optional<FlowUser> read_user(const pqxx::row& row, const LoginFlow& flow)
{
    if (row["user_email"].is_null()) {
        return std::nullopt;
    }
    FlowUser user;
    user.id = *flow.user;
    user.organization = {parse_row_uuid(row["user_organization"])};
    user.email = row["user_email"].as<std::string>();
    user.email_verified = row["email_verified"].as<bool>();
    user.display_name = text_or_empty(row["user_name"]);
    user.disabled = row["user_disabled"].as<bool>();
    user.has_password = row["has_password"].as<bool>();
    user.has_authenticator_app = row["has_app"].as<bool>();
    user.has_passkey = row["has_passkey"].as<bool>();
    user.recovery_codes_left = row["recovery_left"].as<std::int32_t>();
    return user;
}

}  // namespace

const std::vector<Statement>& login_flow_statements()
{
    static const std::vector<Statement> all = {insert, find, advance, end_of_user, visible, password_login};
    return all;
}

Result<void, StoreError> insert_login_flow(Transaction& transaction, ProjectId project, const LoginFlow& flow)
{
    TRY(run(transaction, insert, to_string(project.uuid), to_string(flow.id.uuid),
            bytes_literal(flow.browser_digest), flow.purpose, flow.return_path, text_of(flow.wanted_user),
            flow.wanted_acr, text_of(flow.wanted_auth_time), flow.login_hint, flow.locale, flow.email,
            text_of(flow.user), text_of(flow.organization), text_of(flow.session),
            timestamp(flow.create_time), timestamp(flow.expire_time), flow.redirect_target,
            flow.client_name));
    return ok();
}

Result<std::optional<FlowView>, StoreError> find_login_flow(Transaction& transaction, LoginFlowId id,
                                                            const Sha256& browser_digest, Instant now)
{
    TRY(auto&& rows,
        run(transaction, find, to_string(id.uuid), bytes_literal(browser_digest), timestamp(now)));
    if (rows.empty()) {
        return std::nullopt;
    }
    FlowView view;
    view.flow = read_flow(rows[0], browser_digest);
    view.organization = read_organization(rows[0], view.flow);
    view.user = read_user(rows[0], view.flow);
    return view;
}

Result<bool, StoreError> advance_login_flow(Transaction& transaction, LoginFlow& flow, Instant now)
{
    TRY(auto&& rows,
        run(transaction, advance, to_string(flow.id.uuid), flow.step, timestamp(now), flow.purpose,
            flow.email, text_of(flow.organization), text_of(flow.user), text_of(flow.session),
            flow.primary_factor, text_of(flow.email_verified_time), text_of(flow.password_verified_time),
            text_of(flow.authenticator_app_verified_time), text_of(flow.recovery_code_used_time),
            text_of(flow.passkey_verified_time), flow.passkey_user_verified,
            text_of(flow.reset_verified_time), flow.display_name, bytes_literal(flow.pending_secret_sealed),
            flow.recovery_codes_seen, text_of(flow.finish_time)));
    if (rows.affected_rows() == 1) {
        ++flow.step;
        return true;
    }
    return false;
}

Result<void, StoreError> end_login_flows_of(Transaction& transaction, UserId user,
                                            std::optional<LoginFlowId> but, Instant now)
{
    TRY(run(transaction, end_of_user, to_string(user.uuid), text_of(but), timestamp(now)));
    return ok();
}

Result<std::vector<VisibleOrganization>, StoreError>
list_visible_organizations(Transaction& transaction, const std::string& email, Instant now)
{
    TRY(auto&& rows, run(transaction, visible, email, timestamp(now)));
    std::vector<VisibleOrganization> out;
    for (const auto& row : rows) {
        out.push_back({{parse_row_uuid(row["organization_id"])},
                       row["display_name"].as<std::string>(),
                       optional_id<UserKind>(row["user_id"]),
                       row["invited"].as<bool>()});
    }
    return out;
}

Result<std::optional<PasswordLogin>, StoreError> find_password_login(Transaction& transaction,
                                                                     const std::string& email)
{
    TRY(auto&& rows, run(transaction, password_login, email));
    if (rows.empty()) {
        return std::nullopt;
    }
    const auto& row = rows[0];
    return PasswordLogin{{parse_row_uuid(row["user_id"])},
                         {parse_row_uuid(row["organization_id"])},
                         row["hash"].as<std::string>(),
                         row["allowed"].as<bool>()};
}

}  // namespace tessera::storage
