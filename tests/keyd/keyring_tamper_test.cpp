// The state directory in an intruder's hands: whatever is changed, keyd refuses the whole.
#include <boost/test/unit_test.hpp>

#include <filesystem>

#include <fmt/format.h>

#include "tests/keyd/keyring_house.hpp"

namespace tessera::keyd::testing {

namespace {

constexpr const char* tables[] = {"keyrings",  "keys",          "issuers", "intents",
                                  "data_keys", "wrapping_keys", "settings"};

// A state with a row in every table.
void fill(KeyringHouse& house)
{
    house.open();
    house.make_keyring("a", "https://id.example/realms/a");
    house.make_keyring("b", "https://id.example/realms/b");
    house.settle();
    v1::Seal seal;
    seal.set_project(std::string(16, 'p'));
    seal.set_context("c");
    seal.set_plaintext("s");
    BOOST_TEST(house.keyrings->seal(seal, soon()).has_value());
    // The clock's row.
    house.clock.jump(Seconds{86400});
    house.keyrings->tick();
    house.clock.jump(Seconds{-86400});
    house.keyrings->tick();
    house.stop();
    // An intent that was never settled.
    BOOST_TEST(house.kill_at("key.intended", 1, [](KeyringHouse& child) {
        child.make_keyring("c", "https://id.example/realms/c");
    }));
}

v1::ErrorCode start_code(KeyringHouse& house)
{
    const v1::ErrorCode code = code_of(house.start());
    house.stop();
    return code;
}

// The house's state file as it is now, put back when the object goes.
class Backup {
public:
    explicit Backup(const KeyringHouse& house)
        : from_(house.state.path()),
          to_(house.soft.directory() / "backup")
    {
        std::filesystem::remove_all(to_);
        std::filesystem::copy(from_, to_);
    }
    ~Backup() { restore(); }
    void restore() const
    {
        for (const auto& entry : std::filesystem::directory_iterator{from_}) {
            std::filesystem::remove(entry.path());
        }
        std::filesystem::copy(to_, from_);
    }

private:
    std::filesystem::path from_;
    std::filesystem::path to_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(keyring_tamper)

BOOST_AUTO_TEST_CASE(an_edit_of_any_table_is_refused)
{
    KeyringHouse house;
    fill(house);
    const Backup backup{house};
    for (const std::string table : tables) {
        BOOST_TEST_CONTEXT(table)
        {
            house.intrude(fmt::format("DELETE FROM {0} WHERE id = (SELECT min(id) FROM {0})", table));
            BOOST_TEST(start_code(house) == v1::STATE_TAMPERED);
            backup.restore();
            house.intrude(fmt::format("UPDATE {} SET id = id || 'x'", table));
            BOOST_TEST(start_code(house) == v1::STATE_TAMPERED);
            backup.restore();
            house.intrude(fmt::format("UPDATE {} SET mac = zeroblob(32)", table));
            BOOST_TEST(start_code(house) == v1::STATE_TAMPERED);
            backup.restore();
        }
    }
    BOOST_TEST(start_code(house) == v1::ERROR_UNSPECIFIED);
}

BOOST_AUTO_TEST_CASE(what_would_pay_an_intruder_is_refused)
{
    KeyringHouse house;
    fill(house);
    const Backup backup{house};
    for (const char* sql : {
             "UPDATE keyrings SET lifetime_max_s = 315360000",
             "UPDATE keyrings SET typs = typs || ' secevent+jwt'",
             "UPDATE issuers SET keyring = (SELECT max(id) FROM keyrings)",
             "UPDATE keys SET retired_us = 0, removed_us = 0, compromised_us = 0, destroyed_us = 1",
             "UPDATE keys SET jwk = (SELECT jwk FROM keys ORDER BY id DESC LIMIT 1)",
             // A row's own MAC under another name.
             "UPDATE issuers SET issuer = 'https://id.example/realms/b'",
             "INSERT INTO settings SELECT 'seal.backup_key', value, mac FROM settings LIMIT 1",
             "DELETE FROM journal WHERE sequence = (SELECT max(sequence) FROM journal)",
             "DELETE FROM journal WHERE sequence = 1",
             "UPDATE journal SET uid = 0 WHERE sequence = 1",
             "DELETE FROM journal",
             "UPDATE bootstrap SET salt = zeroblob(32)",
             "UPDATE bootstrap SET version = 2",
             "DELETE FROM head",
             "UPDATE head SET content = zeroblob(10)",
         }) {
        house.intrude(sql);
        const v1::ErrorCode code = start_code(house);
        // A changed salt names another token key: refused as not ours.
        BOOST_TEST((code == v1::STATE_TAMPERED || code == v1::KEY_MISSING), sql);
        backup.restore();
    }
    BOOST_TEST(start_code(house) == v1::ERROR_UNSPECIFIED);
}

BOOST_AUTO_TEST_CASE(a_table_put_back_to_what_it_was_is_refused)
{
    KeyringHouse house;
    house.open();
    const auto keyring = house.make_keyring("a", "https://id.example/realms/a");
    house.settle();
    house.stop();
    const std::string before = house.database().string() + ".before";
    house.intrude("VACUUM INTO '" + before + "'");
    house.open();
    v1::RevokeKey revoke;
    revoke.set_keyring_id(keyring.keyring_id());
    revoke.set_kid(house.show(keyring.keyring_id()).keys(0).kid());
    BOOST_TEST(house.keyrings->revoke_key(revoke, test_uid).has_value());
    house.stop();
    house.intrude(fmt::format(
        "ATTACH '{}' AS before; DELETE FROM keys; INSERT INTO keys SELECT * FROM before.keys", before));
    BOOST_TEST(start_code(house) == v1::STATE_TAMPERED);
}

// Rows that are authentic when they are verified and others when they are loaded.
BOOST_AUTO_TEST_CASE(a_table_of_another_shape_is_refused)
{
    KeyringHouse house;
    fill(house);
    const Backup backup{house};
    const std::string moody =
        "ALTER TABLE {0} RENAME TO real; CREATE VIEW {0} AS SELECT * FROM real WHERE {1}";
    for (const std::string& sql : {
             fmt::format(fmt::runtime(moody), "keys", "random() & 1"),
             fmt::format(fmt::runtime(moody), "keys", "1"),
             fmt::format(fmt::runtime(moody), "journal", "1"),
             fmt::format(fmt::runtime(moody), "bootstrap", "1"),
             std::string{"CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM keys; END"},
             std::string{"CREATE TABLE more (id)"},
             std::string{"CREATE INDEX more ON journal (uid)"},
             std::string{"ALTER TABLE keys ADD COLUMN more"},
             std::string{"DROP TABLE intents"},
             std::string{"DROP TABLE journal; CREATE TABLE journal (sequence TEXT)"},
         }) {
        house.intrude(sql);
        BOOST_TEST(start_code(house) == v1::STATE_TAMPERED, sql);
        backup.restore();
    }
    BOOST_TEST(start_code(house) == v1::ERROR_UNSPECIFIED);
}

BOOST_AUTO_TEST_CASE(damage_to_the_file_is_refused_not_a_crash)
{
    KeyringHouse house;
    fill(house);
    std::filesystem::remove(house.database().string() + "-wal");
    std::filesystem::resize_file(house.database(), 5000);
    const v1::ErrorCode code = start_code(house);
    BOOST_TEST((code == v1::STATE_TAMPERED || code == v1::INTERNAL));
}

BOOST_AUTO_TEST_CASE(the_state_of_another_token_is_refused)
{
    KeyringHouse house;
    fill(house);
    KeyringHouse other;  // its own token, the first one's state
    std::filesystem::copy(house.database(), other.database());
    if (std::filesystem::exists(house.database().string() + "-wal")) {
        std::filesystem::copy(house.database().string() + "-wal", other.database().string() + "-wal");
    }
    BOOST_TEST(start_code(other) == v1::KEY_MISSING);
}

BOOST_AUTO_TEST_CASE(only_one_keyd_opens_a_state)
{
    KeyringHouse house;
    house.open();
    house.make_keyring("a", "https://id.example/realms/a");
    Keyrings second{house.options, {{"main", &house.token()}}, house.clock};
    BOOST_TEST(code_of(second.start()) != v1::ERROR_UNSPECIFIED);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::testing
