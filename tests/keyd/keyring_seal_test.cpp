#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/openssl.hpp"
#include "keyd/keyring/store.hpp"
#include "keyd/seal/data_key.hpp"
#include "tests/keyd/keyring_house.hpp"

namespace tessera::keyd::testing {

namespace {

struct Vault : KeyringHouse {
    Vault() { open_house(); }
    void open_house() { KeyringHouse::open(); }

    static v1::Open opening(char project, const std::string& envelope)
    {
        v1::Open request;
        request.set_project(std::string(16, project));
        request.set_context("clients.secret:1");
        request.set_envelope(envelope);
        return request;
    }
    std::string seal(char project, const std::string& plaintext)
    {
        v1::Seal request;
        request.set_project(std::string(16, project));
        request.set_context("clients.secret:1");
        request.set_plaintext(plaintext);
        return keyrings->seal(request, soon()).value().envelope();
    }
    Answer<v1::Opened> unseal(char project, const std::string& envelope)
    {
        return keyrings->open(opening(project, envelope), soon());
    }
    std::size_t wrapping_keys()
    {
        const auto objects = token().list_objects(soon());
        return static_cast<std::size_t>(std::ranges::count_if(
            objects.value(), [](const auto& object) { return object.cka_id.starts_with("wrap-"); }));
    }
};

std::string pem_of(EVP_PKEY* key)
{
    const BioPtr bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PUBKEY(bio.get(), key);
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

void rewrap(KeyringHouse& house, bool data_keys)
{
    v1::RewrapDataKeys request;
    request.set_data_keys(data_keys);
    BOOST_TEST(house.keyrings->rewrap_data_keys(request, test_uid).has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keyring_seal)

BOOST_FIXTURE_TEST_CASE(a_secret_comes_back_after_a_restart, Vault)
{
    const std::string envelope = seal('p', "s3cret");
    BOOST_TEST(unseal('p', envelope).value().plaintext() == "s3cret");
    restart();
    const auto opened = unseal('p', envelope);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(opened.value().plaintext() == "s3cret");
    BOOST_TEST(!opened.value().stale());
}

BOOST_FIXTURE_TEST_CASE(wrong_project_context_and_bytes_get_one_answer, Vault)
{
    const std::string envelope = seal('p', "s3cret");
    seal('q', "other");
    BOOST_TEST(code_of(unseal('q', envelope)) == v1::ENVELOPE_UNOPENABLE);
    v1::Open request = opening('p', envelope);
    request.set_context("clients.secret:2");
    BOOST_TEST(code_of(keyrings->open(request, soon())) == v1::ENVELOPE_UNOPENABLE);
    std::string changed = envelope;
    changed.back() ^= 1;
    BOOST_TEST(code_of(unseal('p', changed)) == v1::ENVELOPE_UNOPENABLE);
    const auto a = unseal('q', envelope).error().description;
    BOOST_TEST(a == unseal('p', changed).error().description);
}

BOOST_FIXTURE_TEST_CASE(every_refusal_has_its_code, Vault)
{
    const std::string envelope = seal('p', "s");
    BOOST_TEST(code_of(unseal('p', "")) == v1::ENVELOPE_MALFORMED);
    BOOST_TEST(code_of(unseal('p', envelope.substr(0, 40))) == v1::ENVELOPE_MALFORMED);
    BOOST_TEST(code_of(unseal('p', "\x02" + envelope.substr(1))) == v1::ENVELOPE_MALFORMED);
    std::string other_key = envelope;
    other_key[5] ^= 1;
    BOOST_TEST(code_of(unseal('p', other_key)) == v1::DATA_KEY_UNKNOWN);
    v1::Seal request;
    request.set_project(std::string(16, 'p'));
    request.set_context("c");
    request.set_plaintext(std::string(16 * 1024, 'x'));
    BOOST_TEST(keyrings->seal(request, soon()).has_value());
    request.set_plaintext(std::string(16 * 1024 + 1, 'x'));
    BOOST_TEST(code_of(keyrings->seal(request, soon())) == v1::PLAINTEXT_TOO_LARGE);
    request.set_plaintext("x");
    request.set_project("short");
    BOOST_TEST(code_of(keyrings->seal(request, soon())) == v1::MALFORMED_REQUEST);
}

BOOST_AUTO_TEST_CASE(projects_with_a_data_key_have_a_limit)
{
    KeyringHouse house;
    house.options.data_keys_max = 2;
    house.open();
    const auto seal = [&](char project) {
        v1::Seal request;
        request.set_project(std::string(16, project));
        request.set_context("c");
        request.set_plaintext("s");
        return code_of(house.keyrings->seal(request, soon()));
    };
    BOOST_TEST(seal('a') == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(seal('b') == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(seal('c') == v1::DATA_KEY_LIMIT);
    rewrap(house, true);
    house.settle();
    BOOST_TEST(seal('a') == v1::ERROR_UNSPECIFIED);  // under a new key of its own
    BOOST_TEST(seal('c') == v1::DATA_KEY_LIMIT);
}

BOOST_FIXTURE_TEST_CASE(both_layers_rotate_and_what_was_sealed_still_opens, Vault)
{
    const std::string envelope = seal('p', "s");
    rewrap(*this, false);
    settle();
    BOOST_TEST(!unseal('p', envelope).value().stale());
    rewrap(*this, true);
    settle();
    BOOST_TEST(wrapping_keys() == 1U);  // those before wrap nothing and are gone
    const auto opened = unseal('p', envelope);
    BOOST_TEST(opened.value().plaintext() == "s");
    BOOST_TEST(opened.value().stale());
    const std::string fresh = seal('p', "s");
    BOOST_TEST(fresh.substr(1, 16) != envelope.substr(1, 16));
    BOOST_TEST(!unseal('p', fresh).value().stale());
    restart();
    BOOST_TEST(unseal('p', envelope).value().plaintext() == "s");
    BOOST_TEST(unseal('p', fresh).value().plaintext() == "s");
}

BOOST_AUTO_TEST_CASE(a_secret_opens_while_its_data_key_is_wrapped_again)
{
    Vault vault;
    const std::string envelope = vault.seal('p', "s3cret");
    vault.stop();
    bool is_first = true;
    vault.options.at_step = [&](std::string_view step) {
        // Between reading the record and asking the token: the whole job, old wrapping key destroyed.
        if (step == "data_key.unwrap" && std::exchange(is_first, false)) {
            rewrap(vault, false);
            vault.settle();
        }
    };
    vault.open_house();
    const auto opened = vault.unseal('p', envelope);
    BOOST_TEST(!is_first);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(opened.value().plaintext() == "s3cret");
    BOOST_TEST(vault.wrapping_keys() == 1U);
}

BOOST_AUTO_TEST_CASE(the_rewrap_job_survives_death_at_every_step)
{
    for (const char* step :
         {"wrapping_key.intended", "wrapping_key.generated", "wrapping_key.recorded", "rewrap.before",
          "rewrap.after", "data_key.recorded", "wrapping_key.destroyed"}) {
        BOOST_TEST_CONTEXT(step)
        {
            Vault vault;
            std::vector<std::string> envelopes;
            for (const char project : std::string{"abcde"}) {
                envelopes.push_back(vault.seal(project, std::string(1, project)));
            }
            vault.stop();
            BOOST_TEST(vault.kill_at(step, 1, [](KeyringHouse& child) {
                rewrap(child, true);
                child.settle();
            }));
            vault.open_house();
            vault.settle();
            for (std::size_t i = 0; i < envelopes.size(); ++i) {
                const char project = "abcde"[i];
                const auto opened = vault.unseal(project, envelopes[i]);
                BOOST_TEST_REQUIRE(opened.has_value());
                BOOST_TEST(opened.value().plaintext() == std::string(1, project));
            }
            BOOST_TEST(vault.wrapping_keys() == 1U);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(the_backup_key_alone_recovers_every_data_key, Vault)
{
    seal('p', "before");
    const EvpKeyPtr backup{EVP_RSA_gen(3072)};
    v1::SetBackupKey request;
    request.set_public_key_pem(pem_of(backup.get()));
    BOOST_TEST(keyrings->set_backup_key(request, test_uid).has_value());
    seal('q', "after");
    BOOST_TEST(code_of(keyrings->set_backup_key(
                   [] {
                       v1::SetBackupKey bad;
                       bad.set_public_key_pem("nonsense");
                       return bad;
                   }(),
                   test_uid))
               == v1::MALFORMED_REQUEST);
    stop();

    auto database = Database::open(this->database().string()).value();
    const auto rows = database.query("SELECT * FROM data_keys").value();
    BOOST_TEST(rows.size() == 2U);
    for (const Row& row : rows) {
        const DataKeyRecord record = read_data_key(row);
        const EvpKeyContextPtr context{EVP_PKEY_CTX_new(backup.get(), nullptr)};
        Bytes label = wrapping_context(record);
        void* owned = OPENSSL_memdup(label.data(), label.size());
        Bytes plain(1024);
        std::size_t length = plain.size();
        BOOST_TEST(EVP_PKEY_decrypt_init(context.get()) == 1);
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256());
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256());
        EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), owned, static_cast<int>(label.size()));
        BOOST_TEST(
            EVP_PKEY_decrypt(context.get(), plain.data(), &length, record.backup.data(), record.backup.size())
            == 1);
        BOOST_TEST(length == 32U);
    }
}

BOOST_FIXTURE_TEST_CASE(workers_that_race_for_a_projects_first_key_agree, Vault)
{
    std::vector<std::thread> workers;
    std::vector<std::string> envelopes(8);
    for (std::size_t i = 0; i < envelopes.size(); ++i) {
        workers.emplace_back([this, i, &envelopes] { envelopes[i] = seal('p', "s"); });
    }
    for (auto& worker : workers) {
        worker.join();
    }
    for (const std::string& envelope : envelopes) {
        BOOST_TEST(envelope.substr(1, 16) == envelopes[0].substr(1, 16));
        BOOST_TEST(unseal('p', envelope).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::testing
