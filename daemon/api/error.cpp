#include "daemon/api/error.hpp"

#include <array>
#include <utility>

#include <boost/json/serialize.hpp>

#include "base/assert.hpp"
#include "base/json.hpp"

namespace tessera::api {

namespace {

struct CodeRow {
    Code code;
    std::string_view name;
    int status;
};

constexpr std::array rows{
    CodeRow{Code::invalid_argument, "invalid_argument", 400},
    CodeRow{Code::deadline_exceeded, "deadline_exceeded", 504},
    CodeRow{Code::not_found, "not_found", 404},
    CodeRow{Code::already_exists, "already_exists", 409},
    CodeRow{Code::permission_denied, "permission_denied", 403},
    CodeRow{Code::resource_exhausted, "resource_exhausted", 429},
    CodeRow{Code::failed_precondition, "failed_precondition", 400},
    CodeRow{Code::aborted, "aborted", 409},
    CodeRow{Code::unimplemented, "unimplemented", 501},
    CodeRow{Code::internal, "internal", 500},
    CodeRow{Code::unavailable, "unavailable", 503},
    CodeRow{Code::unauthenticated, "unauthenticated", 401},
};

const CodeRow& row_of(Code code)
{
    for (const CodeRow& row : rows) {
        if (row.code == code) {
            return row;
        }
    }
    ASSERT(false);
}

struct ConstraintRow {
    std::string_view constraint;
    Code code;
    std::string_view message;
};

// The database decides; its constraint's name says what to tell.
constexpr std::array constraints{
    ConstraintRow{"projects_slug_key", Code::already_exists, "another project has this slug"},
    ConstraintRow{"projects_vault_domain_key", Code::already_exists, "another project has this vault domain"},
    ConstraintRow{"resources_uri_key", Code::already_exists, "another resource of this project has this URI"},
    ConstraintRow{"client_secrets_two_at_once", Code::failed_precondition,
                  "the client has two secrets already: delete the one no longer used, then make another"},
    ConstraintRow{"clients_default_resource_fkey", Code::failed_precondition,
                  "the resource is the default resource of a client, or does not exist"},
    ConstraintRow{"users_email_key", Code::already_exists, "the organization has somebody with this address"},
    ConstraintRow{"users_last_owner", Code::failed_precondition,
                  "the organization would be left without an owner: make another one first"},
    ConstraintRow{"projects_sole_organization_fkey", Code::failed_precondition,
                  "it is the one organization of its project"},
};

Code code_of(storage::StoreFault fault)
{
    switch (fault) {
    case storage::StoreFault::unavailable:
    case storage::StoreFault::timeout: return Code::unavailable;
    case storage::StoreFault::conflict: return Code::already_exists;
    case storage::StoreFault::reference: return Code::failed_precondition;
    case storage::StoreFault::invalid: return Code::invalid_argument;
    case storage::StoreFault::bug: return Code::internal;
    }
    return Code::internal;
}

std::string_view message_of(storage::StoreFault fault)
{
    switch (fault) {
    case storage::StoreFault::unavailable:
    case storage::StoreFault::timeout: return "the store does not answer; try again";
    case storage::StoreFault::conflict: return "it exists already";
    case storage::StoreFault::reference:
        return "what it refers to does not exist in this project, or is still referred to";
    case storage::StoreFault::invalid: return "a value is out of range";
    case storage::StoreFault::bug: return "internal error";
    }
    return "internal error";
}

Code code_of(keyd::KeydFault fault)
{
    switch (fault) {
    case keyd::KeydFault::unavailable:
    case keyd::KeydFault::protocol: return Code::unavailable;
    case keyd::KeydFault::not_found: return Code::not_found;
    case keyd::KeydFault::refused:
    case keyd::KeydFault::conflict: return Code::failed_precondition;
    case keyd::KeydFault::invalid: return Code::invalid_argument;
    case keyd::KeydFault::unopenable: return Code::internal;
    }
    return Code::internal;
}

}  // namespace

std::string_view to_string(Code code) { return row_of(code).name; }

int http_status(Code code) { return row_of(code).status; }

ApiError::ApiError(Code code_, std::string message_, std::string field_, std::string detail_)
    : code(code_),
      message(std::move(message_)),
      field(std::move(field_)),
      detail(std::move(detail_))
{
}

ApiError::ApiError(const storage::StoreError& error)
    : code(code_of(error.fault)),
      message(message_of(error.fault)),
      detail(error.detail)
{
    for (const ConstraintRow& row : constraints) {
        if (row.constraint == error.constraint) {
            code = row.code;
            message = row.message;
        }
    }
}

ApiError::ApiError(const keyd::KeydError& error)
    : code(code_of(error.fault)),
      message("key service: " + error.description),
      detail(error.code_name)
{
}

ApiError not_found() { return {Code::not_found, "not found"}; }

ApiError invalid(std::string field, std::string message)
{
    return {Code::invalid_argument, std::move(message), std::move(field)};
}

ApiError failed_precondition(std::string message) { return {Code::failed_precondition, std::move(message)}; }

http::Response error_response(const ApiError& error)
{
    json::array details;
    if (!error.field.empty()) {
        json::object violation{{"field", error.field}, {"description", error.message}};
        details.push_back(json::object{{"@type", "type.googleapis.com/google.rpc.BadRequest"},
                                       {"fieldViolations", json::array{std::move(violation)}}});
    }
    const std::string message = error.field.empty() ? error.message : error.field + ": " + error.message;
    json::object body{
        {"code", static_cast<int>(error.code)}, {"message", message}, {"details", std::move(details)}};
    http::Response response = http::json_response(http_status(error.code), json::serialize(body));
    if (error.code == Code::unavailable) {
        response.set("Retry-After", "1");
    }
    response.set("Cache-Control", "no-store");
    return response;
}

}  // namespace tessera::api
