#include "storage/repositories/authorization_requests.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement insert = {
    "authorization_requests.insert", "tessera_app",
    "INSERT INTO tessera.authorization_requests (project_id, request_id, browser_digest, client_id, "
    "redirect_uri, response_mode, state, scope, resources, nonce, code_challenge, prompt, max_age_s, "
    "acr_values, claims, login_hint, hinted_user_id, ui_locales, display, create_time, expire_time) "
    "VALUES ($1, $2, $3::bytea, $4, $5, $6, nullif($7, ''), $8, $9::text[], nullif($10, ''), "
    "nullif($11, ''), $12::text[], $13, nullif($14, ''), nullif($15, ''), nullif($16, ''), "
    "nullif($17, '')::uuid, nullif($18, ''), nullif($19, ''), $20, $21)"};
constexpr Statement find = {
    "authorization_requests.find", "tessera_app",
    "SELECT request_id, browser_digest, client_id, redirect_uri, response_mode, state, scope, resources, "
    "nonce, code_challenge, prompt, max_age_s, acr_values, claims, login_hint, hinted_user_id, ui_locales, "
    "display, (extract(epoch FROM create_time) * 1000000)::bigint AS create_us, "
    "(extract(epoch FROM expire_time) * 1000000)::bigint AS expire_us, consent_user_id, "
    "finish_time IS NOT NULL AS finished FROM tessera.authorization_requests "
    "WHERE request_id = $1 AND browser_digest = $2::bytea"};
constexpr Statement allow = {
    "authorization_requests.allow", "tessera_app",
    "UPDATE tessera.authorization_requests SET consent_time = $3::timestamptz, consent_user_id = $2 "
    "WHERE request_id = $1 AND finish_time IS NULL AND expire_time > $3::timestamptz"};
constexpr Statement finish = {"authorization_requests.finish", "tessera_app",
                              "UPDATE tessera.authorization_requests SET finish_time = $2::timestamptz "
                              "WHERE request_id = $1 AND finish_time IS NULL "
                              "AND expire_time > $2::timestamptz"};

std::optional<UserId> optional_user(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{UserId{parse_row_uuid(field)}};
}

AuthorizationRequest read_request(const pqxx::row& row)
{
    AuthorizationRequest request;
    request.id = AuthorizationRequestId{parse_row_uuid(row["request_id"])};
    const Bytes digest = parse_bytes(row["browser_digest"]);
    ASSERT(digest.size() == request.browser_digest.size());
    std::ranges::copy(digest, request.browser_digest.begin());
    request.client = ClientId{parse_row_uuid(row["client_id"])};
    request.redirect_uri = row["redirect_uri"].as<std::string>();
    request.response_mode = row["response_mode"].as<std::string>();
    request.state = optional_text(row["state"]);
    request.scope = row["scope"].as<std::string>();
    request.resources = parse_array(row["resources"]);
    request.nonce = optional_text(row["nonce"]);
    request.code_challenge = optional_text(row["code_challenge"]);
    request.prompt = parse_array(row["prompt"]);
    if (!row["max_age_s"].is_null()) {
        request.max_age_s = row["max_age_s"].as<std::int64_t>();
    }
    request.acr_values = optional_text(row["acr_values"]);
    request.claims = optional_text(row["claims"]);
    request.login_hint = optional_text(row["login_hint"]);
    request.hinted_user = optional_user(row["hinted_user_id"]);
    request.ui_locales = optional_text(row["ui_locales"]);
    request.display = optional_text(row["display"]);
    request.create_time = parse_instant(row["create_us"]);
    request.expire_time = parse_instant(row["expire_us"]);
    request.consent_user = optional_user(row["consent_user_id"]);
    request.is_finished = row["finished"].as<bool>();
    return request;
}

}  // namespace

const std::vector<Statement>& authorization_request_statements()
{
    static const std::vector<Statement> all = {insert, find, allow, finish};
    return all;
}

Result<void, StoreError> insert_authorization_request(Transaction& transaction, ProjectId project,
                                                      const AuthorizationRequest& request)
{
    TRY(run(transaction, insert, to_string(project.uuid), to_string(request.id.uuid),
            bytes_literal(ByteView{request.browser_digest}), to_string(request.client.uuid),
            request.redirect_uri, request.response_mode, or_empty(request.state), request.scope,
            array_literal(request.resources), or_empty(request.nonce), or_empty(request.code_challenge),
            array_literal(request.prompt),
            request.max_age_s ? std::optional{std::to_string(*request.max_age_s)} : std::nullopt,
            or_empty(request.acr_values), or_empty(request.claims), or_empty(request.login_hint),
            request.hinted_user ? to_string(request.hinted_user->uuid) : std::string{},
            or_empty(request.ui_locales), or_empty(request.display), timestamp(request.create_time),
            timestamp(request.expire_time)));
    return ok();
}

Result<std::optional<AuthorizationRequest>, StoreError>
find_authorization_request(Transaction& transaction, AuthorizationRequestId id, const Sha256& browser_digest)
{
    TRY(auto&& rows, run(transaction, find, to_string(id.uuid), bytes_literal(ByteView{browser_digest})));
    return rows.empty() ? std::nullopt : std::optional{read_request(rows[0])};
}

Result<bool, StoreError> allow_authorization_request(Transaction& transaction, AuthorizationRequestId id,
                                                     UserId user, Instant now)
{
    TRY(auto&& rows, run(transaction, allow, to_string(id.uuid), to_string(user.uuid), timestamp(now)));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> finish_authorization_request(Transaction& transaction, AuthorizationRequestId id,
                                                      Instant now)
{
    TRY(auto&& rows, run(transaction, finish, to_string(id.uuid), timestamp(now)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
