// keyd's state file in an intruder's hands: whatever SQL was run over it, keyd reads what it wrote, or refuses, or finds nothing
// at all. The input is statements, one a line.
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/assert.hpp"
#include "keyd/keyring/schema.hpp"
#include "keyd/keyring/store.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

constexpr std::array tables{Table::keyrings,  Table::keys,          Table::issuers, Table::intents,
                            Table::data_keys, Table::wrapping_keys, Table::settings};
constexpr int rows_a_table = 2;

LockedKey mac_key()
{
    start_locked_memory(8);
    const std::array<std::uint8_t, locked_key_bytes> bytes{1, 2, 3};
    return std::move(*LockedKey::copy_of(bytes));
}

// What a Store gives.
struct Content {
    std::array<std::vector<Row>, table_count> rows;
    std::string journal;
    bool operator==(const Content&) const = default;
};

Answer<Content> read(const std::string& directory)
{
    TRY(auto&& store, Store::open(directory));
    TRY(store->authenticate(mac_key()));
    Content content;
    for (const Table table : tables) {
        content.rows[static_cast<std::size_t>(table)] = store->load(table);
    }
    TRY(const auto page, store->read_journal(0, 100));
    content.journal = page.SerializeAsString();
    return content;
}

// A row of the table's types, which nobody reads as a record.
Row made_row(Table table, int number)
{
    Row row{"row" + std::to_string(number)};
    std::string_view columns = schema_of(table).columns;
    for (fuzz::cut(columns, ','); !columns.empty();) {
        const std::string_view column = fuzz::cut(columns, ',');
        if (column.ends_with("TEXT")) {
            row.emplace_back("text" + std::to_string(number));
        } else if (column.ends_with("BLOB")) {
            row.emplace_back(Bytes(8, 7));
        } else {
            row.emplace_back(std::int64_t{number});
        }
    }
    return row;
}

class State {
public:
    State()
    {
        std::string name =
            (std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp") + std::string{"/tessera-fuzz-XXXXXX"};
        ASSERT(mkdtemp(name.data()) != nullptr);
        root_ = name;
        std::filesystem::create_directory(root_ / "good");
        auto store = Store::open((root_ / "good").string());
        ASSERT(store && store.value()->authenticate(mac_key()));
        Store::Change change{*store.value()};
        for (const Table table : tables) {
            for (int i = 0; i < rows_a_table; ++i) {
                change.put(table, made_row(table, i));
            }
        }
        for (const char* operation : {"create_keyring", "rotate_keyring", "revoke_key"}) {
            change.journal({.operation = operation, .keyring = "a", .kid = "b", .result = "ok", .detail = {}},
                           from_unix_s(1'800'000'000));
        }
        ASSERT(change.commit().has_value());
    }
    ~State() { std::filesystem::remove_all(root_); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::string good() const { return (root_ / "good").string(); }
    std::string copy() const
    {
        std::filesystem::remove_all(root_ / "copy");
        std::filesystem::copy(root_ / "good", root_ / "copy");
        return (root_ / "copy").string();
    }

private:
    std::filesystem::path root_;
};

// Statements that leave the file or eat the machine are not what is tested.
bool is_confined(std::string_view sql)
{
    std::string lower;
    for (const char c : sql) {
        lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    for (const char* word : {"attach", "vacuum", "recursive", "randomblob", "pragma", "zeroblob", "printf",
                             "format", "replace(", "edit", "file"}) {
        if (lower.find(word) != std::string::npos) {
            return lower.starts_with("pragma writable_schema") && lower.size() < 40;
        }
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const State state;
    static const Content good = read(state.good()).value();
    const std::string directory = state.copy();
    {
        auto database = Database::open(directory + "/keyd.sqlite");
        ASSERT(database.has_value());
        std::string_view rest = fuzz::as_input(data, size);
        while (!rest.empty()) {
            const std::string statement{fuzz::cut_line(rest)};
            if (is_confined(statement)) {
                static_cast<void>(database.value().execute(statement));
            }
        }
    }
    const auto found = read(directory);
    if (found.has_error()) {
        ASSERT(found.error().code == v1::STATE_TAMPERED || found.error().code == v1::INTERNAL);
    } else {
        ASSERT(found.value() == good || found.value() == Content{});
    }
    return 0;
}
