#include "storage/repositories/token_families_pqxx.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement find_claims = {"token_families.find_claims", "tessera_app",
                                   "SELECT claims FROM tessera.token_families WHERE family_id = $1"};
constexpr Statement list_unasked = {
    "token_families.list_unasked", "tessera_app",
    "SELECT f.client_id, array_agg(DISTINCT s.scope ORDER BY s.scope) AS scopes, "
    "(extract(epoch FROM max(f.create_time)) * 1000000)::bigint AS create_us "
    "FROM tessera.token_families f CROSS JOIN unnest(string_to_array(f.scope, ' ')) AS s (scope) "
    "WHERE f.user_id = $1 AND f.grant_id IS NULL AND f.offline AND f.revoke_time IS NULL "
    "AND f.expire_time > $2::timestamptz GROUP BY f.client_id ORDER BY max(f.create_time) DESC, f.client_id"};

}  // namespace

const std::vector<Statement>& token_family_statements()
{
    static const std::vector<Statement> all = {find_claims, list_unasked};
    return all;
}

Result<std::optional<std::string>, StoreError> find_family_claims(Transaction& transaction, TokenFamilyId id)
{
    TRY(auto&& rows, run(transaction, find_claims, to_string(id.uuid)));
    return rows.empty() ? std::nullopt : optional_text(rows[0]["claims"]);
}

Result<std::vector<UnaskedAccess>, StoreError> list_unasked_access(Transaction& transaction, UserId user,
                                                                   Instant now)
{
    TRY(auto&& rows, run(transaction, list_unasked, to_string(user.uuid), timestamp(now)));
    std::vector<UnaskedAccess> unasked;
    for (const auto& row : rows) {
        unasked.push_back({ClientId{parse_row_uuid(row["client_id"])}, parse_array(row["scopes"]),
                           parse_instant(row["create_us"])});
    }
    return unasked;
}

bool has_scope(const TokenFamily& family, std::string_view scope)
{
    return (' ' + family.scope + ' ').find(' ' + std::string{scope} + ' ') != std::string::npos;
}

Result<FamilyEventBody, StoreError> split_body(const AuditRow& event)
{
    constexpr std::string_view place = "\"family\":\"";
    const std::size_t at = event.body.find(place);
    if (at == std::string::npos) {
        return StoreError{StoreFault::bug, {}, "the event does not name its family"};
    }
    return FamilyEventBody{event.body.substr(0, at + place.size()), event.body.substr(at + place.size())};
}

TokenFamily read_family(const pqxx::row& row)
{
    TokenFamily family;
    family.id = TokenFamilyId{parse_row_uuid(row["family_id"])};
    family.client = ClientId{parse_row_uuid(row["client_id"])};
    family.user = UserId{parse_row_uuid(row["user_id"])};
    family.organization = OrganizationId{parse_row_uuid(row["organization_id"])};
    family.session = SessionId{parse_row_uuid(row["session_id"])};
    family.redirect_uri = row["redirect_uri"].as<std::string>();
    family.scope = row["scope"].as<std::string>();
    family.resources = parse_array(row["resources"]);
    family.nonce = optional_text(row["nonce"]);
    family.claims = optional_text(row["claims"]);
    family.auth_time = parse_instant(row["auth_us"]);
    family.amr = parse_array(row["amr"]);
    family.acr = row["acr"].as<std::string>();
    family.auth_time_asked = row["auth_time_asked"].as<bool>();
    family.offline = row["offline"].as<bool>();
    family.create_time = parse_instant(row["create_us"]);
    family.expire_time = parse_instant(row["expire_us"]);
    return family;
}

}  // namespace tessera::storage
