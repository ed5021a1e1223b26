#include "storage/repositories/sessions.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define SESSION_COLUMNS                                                                                      \
    "s.session_id, s.user_id, s.organization_id, s.primary_auth_factor, s.amr, s.acr, s.device_id, s.ip, "   \
    "s.user_agent, (extract(epoch FROM s.auth_time) * 1000000)::bigint AS auth_us, "                         \
    "(extract(epoch FROM s.create_time) * 1000000)::bigint AS create_us, "                                   \
    "(extract(epoch FROM s.last_active_time) * 1000000)::bigint AS active_us, "                              \
    "(extract(epoch FROM s.expire_time) * 1000000)::bigint AS expire_us"
#define ALIVE                                                                                                \
    "s.revoke_time IS NULL AND s.expire_time > $2::timestamptz "                                             \
    "AND s.last_active_time > $2::timestamptz - make_interval(secs => $3)"

constexpr Statement insert = {
    "sessions.insert", "tessera_app",
    "INSERT INTO tessera.sessions (project_id, session_id, user_id, organization_id, token_digest, "
    "primary_auth_factor, amr, acr, auth_time, create_time, last_active_time, expire_time, device_id, ip, "
    "user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8, $9::timestamptz, $10::timestamptz, "
    "$11::timestamptz, $12::timestamptz, $13, $14, $15)"};

constexpr Statement find_live = {
    "sessions.find_live", "tessera_app",
    "SELECT " SESSION_COLUMNS ", o.require_mfa AND NOT 'mfa' = ANY (s.amr) "
    "AND (o.log_in_with_authenticator_app AND p.log_in_with_authenticator_app "
    "OR o.log_in_with_passkey AND p.log_in_with_passkey) AS lacks_second_factor "
    "FROM tessera.sessions s "
    "JOIN tessera.users u ON u.project_id = s.project_id AND u.user_id = s.user_id AND NOT u.disabled "
    "JOIN tessera.organizations o ON o.project_id = s.project_id AND o.organization_id = s.organization_id "
    "AND NOT o.logins_disabled "
    "JOIN tessera.projects p ON p.project_id = s.project_id AND NOT p.logins_disabled AND NOT p.disabled "
    "WHERE s.token_digest = $1 AND " ALIVE};

constexpr Statement touch = {
    "sessions.touch", "tessera_app",
    "UPDATE tessera.sessions SET last_active_time = $2::timestamptz WHERE session_id = $1 "
    "AND revoke_time IS NULL AND last_active_time < $2::timestamptz - make_interval(secs => $3)"};

constexpr Statement renew = {
    "sessions.renew", "tessera_app",
    "UPDATE tessera.sessions SET token_digest = $2, amr = $3::text[], acr = $4, auth_time = $5::timestamptz, "
    "primary_auth_factor = $6, last_active_time = $7::timestamptz "
    "WHERE session_id = $1 AND revoke_time IS NULL AND expire_time > $7::timestamptz"};

constexpr Statement list_live = {"sessions.list_live", "tessera_app",
                                 "SELECT " SESSION_COLUMNS
                                 " FROM tessera.sessions s WHERE s.user_id = $1 AND " ALIVE
                                 " ORDER BY s.last_active_time DESC, s.session_id LIMIT 200"};

// What is bound to a session ends with it, by triggers.
constexpr Statement revoke_one = {
    "sessions.revoke", "tessera_app",
    "UPDATE tessera.sessions SET revoke_time = $2::timestamptz, revoke_reason = $3 "
    "WHERE session_id = $1 AND user_id = $4 AND revoke_time IS NULL RETURNING session_id"};

constexpr Statement revoke_all = {
    "sessions.revoke_all", "tessera_app",
    "UPDATE tessera.sessions SET revoke_time = $2::timestamptz, revoke_reason = $3 "
    "WHERE user_id = $1 AND revoke_time IS NULL AND session_id IS DISTINCT FROM nullif($4, '')::uuid "
    "RETURNING session_id"};

// xmax is 0 for a row this statement inserted.
constexpr Statement is_device = {
    "user_devices.is_of_email", "tessera_app",
    "SELECT EXISTS (SELECT FROM tessera.users u JOIN tessera.user_devices d USING (project_id, user_id) "
    "WHERE u.folded_email = lower($1) AND d.device_id = $2) AS known"};
constexpr Statement see_device = {
    "user_devices.see", "tessera_app",
    "INSERT INTO tessera.user_devices (project_id, user_id, device_id, create_time, last_seen_time) "
    "VALUES ($1, $2, $3, $4::timestamptz, $4::timestamptz) "
    "ON CONFLICT (project_id, user_id, device_id) DO UPDATE SET last_seen_time = excluded.last_seen_time "
    "RETURNING xmax = 0 AND EXISTS (SELECT FROM tessera.user_devices d WHERE d.project_id = $1 "
    "AND d.user_id = $2 AND d.device_id <> $3) AS new_one"};

