#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/random.hpp"
#include "keyd/seal/backup.hpp"
#include "keyd/seal/envelope.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

LockedKey random_key()
{
    start_locked_memory(1024);
    std::array<std::uint8_t, locked_key_bytes> bytes{};
    fill_random(bytes);
    return std::move(*LockedKey::copy_of(bytes));
}

std::string pem_of(EVP_PKEY* key)
{
    const BioPtr bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PUBKEY(bio.get(), key);
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

BOOST_AUTO_TEST_SUITE(keyd_seal)

BOOST_AUTO_TEST_CASE(an_envelope_opens_with_the_same_key_project_and_context_only)
{
    const LockedKey key = random_key();
    const Uuid id = random_uuid();
    const Uuid project = random_uuid();
    const ByteView context = as_bytes("clients.secret:1");
    const std::string envelope = make_envelope(key, id, project, context, as_bytes("s3cret"));
    BOOST_TEST((envelope_data_key(as_bytes(envelope)) == id));
    BOOST_TEST((open_envelope(key, project, context, as_bytes(envelope)) == "s3cret"));
    BOOST_TEST(!open_envelope(random_key(), project, context, as_bytes(envelope)));
    BOOST_TEST(!open_envelope(key, random_uuid(), context, as_bytes(envelope)));
    BOOST_TEST(!open_envelope(key, project, as_bytes("clients.secret:2"), as_bytes(envelope)));
}

BOOST_AUTO_TEST_CASE(every_changed_byte_and_every_cut_is_noticed)
{
    const LockedKey key = random_key();
    const Uuid project = random_uuid();
    const ByteView context = as_bytes("c");
    const std::string envelope = make_envelope(key, random_uuid(), project, context, as_bytes("secret"));
    for (std::size_t i = 0; i < envelope.size(); ++i) {
        std::string changed = envelope;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        BOOST_TEST(!open_envelope(key, project, context, as_bytes(changed)), i);
        BOOST_TEST(!open_envelope(key, project, context, as_bytes(std::string_view{envelope}.substr(0, i))),
                   i);
    }
}

BOOST_AUTO_TEST_CASE(the_same_secret_never_gives_the_same_envelope)
{
    const LockedKey key = random_key();
    const Uuid id = random_uuid();
    BOOST_TEST(make_envelope(key, id, id, as_bytes("c"), as_bytes("s"))
               != make_envelope(key, id, id, as_bytes("c"), as_bytes("s")));
}

BOOST_AUTO_TEST_CASE(an_empty_secret_is_a_secret)
{
    const LockedKey key = random_key();
    const Uuid project = random_uuid();
    const std::string envelope = make_envelope(key, random_uuid(), project, as_bytes("c"), {});
    BOOST_TEST((open_envelope(key, project, as_bytes("c"), as_bytes(envelope)) == ""));
}

BOOST_AUTO_TEST_CASE(a_backup_key_is_rsa_of_3072_bits_or_more)
{
    const EvpKeyPtr small{EVP_RSA_gen(2048)};
    const auto refused = read_backup_key(pem_of(small.get()));
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().code == v1::RSA_TOO_SMALL);
    const EvpKeyPtr ec{EVP_EC_gen("P-256")};
    BOOST_TEST(read_backup_key(pem_of(ec.get())).has_error());
    BOOST_TEST(read_backup_key("not a key").has_error());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
