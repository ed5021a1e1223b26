"""private_key_jwt: RFC 7523 §2.2 and rfc7523bis, docs/spec-map.md JB-01 to JB-07."""

import concurrent.futures
import threading
import time
import uuid

import pytest

from jose import Key, claims_of, part
from oauth_client import ASSERTION_TYPE

GRANT = [("grant_type", "client_credentials")]


@pytest.fixture
def client(oauth):
    return oauth.add_client("private_key_jwt", Key("ES256"))


def present(oauth, assertion, *extra, node=0, kind=ASSERTION_TYPE):
    return oauth.post([*GRANT, ("client_assertion_type", kind), ("client_assertion", assertion), *extra], node=node)


def assert_refused(reply):
    assert (reply.status, reply.error) == (401, "invalid_client"), reply.body
    assert reply.json["error_description"] == "Client authentication failed."


@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS256", "EdDSA"])
def test_every_listed_algorithm_authenticates(oauth, alg):
    client = oauth.add_client("private_key_jwt", Key(alg))
    assert present(oauth, client.assertion(oauth.issuer)).status == 200
    assert present(oauth, client.assertion(oauth.issuer), ("client_id", client.id)).status == 200


@pytest.mark.parametrize("typ", ["JWT", "jwt", "client-authentication+jwt", "application/client-authentication+jwt"])
def test_types_of_an_assertion_are_accepted(oauth, client, typ):
    assertion = client.assertion(oauth.issuer, {"alg": "ES256", "kid": "k1", "typ": typ})
    assert present(oauth, assertion).status == 200


# X-20, ASVS 9.2.2
@pytest.mark.parametrize("typ", ["at+jwt", "dpop+jwt", "logout+jwt", "oauth-authz-req+jwt", "oauth-id-jag+jwt", "secevent+jwt",
                                 "entity-statement+jwt", "token-introspection+jwt"])
def test_other_kinds_of_token_are_refused(oauth, client, typ):
    assert_refused(present(oauth, client.assertion(oauth.issuer, {"alg": "ES256", "kid": "k1", "typ": typ})))


def test_our_own_access_token_is_no_assertion(oauth, client):
    token = oauth.token(client).json["access_token"]
    assert_refused(present(oauth, token))


# JB-02, AB-17
def test_audience_is_the_issuer_as_a_string_and_nothing_else(oauth, client):
    issuer = oauth.issuer
    for aud in (issuer + "/token", [issuer], [issuer, issuer + "/token"], issuer + "/", issuer.upper(), "", None, 7,
                issuer.rsplit("/", 1)[0] + "/other", {"a": issuer}):
        assert_refused(present(oauth, client.assertion(issuer, aud=aud)))
    assert present(oauth, client.assertion(issuer)).status == 200


def test_the_legacy_policy_also_takes_the_endpoint_and_arrays(oauth):
    client = oauth.add_client("private_key_jwt", Key("ES256"), audience="issuer_or_endpoint")
    for aud in (oauth.issuer, oauth.issuer + "/token", [oauth.issuer + "/token"], ["https://x.example/", oauth.issuer]):
        assert present(oauth, client.assertion(oauth.issuer, aud=aud)).status == 200, aud
    assert_refused(present(oauth, client.assertion(oauth.issuer, aud=oauth.issuer + "/jwks")))
    assert_refused(present(oauth, client.assertion(oauth.issuer, aud=[])))


# ASVS 9.2.1, X-18
def test_time_window_edges(oauth, client):
    now = int(time.time())
    good = [{"exp": now + 590}, {"exp": now - 60}, {"nbf": now + 60}, {"iat": now + 60}, {"exp": now + 60.5}, {"iat": None}]
    bad = [{"exp": None}, {"exp": now - 180}, {"exp": now + 900}, {"exp": now + 10**9}, {"nbf": now + 180},
           {"iat": now + 180}, {"exp": "soon"}, {"exp": str(now + 60)}, {"exp": -1}, {"exp": True}, {"nbf": "x"},
           {"iat": []}]
    for changes in good:
        assert present(oauth, client.assertion(oauth.issuer, **changes)).status == 200, changes
    for changes in bad:
        assert_refused(present(oauth, client.assertion(oauth.issuer, **changes)))


def test_issuer_and_subject_are_both_the_client(oauth, client):
    other = oauth.add_client("private_key_jwt", Key("ES256"))
    for changes in ({"iss": other.id}, {"sub": other.id}, {"iss": None}, {"sub": None}, {"iss": other.id, "sub": other.id},
                    {"iss": "nobody", "sub": "nobody"}, {"iss": 7, "sub": 7}):
        assert_refused(present(oauth, client.assertion(oauth.issuer, **changes)))
    reply = present(oauth, client.assertion(oauth.issuer), ("client_id", other.id))
    assert (reply.status, reply.error) == (400, "invalid_request")


@pytest.mark.parametrize("jti", [None, "", 7, "x" * 2000])
def test_jti_is_required(oauth, client, jti):
    assert_refused(present(oauth, client.assertion(oauth.issuer, jti=jti)))


