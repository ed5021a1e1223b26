// Every operation and every refusal of SignJwt and Seal, over the wire of a real tessera-keyd.
#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/limits.hpp"
#include "tests/keyd/keyd_process.hpp"

using namespace tessera;
using namespace tessera::keyd;
using namespace tessera::keyd::testing;

namespace {

struct Running {
    SoftToken token;
    KeydProcess keyd{token};
    std::string keyring = keyring_of(keyd, "demo");
    Peer front = Peer::greeted(keyd.front());
    Peer admin = Peer::greeted(keyd.admin());

    ~Running()
    {
        if (std::uncaught_exceptions() > 0) {
            BOOST_TEST_MESSAGE(keyd.log());
        }
    }

    v1::ErrorCode refusal_of_claims(const std::string& claims)
    {
        v1::Request request = sign(keyring, "demo");
        request.mutable_sign_jwt()->set_claims(claims);
        return front.call(request).error().code();
    }
    v1::ErrorCode refusal_of_times(std::int64_t issued_in, std::int64_t lifetime)
    {
        const std::int64_t issued_at = to_unix_s(SystemClock{}.now()) + issued_in;
        return refusal_of_claims(
            fmt::format(R"({{"iss":"https://id.example.com/realms/demo","iat":{},"exp":{}}})", issued_at,
                        issued_at + lifetime));
    }
    v1::Response seal(const std::string& context, const std::string& plaintext)
    {
        v1::Request request;
        request.mutable_seal()->set_project(std::string(16, 'p'));
        request.mutable_seal()->set_context(context);
        request.mutable_seal()->set_plaintext(plaintext);
        return front.call(request);
    }
    v1::Response open(const std::string& context, const std::string& envelope)
    {
        v1::Request request;
        request.mutable_open()->set_project(std::string(16, 'p'));
        request.mutable_open()->set_context(context);
        request.mutable_open()->set_envelope(envelope);
        return front.call(request);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(process_operations)

BOOST_FIXTURE_TEST_CASE(every_refusal_of_sign_jwt_has_its_code, Running)
{
    const std::string good = claims_for("demo");
    v1::Request request = sign("keyring_0000000000000000000000000", "demo");
    BOOST_TEST(front.call(request).error().code() == v1::KEYRING_UNKNOWN);
    BOOST_TEST(refusal_of_claims("[]") == v1::CLAIMS_MALFORMED);
    BOOST_TEST(refusal_of_claims(good + " {}") == v1::CLAIMS_MALFORMED);
    BOOST_TEST(refusal_of_claims(R"({"iss":"a",)" + good.substr(1)) == v1::CLAIMS_DUPLICATE_MEMBER);
    std::string large = good;
    large.insert(1, "\"pad\":\"" + std::string(limits::jwt_claims_bytes_max, 'x') + "\",");
    BOOST_TEST(refusal_of_claims(large) == v1::CLAIMS_TOO_LARGE);
    std::string deep = good;
    deep.insert(1, "\"deep\":" + std::string(20, '[') + std::string(20, ']') + ",");
    BOOST_TEST(refusal_of_claims(deep) == v1::CLAIMS_TOO_DEEP);
    BOOST_TEST(refusal_of_claims(claims_for("other")) == v1::ISSUER_FOREIGN);
    BOOST_TEST(refusal_of_claims(R"({"iss":"https://id.example.com/realms/demo"})") == v1::LIFETIME_MISSING);
    BOOST_TEST(refusal_of_times(0, 315'360'000) == v1::LIFETIME_TOO_LONG);
    BOOST_TEST(refusal_of_times(0, 0) == v1::LIFETIME_NEGATIVE);
    BOOST_TEST(refusal_of_times(600, 60) == v1::ISSUED_AT_SKEWED);
    BOOST_TEST(refusal_of_times(-600, 60) == v1::ISSUED_AT_SKEWED);
    request = sign(keyring, "demo");
    request.mutable_sign_jwt()->set_typ("logout+evil");
    BOOST_TEST(front.call(request).error().code() == v1::TYP_NOT_ALLOWED);
    BOOST_TEST(front.call(sign(keyring, "demo", v1::EDDSA)).error().code() == v1::ALG_NOT_ALLOWED);
    BOOST_TEST(front.call(sign(keyring, "demo")).has_signed_jwt());
}

BOOST_FIXTURE_TEST_CASE(the_front_gets_keyrings_signatures_and_sealed_secrets, Running)
{
    v1::Request get;
    get.mutable_get_keyring()->set_keyring_id(keyring);
    const v1::Response view = front.call(get);
    BOOST_TEST(view.keyring().jwks().find("\"kid\"") != std::string::npos);
    BOOST_TEST(front.call(ensure("demo")).keyring().keyring_id() == keyring);  // idempotent
    v1::Request foreign = ensure("demo");
    foreign.mutable_ensure_realm_keyring()->set_issuer("https://evil.example/realms/demo");
    BOOST_TEST(front.call(foreign).error().code() == v1::ISSUER_NOT_UNDER_DOMAIN);
    for (const v1::Algorithm algorithm : {v1::ES256, v1::RS256}) {
        const v1::Response signed_jwt = front.call(sign(keyring, "demo", algorithm));
        BOOST_TEST(view.keyring().jwks().find(signed_jwt.signed_jwt().kid()) != std::string::npos);
    }

    const v1::Response sealed = seal("clients.secret:1", "hush");
    BOOST_TEST(sealed.has_sealed());
    const std::string envelope = sealed.sealed().envelope();
    BOOST_TEST(open("clients.secret:1", envelope).opened().plaintext() == "hush");
    BOOST_TEST(open("clients.secret:2", envelope).error().code() == v1::ENVELOPE_UNOPENABLE);
    BOOST_TEST(open("clients.secret:1", "nonsense").error().code() == v1::ENVELOPE_MALFORMED);
    BOOST_TEST(seal("c", std::string(limits::sealed_plaintext_bytes_max + 1, 'x')).error().code()
               == v1::PLAINTEXT_TOO_LARGE);
}

BOOST_FIXTURE_TEST_CASE(the_operator_manages_keyrings_and_watchers_are_told, Running)
{
    v1::Request watch;
    watch.mutable_watch_keyrings();
    BOOST_TEST(front.call(watch).watching().incarnation() != 0U);

    v1::Request create;
    create.mutable_create_keyring()->set_label("shared");
    create.mutable_create_keyring()->set_shared(true);
    create.mutable_create_keyring()->add_algorithms(v1::ES256);
    const std::string shared = admin.call(create).keyring().keyring_id();
    BOOST_TEST(!shared.empty());
    auto event = front.receive_event();  // the demo keyring's standby may be published meanwhile
    while (event && event->keyring_changed().keyring().keyring_id() != shared) {
        event = front.receive_event();
    }
    BOOST_REQUIRE(event);
    BOOST_TEST(event->keyring_changed().keyring().keys_size() == 0);

    v1::Request enrol;
    enrol.mutable_enrol_issuer()->set_keyring_id(shared);
    enrol.mutable_enrol_issuer()->set_issuer("https://id.example.com/realms/small");
    BOOST_TEST(admin.call(enrol).keyring().issuers_size() == 1);
    BOOST_TEST(front.call(sign(shared, "small")).has_signed_jwt());
    v1::Request withdraw;
    withdraw.mutable_withdraw_issuer()->set_keyring_id(shared);
    withdraw.mutable_withdraw_issuer()->set_issuer("https://id.example.com/realms/small");
    BOOST_TEST(admin.call(withdraw).has_keyring());
    BOOST_TEST(front.call(sign(shared, "small")).error().code() == v1::ISSUER_FOREIGN);

    v1::Request policy;
    policy.mutable_set_keyring_policy()->set_keyring_id(keyring);
    policy.mutable_set_keyring_policy()->mutable_policy()->set_lifetime_max_s(120);
    BOOST_TEST(admin.call(policy).keyring().policy().lifetime_max_s() == 120U);
    BOOST_TEST(front.call(sign(keyring, "demo")).error().code() == v1::LIFETIME_TOO_LONG);

    v1::Request list;
    list.mutable_list_keyrings();
    BOOST_TEST(admin.call(list).keyring_list().keyrings_size() == 2);
    v1::Request destroy;
    destroy.mutable_destroy_keyring()->set_keyring_id(shared);
    BOOST_TEST(admin.call(destroy).has_done());
}

BOOST_FIXTURE_TEST_CASE(keys_are_rotated_and_revoked_by_the_operator, Running)
{
    const std::string before = front.call(sign(keyring, "demo")).signed_jwt().kid();
    v1::Request rotate;
    rotate.set_deadline_ms(30'000);
    rotate.mutable_rotate_keyring()->set_keyring_id(keyring);
    rotate.mutable_rotate_keyring()->set_algorithm(v1::ES256);
    rotate.mutable_rotate_keyring()->set_force(true);
    BOOST_REQUIRE(
        eventually([&] { return admin.call(rotate).has_keyring(); }));  // once a standby has been made
    const std::string after = front.call(sign(keyring, "demo")).signed_jwt().kid();
    BOOST_TEST(after != before);
    v1::Request revoke;
    revoke.mutable_revoke_key()->set_keyring_id(keyring);
    revoke.mutable_revoke_key()->set_kid(before);
    revoke.mutable_revoke_key()->set_reason("test");
    const v1::Response revoked = admin.call(revoke);
    BOOST_TEST(revoked.has_keyring());
    BOOST_TEST(revoked.keyring().jwks().find(before) == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_operator_sees_tokens_the_journal_and_the_self_test, Running)
{
    v1::Request tokens;
    tokens.mutable_list_tokens();
    const v1::Response list = admin.call(tokens);
    BOOST_REQUIRE(list.token_list().tokens_size() == 1);
    BOOST_TEST(list.token_list().tokens(0).label() == token.label());
    BOOST_TEST(!list.token_list().tokens(0).serial().empty());
    v1::Request test;
    test.set_deadline_ms(30'000);
    test.mutable_self_test();
    const v1::Response report = admin.call(test);
    BOOST_TEST(report.self_test_report().checks_size() > 3);
    for (const auto& check : report.self_test_report().checks()) {
        BOOST_TEST(check.passed(), check.name() << ": " << check.detail());
    }
    v1::Request journal;
    journal.mutable_read_journal();
    const v1::Response page = admin.call(journal);
    BOOST_TEST(page.journal_page().entries_size() >= 2);
    v1::Request rewrap;
    rewrap.mutable_rewrap_data_keys()->set_data_keys(true);
    BOOST_TEST(seal("c", "before").has_sealed());
    BOOST_TEST(admin.call(rewrap).has_done());
    v1::Request backup;
    backup.mutable_set_backup_key()->set_public_key_pem("nonsense");
    BOOST_TEST(admin.call(backup).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
