#include "keyd/keyring/database.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tessera::keyd {

namespace {

int bind(sqlite3_stmt* statement, int at, const Value& value)
{
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return sqlite3_bind_int64(statement, at, *number);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    const auto& bytes = std::get<Bytes>(value);
    // A null pointer would bind NULL.
    return bytes.empty() ? sqlite3_bind_zeroblob(statement, at, 0)
                         : sqlite3_bind_blob64(statement, at, bytes.data(), bytes.size(), SQLITE_STATIC);
}

Value column(sqlite3_stmt* statement, int at)
{
    switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, at)};
    case SQLITE_TEXT: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
        return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, at)));
    }
    default: {
        const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, at));
        return bytes == nullptr ? Bytes{} : Bytes(bytes, bytes + sqlite3_column_bytes(statement, at));
    }
    }
}

// WAL: one synchronous write per commit. EXCLUSIVE: no second keyd on the same state, and no shared-memory file.
// cell_size_check and trusted_schema: an edited file gets no help from SQLite's leniency.
constexpr const char* pragmas[] = {
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA secure_delete=ON",
    "BEGIN IMMEDIATE",
    "COMMIT",  // takes the lock now, not at the first write
};

}  // namespace

void Database::Close::operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

Database::Database(sqlite3* connection) : connection_(connection) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database, DatabaseError> Database::open(const std::string& path)
{
    // Made here, so that nobody else ever reads it: SQLite would go by the umask. Its log file takes the same mode.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        return DatabaseError{fmt::format("{}: {}", path, std::generic_category().message(errno))};
    }
    ::close(file);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &opened,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database{opened};
    Result<void, DatabaseError> prepared = ok();
    if (code != SQLITE_OK) {
        prepared = database.error("open");
    }
    for (const char* pragma : pragmas) {
        if (prepared.has_value()) {
            prepared = database.execute(pragma);
        }
    }
    if (prepared.has_error()) {
        return DatabaseError{fmt::format("{}: {}", path, prepared.error().detail)};
    }
    return database;
}

DatabaseError Database::error(const std::string& sql) const
{
    const char* text = connection_ ? sqlite3_errmsg(connection_.get()) : "out of memory";
    return {fmt::format("{}: {}", sql.substr(0, 80), text)};
}

Result<sqlite3_stmt*, DatabaseError> Database::prepare(const std::string& sql)
{
    const auto known = statements_.find(sql);
    if (known != statements_.end()) {
        return known->second.get();
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(connection_.get(), sql.c_str(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr)
        != SQLITE_OK) {
        return error(sql);
    }
    if (statement == nullptr) {
        return DatabaseError{"no statement"};
    }
    statements_.emplace(sql, statement);
    return statement;
}

Result<std::vector<Row>, DatabaseError> Database::query(const std::string& sql, std::span<const Value> values)
{
    TRY(sqlite3_stmt* const statement, prepare(sql));
    int code = SQLITE_OK;
    for (std::size_t i = 0; i < values.size() && code == SQLITE_OK; ++i) {
        code = bind(statement, static_cast<int>(i + 1), values[i]);
    }
    std::vector<Row> rows;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW) {
            break;
        }
        Row& row = rows.emplace_back();
        const int columns = sqlite3_column_count(statement);
        row.reserve(static_cast<std::size_t>(columns));
        for (int at = 0; at < columns; ++at) {
            row.push_back(column(statement, at));
        }
    }
    if (code != SQLITE_DONE) {
        DatabaseError failed = error(sql);
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        return failed;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return rows;
}

Result<void, DatabaseError> Database::execute(const std::string& sql, std::span<const Value> values)
{
    TRY(query(sql, values));
    return ok();
}

}  // namespace tessera::keyd
