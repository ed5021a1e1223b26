#include "storage/repositories/email_codes.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement put = {
    "email_codes.put", "tessera_app",
    "INSERT INTO tessera.email_codes (project_id, flow_id, purpose, email, code_digest, link_digest, "
    "create_time, expire_time) VALUES ($1, $2, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz) "
    "ON CONFLICT (project_id, flow_id, purpose) DO UPDATE SET email = excluded.email, "
    "code_digest = excluded.code_digest, link_digest = excluded.link_digest, attempts = 0, "
    "create_time = excluded.create_time, expire_time = excluded.expire_time, used_time = NULL"};

// The row is locked by the update, so attempts in parallel are judged one after the other.
constexpr Statement consume = {
    "email_codes.consume", "tessera_app",
    "UPDATE tessera.email_codes SET attempts = attempts + 1, used_time = CASE WHEN attempts < $4 "
    "AND used_time IS NULL AND expire_time > $5::timestamptz AND (code_digest = $3 OR link_digest = $3) "
    "THEN $5::timestamptz ELSE used_time END "
    "WHERE flow_id = $1 AND purpose = $2 AND email = $6 AND used_time IS NULL "
    "AND expire_time > $5::timestamptz "
    "RETURNING used_time IS NOT NULL AS is_right, attempts > $4 AS is_exhausted"};
constexpr Statement remove = {"email_codes.delete", "tessera_app",
                              "DELETE FROM tessera.email_codes WHERE flow_id = $1"};

std::string name_of(EmailCodePurpose purpose)
{
    return purpose == EmailCodePurpose::verify ? "verify" : "reset";
}

}  // namespace

const std::vector<Statement>& email_code_statements()
{
    static const std::vector<Statement> all = {put, consume, remove};
    return all;
}

Result<void, StoreError> put_email_code(Transaction& transaction, ProjectId project, LoginFlowId flow,
                                        EmailCodePurpose purpose, const EmailCode& code)
{
    TRY(run(transaction, put, to_string(project.uuid), to_string(flow.uuid), name_of(purpose), code.email,
            bytes_literal(code.code_digest), bytes_literal(code.link_digest), timestamp(code.create_time),
            timestamp(code.expire_time)));
    return ok();
}

Result<CodeVerdict, StoreError> consume_email_code(Transaction& transaction, LoginFlowId flow,
                                                   EmailCodePurpose purpose, const std::string& email,
                                                   const Sha256& digest, std::int32_t attempts_max,
                                                   Instant now)
{
    TRY(auto&& rows, run(transaction, consume, to_string(flow.uuid), name_of(purpose), bytes_literal(digest),
                         attempts_max, timestamp(now), email));
    if (rows.empty()) {
        return CodeVerdict::gone;
    }
    if (rows[0]["is_right"].as<bool>()) {
        return CodeVerdict::right;
    }
    return rows[0]["is_exhausted"].as<bool>() ? CodeVerdict::exhausted : CodeVerdict::wrong;
}

Result<void, StoreError> delete_email_codes(Transaction& transaction, LoginFlowId flow)
{
    TRY(run(transaction, remove, to_string(flow.uuid)));
    return ok();
}

}  // namespace tessera::storage
