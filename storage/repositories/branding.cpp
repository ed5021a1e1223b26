#include "storage/repositories/branding.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement find = {"project_branding.find", "tessera_app",
                            "SELECT name, logo_png, logo_dark_png, primary_color, accent_color "
                            "FROM tessera.project_branding WHERE project_id = $1"};
constexpr Statement find_name = {"project_branding.find_name", "tessera_app",
                                 "SELECT name FROM tessera.project_branding WHERE project_id = $1"};
constexpr Statement put = {
    "project_branding.put", "tessera_app",
    "INSERT INTO tessera.project_branding (project_id, name, logo_png, logo_dark_png, primary_color, "
    "accent_color) VALUES ($1, nullif($2, ''), $3::bytea, $4::bytea, nullif($5, ''), nullif($6, '')) "
    "ON CONFLICT (project_id) DO UPDATE SET name = excluded.name, logo_png = excluded.logo_png, "
    "logo_dark_png = excluded.logo_dark_png, primary_color = excluded.primary_color, "
    "accent_color = excluded.accent_color, update_time = now()"};

std::optional<Bytes> bytes_of(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{parse_bytes(field)};
}

}  // namespace

const std::vector<Statement>& branding_statements()
{
    static const std::vector<Statement> all = {find, find_name, put};
    return all;
}

Result<std::optional<Branding>, StoreError> find_branding(Transaction& transaction, ProjectId project)
{
    TRY(auto&& rows, run(transaction, find, to_string(project.uuid)));
    if (rows.empty()) {
        return std::optional<Branding>{};
    }
    const pqxx::row row = rows[0];
    return std::optional{Branding{optional_text(row["name"]), bytes_of(row["logo_png"]),
                                  bytes_of(row["logo_dark_png"]), optional_text(row["primary_color"]),
                                  optional_text(row["accent_color"])}};
}

Result<std::optional<std::string>, StoreError> find_brand_name(Transaction& transaction, ProjectId project)
{
    TRY(auto&& rows, run(transaction, find_name, to_string(project.uuid)));
    return rows.empty() ? std::optional<std::string>{} : optional_text(rows[0]["name"]);
}

Result<void, StoreError> put_branding(Transaction& transaction, ProjectId project, const Branding& branding)
{
    TRY(run(transaction, put, to_string(project.uuid), or_empty(branding.name),
            bytes_literal(branding.logo_png), bytes_literal(branding.logo_dark_png),
            or_empty(branding.primary_color), or_empty(branding.accent_color)));
    return ok();
}

}  // namespace tessera::storage
