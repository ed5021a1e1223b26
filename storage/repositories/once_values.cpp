#include "storage/repositories/once_values.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement consume = {"once_values.consume", "tessera_app",
                               "INSERT INTO tessera.once_values (project_id, kind, digest, expires) "
                               "VALUES ($1, $2, $3::bytea, $4) ON CONFLICT (project_id, kind, digest) "
                               "DO NOTHING"};

}  // namespace

const std::vector<Statement>& once_value_statements()
{
    static const std::vector<Statement> all = {consume};
    return all;
}

Result<bool, StoreError> consume_once_value(Transaction& transaction, const OnceValue& value)
{
    TRY(auto&& rows, run(transaction, consume, to_string(value.project.uuid), value.kind,
                         bytes_literal(ByteView{value.digest}), timestamp(value.expires)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
