// SQLite, as far as keyd needs it. The only file pair that sees sqlite3.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/encoding.hpp"
#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tessera::keyd {

using Value = std::variant<std::int64_t, std::string, Bytes>;
using Row = std::vector<Value>;

struct DatabaseError {
    std::string detail;  // for the log
};

// One connection; one thread at a time.
class Database {
public:
    // Creates the file (0600) when there is none. The file is locked: a second opener fails.
    // Every commit is on the disk when it returns.
    static Result<Database, DatabaseError> open(const std::string& path);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    // One statement with `?` parameters. Statements are prepared once and kept: `sql` is a literal or otherwise outlives this.
    Result<std::vector<Row>, DatabaseError> query(const std::string& sql, std::span<const Value> values = {});
    Result<void, DatabaseError> execute(const std::string& sql, std::span<const Value> values = {});

private:
    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    explicit Database(sqlite3* connection);
    Result<sqlite3_stmt*, DatabaseError> prepare(const std::string& sql);
    DatabaseError error(const std::string& sql) const;

    std::unique_ptr<sqlite3, Close> connection_;
    std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>>
        statements_;  // gone before the connection
};

}  // namespace tessera::keyd
