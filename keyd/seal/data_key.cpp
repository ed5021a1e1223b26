#include "keyd/seal/data_key.hpp"

#include "base/assert.hpp"

namespace tessera::keyd {

namespace {

Uuid read_uuid(const Value& value)
{
    const auto uuid = parse_uuid(std::get<std::string>(value));
    ASSERT(uuid);
    return *uuid;
}

}  // namespace

Row to_row(const DataKeyRecord& key)
{
    return {to_string(key.id), to_string(key.project),
            key.wrapping_key,  key.wrapped,
            key.backup,        std::int64_t{key.created.time_since_epoch().count()},
            key.generation,    std::int64_t{key.is_current}};
}

DataKeyRecord read_data_key(const Row& row)
{
    return {.id = read_uuid(row.at(0)),
            .project = read_uuid(row.at(1)),
            .wrapping_key = std::get<std::string>(row.at(2)),
            .wrapped = std::get<Bytes>(row.at(3)),
            .backup = std::get<Bytes>(row.at(4)),
            .created = Instant{Microseconds{std::get<std::int64_t>(row.at(5))}},
            .generation = std::get<std::int64_t>(row.at(6)),
            .is_current = std::get<std::int64_t>(row.at(7)) != 0};
}

Bytes wrapping_context(const DataKeyRecord& key)
{
    const ByteView label = as_bytes("tessera data key 1");
    Bytes context(label.begin(), label.end());
    context.insert(context.end(), key.id.bytes.begin(), key.id.bytes.end());
    context.insert(context.end(), key.project.bytes.begin(), key.project.bytes.end());
    return context;
}

}  // namespace tessera::keyd