#undef SESSION_COLUMNS
#undef ALIVE

Session read_session(const pqxx::row& row)
{
    Session session;
    session.id = {parse_row_uuid(row["session_id"])};
    session.user = {parse_row_uuid(row["user_id"])};
    session.organization = {parse_row_uuid(row["organization_id"])};
    session.primary_auth_factor = row["primary_auth_factor"].as<std::string>();
    session.amr = parse_array(row["amr"]);
    session.acr = row["acr"].as<std::string>();
    session.auth_time = parse_instant(row["auth_us"]);
    session.create_time = parse_instant(row["create_us"]);
    session.last_active_time = parse_instant(row["active_us"]);
    session.expire_time = parse_instant(row["expire_us"]);
    session.device = {parse_row_uuid(row["device_id"])};
    session.ip = row["ip"].as<std::string>();
    session.user_agent = row["user_agent"].as<std::string>();
    return session;
}

std::vector<SessionId> read_ids(const pqxx::result& rows)
{
    std::vector<SessionId> ids;
    for (const auto& row : rows) {
        ids.push_back({parse_row_uuid(row["session_id"])});
    }
    return ids;
}

}  // namespace

const std::vector<Statement>& session_statements()
{
    static const std::vector<Statement> all = {insert,     find_live,  touch,     renew,     list_live,
                                               revoke_one, revoke_all, is_device, see_device};
    return all;
}

Result<void, StoreError> insert_session(Transaction& transaction, ProjectId project, const Session& session,
                                        const Sha256& token_digest)
{
    TRY(run(transaction, insert, to_string(project.uuid), to_string(session.id.uuid),
            to_string(session.user.uuid), to_string(session.organization.uuid), bytes_literal(token_digest),
            session.primary_auth_factor, array_literal(session.amr), session.acr,
            timestamp(session.auth_time), timestamp(session.create_time), timestamp(session.last_active_time),
            timestamp(session.expire_time), to_string(session.device.uuid), session.ip, session.user_agent));
    return ok();
}

Result<std::optional<LiveSession>, StoreError>
find_live_session(Transaction& transaction, const Sha256& token_digest, Instant now, Seconds idle)
{
    TRY(auto&& rows, run(transaction, find_live, bytes_literal(token_digest), timestamp(now), idle.count()));
    if (rows.empty()) {
        return std::nullopt;
    }
    return LiveSession{read_session(rows[0]), rows[0]["lacks_second_factor"].as<bool>()};
}

Result<void, StoreError> touch_session(Transaction& transaction, SessionId id, Instant now,
                                       Seconds granularity)
{
    TRY(run(transaction, touch, to_string(id.uuid), timestamp(now), granularity.count()));
    return ok();
}

Result<bool, StoreError> renew_session(Transaction& transaction, const Session& session,
                                       const Sha256& token_digest)
{
    TRY(auto&& rows, run(transaction, renew, to_string(session.id.uuid), bytes_literal(token_digest),
                         array_literal(session.amr), session.acr, timestamp(session.auth_time),
                         session.primary_auth_factor, timestamp(session.last_active_time)));
    return rows.affected_rows() == 1;
}

Result<std::vector<Session>, StoreError> list_live_sessions(Transaction& transaction, UserId user,
                                                            Instant now, Seconds idle)
{
    TRY(auto&& rows, run(transaction, list_live, to_string(user.uuid), timestamp(now), idle.count()));
    std::vector<Session> sessions;
    for (const auto& row : rows) {
        sessions.push_back(read_session(row));
    }
    return sessions;
}

Result<std::vector<SessionId>, StoreError> revoke_session(Transaction& transaction, SessionId id, UserId user,
                                                          Instant now, const std::string& reason)
{
    TRY(auto&& rows,
        run(transaction, revoke_one, to_string(id.uuid), timestamp(now), reason, to_string(user.uuid)));
    return read_ids(rows);
}

Result<std::vector<SessionId>, StoreError> revoke_sessions_of(Transaction& transaction, UserId user,
                                                              std::optional<SessionId> keep, Instant now,
                                                              const std::string& reason)
{
    TRY(auto&& rows, run(transaction, revoke_all, to_string(user.uuid), timestamp(now), reason,
                         keep ? to_string(keep->uuid) : std::string{}));
    return read_ids(rows);
}

Result<bool, StoreError> is_device_of_email(Transaction& transaction, DeviceId device,
                                            const std::string& email)
{
    TRY(auto&& rows, run(transaction, is_device, email, to_string(device.uuid)));
    return rows[0]["known"].as<bool>();
}

Result<bool, StoreError> remember_device(Transaction& transaction, ProjectId project, UserId user,
                                         DeviceId device, Instant now)
{
    TRY(auto&& rows, run(transaction, see_device, to_string(project.uuid), to_string(user.uuid),
                         to_string(device.uuid), timestamp(now)));
    return rows[0]["new_one"].as<bool>();
}

}  // namespace tessera::storage
