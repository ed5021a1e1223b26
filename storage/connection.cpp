#include "storage/connection_pqxx.hpp"

#include <poll.h>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "storage/conninfo.hpp"

namespace tessera::storage {

void forbid_reactivation(pqxx::connection& connection)
{
// Deprecated since reactivation itself goes away in libpqxx 7; in 6 it is on unless forbidden.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma clang diagnostic pop
}

Connection::Connection(const PoolOptions& options)
    : raw_(std::make_unique<pqxx::connection>(conninfo_with(
          options.database_url,
          {{"user", options.role},
           {"application_name", "tessera"},
           {"client_encoding", "UTF8"},
           {"connect_timeout", "2"},
           {"tcp_user_timeout", std::to_string(2 * options.statement_max.count())},
           // Compiling a plan takes longer than any statement of ours runs.
           {"options",
            fmt::format("-c jit=off -c synchronous_commit=on -c statement_timeout={} -c lock_timeout={} "
                        "-c idle_in_transaction_session_timeout=30000 -c search_path=",
                        options.statement_max.count(), options.lock_max.count())}})))
{
    forbid_reactivation(*raw_);
    raw_->set_verbosity(pqxx::connection_base::verbose);  // names the constraint
}

bool Connection::is_stale() const
{
    // An idle connection has nothing to read, unless the server said good-bye or is gone.
    pollfd waiting{raw_->sock(), POLLIN, 0};
    return is_broken() || waiting.fd < 0 || ::poll(&waiting, 1, 0) != 0;
}

void Connection::prepare_once(const Statement& statement)
{
    if (prepared_.insert(statement.name).second) {
        raw_->prepare(statement.name, statement.sql);
    }
}

namespace {

// Class 08 connection, 53 resources (disk full, too many connections), 57P server going down, 58 system
// error.
StoreFault fault_of(std::string_view state)
{
    if (state == "57014" || state == "55P03") {
        return StoreFault::timeout;
    }
    if (state.starts_with("08") || state.starts_with("53") || state.starts_with("57P")
        || state.starts_with("58") || state == "25P03" || state == "25006" || state == "40001"
        || state == "40P01") {
        return StoreFault::unavailable;
    }
    if (state == "23505" || state == "23P01") {
        return StoreFault::conflict;
    }
    if (state == "23503") {
        return StoreFault::reference;
    }
    if (state.starts_with("22") || state == "23514" || state == "23502") {
        return StoreFault::invalid;
    }
    return StoreFault::bug;
}

// libpqxx 6 does not carry the constraint's name, but libpq's verbose message has it on a line of its own, in
// English as long as no one calls setlocale. The last such line is libpq's: values quoted in DETAIL come
// before it.
std::string constraint_of(std::string_view message)
{
    constexpr std::string_view label = "\nCONSTRAINT NAME:  ";
    const auto start = message.rfind(label);
    if (start == std::string_view::npos) {
        return {};
    }
    const std::string_view name = message.substr(start + label.size());
    return std::string{name.substr(0, name.find('\n'))};
}

}  // namespace

StoreError to_store_error(const std::exception& error)
{
    if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error)) {
        // An empty state means libpq never got an answer. 25P03: the server gave up on our transaction.
        const StoreFault fault =
            sql->sqlstate().empty() ? StoreFault::unavailable : fault_of(sql->sqlstate());
        return {fault, constraint_of(sql->what()), fmt::format("{} {}", sql->sqlstate(), sql->what())};
    }
    if (dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr) {
        return {StoreFault::unavailable, {}, error.what()};
    }
    return {StoreFault::bug, {}, error.what()};
}

std::string array_literal(const std::vector<std::string>& items)
{
    std::string literal = "{";
    for (const std::string& item : items) {
        literal += literal.size() > 1 ? ",\"" : "\"";
        for (const char c : item) {
            if (c == '"' || c == '\\') {
                literal.push_back('\\');
            }
            literal.push_back(c);
        }
        literal.push_back('"');
    }
    literal.push_back('}');
    return literal;
}

std::vector<std::string> parse_array(const pqxx::field& field)
{
    std::vector<std::string> items;
    if (field.is_null()) {
        return items;
    }
    auto parser = field.as_array();
    for (auto item = parser.get_next(); item.first != pqxx::array_parser::done; item = parser.get_next()) {
        if (item.first == pqxx::array_parser::string_value) {
            items.push_back(item.second);
        }
    }
    return items;
}

Bytes parse_bytes(const pqxx::field& field)
{
    const pqxx::binarystring bytes{field};
    return {bytes.begin(), bytes.end()};
}

std::string bytes_literal(ByteView bytes) { return "\\x" + hex_encode(bytes); }

std::optional<std::string> bytes_literal(const std::optional<Bytes>& bytes)
{
    return bytes ? std::optional{bytes_literal(ByteView{*bytes})} : std::nullopt;
}

Uuid parse_row_uuid(const pqxx::field& field)
{
    const auto uuid = parse_uuid(field.c_str());
    ASSERT(uuid.has_value());
    return *uuid;
}

Instant parse_instant(const pqxx::field& microseconds)
{
    return Instant{Microseconds{microseconds.as<std::int64_t>()}};
}

std::string timestamp(Instant instant) { return to_rfc3339(instant); }

}  // namespace tessera::storage