# ASVS 9.1.1
def test_jwt_tampering_is_refused(oauth, client):
    assertion = client.assertion(oauth.issuer)
    head, claims, signature = assertion.split(".")
    longer = claims_of(assertion) | {"exp": int(time.time()) + 300}
    for forged in (f"{head}.{part(longer)}.{signature}", f"{head}.{claims}.{signature[:-4]}AAAA",
                   f"{head}.{claims}.", f"{head}.{claims}", f"{head}.{claims}.{signature}.", f"{head}.{claims}.{signature}="):
        assert_refused(present(oauth, forged))


# ASVS 9.1.2
def test_jwt_header_cannot_choose_its_alg(oauth):
    key = Key("RS256")
    client = oauth.add_client("private_key_jwt", key, alg="PS256")
    assert_refused(present(oauth, client.assertion(oauth.issuer)))
    client = oauth.add_client("private_key_jwt", key)
    for alg in ("none", "HS256", "RS512", "PS256", "rs256"):
        assert_refused(present(oauth, client.assertion(oauth.issuer, {"alg": alg, "kid": "k1"})))
    for header in ({"alg": "RS256", "kid": "k1", "crit": ["b64"], "b64": False}, {"alg": "RS256", "zip": "DEF"}, {"kid": "k1"}):
        assert_refused(present(oauth, client.assertion(oauth.issuer, header)))


# ASVS 9.1.3
def test_jwt_header_cannot_bring_its_key(oauth, client):
    attacker = Key("ES256")
    client.key = attacker
    for extra in ({"jwk": attacker.jwk}, {"jku": "https://attacker.example/jwks"}, {"x5u": "https://attacker.example/"},
                  {"kid": "k2"}):
        assert_refused(present(oauth, client.assertion(oauth.issuer, {"alg": "ES256", "kid": "k1"} | extra)))


def test_a_fapi2_client_may_not_use_rs256(oauth):
    assert_refused(present(oauth, oauth.add_client("private_key_jwt", Key("RS256"), profile="fapi2").assertion(oauth.issuer)))


@pytest.mark.parametrize("kind", ["", "jwt-bearer", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"])
def test_the_assertion_type_is_exact(oauth, client, kind):
    reply = present(oauth, client.assertion(oauth.issuer), kind=kind)
    assert (reply.status, reply.error) == (400, "invalid_request")


def test_a_client_registered_for_a_secret_cannot_use_an_assertion(oauth):
    client = oauth.add_client()
    client.key = Key("ES256")
    assert_refused(present(oauth, client.assertion(oauth.issuer)))


# SR-15, FI-40
def test_client_assertion_is_once(oauth, client):
    assertion = client.assertion(oauth.issuer)
    assert present(oauth, assertion).status == 200
    for node in range(len(oauth.nodes)):
        assert_refused(present(oauth, assertion, node=node))


def test_an_assertion_is_spent_by_a_refused_request_too(oauth, client):
    assertion = client.assertion(oauth.issuer)
    assert present(oauth, assertion, ("scope", "nothing")).error == "invalid_scope"
    assert_refused(present(oauth, assertion))
    assert_refused(present(oauth, assertion, ("scope", "nothing")))


def test_client_assertion_is_once_across_nodes_when_twenty_arrive_together(oauth, client):
    assert len(oauth.nodes) >= 2, "a replay test that uses one process proves nothing"
    for _ in range(3):
        jti = uuid.uuid4().hex
        assertion = client.assertion(oauth.issuer, jti=jti)
        start = threading.Barrier(20)

        def once(at):
            start.wait()
            return present(oauth, assertion, node=at % len(oauth.nodes))

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            replies = list(pool.map(once, range(20)))
        assert sorted(reply.status for reply in replies) == [200] + [401] * 19
        issued = [event for event in oauth.events(type="oauth.token.issued", client_id=client.id)]
        tokens = [reply.json["access_token"] for reply in replies if reply.status == 200]
        assert len(tokens) == 1
        jtis = [claims_of(token)["jti"] for token in tokens]
        assert [event["body"]["jti"] for event in issued][-1:] == jtis
    assert len(oauth.events(type="oauth.token.issued", client_id=client.id)) == 3
    assert len(oauth.events(type="oauth.client_authentication.failed", client_id=client.id)) == 57


def test_the_same_jti_works_for_another_client_and_in_another_realm(oauth, other_oauth, client):
    assert present(oauth, client.assertion(oauth.issuer, jti="shared")).status == 200
    another = oauth.add_client("private_key_jwt", Key("ES256"))
    assert present(oauth, another.assertion(oauth.issuer, jti="shared")).status == 200
    elsewhere = other_oauth.add_client("private_key_jwt", Key("ES256"))
    assert present(other_oauth, elsewhere.assertion(other_oauth.issuer, jti="shared")).status == 200


def test_an_assertion_for_one_realm_is_refused_in_another(oauth, other_oauth, client):
    assert_refused(present(other_oauth, client.assertion(oauth.issuer)))
    assert_refused(present(other_oauth, client.assertion(other_oauth.issuer)))
