"""Token introspection: RFC 7662, and its signed answer, RFC 9701."""

import time
import uuid

import pytest

from jose import Key, claims_of, header_of, verify
from oauth_client import ASSERTION_TYPE, OauthRealm, basic_header
from wait import SANITIZER_FACTOR, wait_for

INACTIVE = b'{"active":false}'
JWT = "application/token-introspection+jwt"


class Api:
    """A resource, the client that speaks for it and one that may ask for tokens."""

    def __init__(self, oauth):
        self.oauth = oauth
        self.uri = f"https://{uuid.uuid4().hex}.example.com/api"
        self.resource = oauth.add_resource(self.uri, ["read", "write"])
        self.server = oauth.add_client()
        self.client = oauth.add_client()
        oauth.grant(self.client, self.resource, ["read", "write"])
        self.speak_for(self.server)

    def speak_for(self, client):
        self.oauth.execute("UPDATE tessera.resources SET introspection_client_id = %s WHERE resource_id = %s",
                           [str(client.uuid) if client else None, str(self.resource)])

    def token(self, **parameters):
        reply = self.oauth.token(self.client, resource=self.uri, **parameters)
        assert reply.status == 200, reply.body
        return reply.json["access_token"]

    def ask(self, token, caller=None, node=0, headers=(), **parameters):
        caller = caller or self.server
        return self.oauth.post({"token": token, **parameters}, [basic_header(caller.id, caller.secret), *headers], node,
                               "/introspect")


@pytest.fixture
def api(oauth):
    return Api(oauth)


def test_an_active_token_is_told_to_the_client_that_speaks_for_its_resource(api, oauth):
    token = api.token(scope="read")
    claims = claims_of(token)
    for _ in range(2):  # seen for the first time, and remembered
        reply = api.ask(token)
        assert reply.status == 200 and reply.headers["Content-Type"] == "application/json"
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.json == {"active": True, "scope": "read", "client_id": api.client.id, "token_type": "Bearer",
                              "exp": claims["exp"], "iat": claims["iat"], "sub": api.client.id, "aud": api.uri,
                              "iss": oauth.issuer, "jti": claims["jti"]}


def test_another_audience_is_inactive_until_the_client_may_see_every_token(api, oauth):
    token, stranger = api.token(), oauth.add_client()
    assert api.ask(token, stranger).body == INACTIVE
    assert api.ask(oauth.token(api.client).json["access_token"]).body == INACTIVE  # the realm's own API
    oauth.execute("UPDATE tessera.clients SET introspection_allowed = true WHERE client_id = %s", [str(stranger.uuid)])
    wait_for("the permission", lambda: api.ask(token, stranger).json["active"], 2 * SANITIZER_FACTOR)
    # RFC 7662 §2.2: the client that asks for tokens learns nothing of them here.
    assert api.ask(token, api.client).body == INACTIVE


def test_a_resource_that_changes_its_client_tells_the_old_one_no_more(api, oauth):
    token, successor = api.token(), oauth.add_client()
    assert api.ask(token).json["active"]
    api.speak_for(successor)
    wait_for("the old client", lambda: api.ask(token).body == INACTIVE, 2 * SANITIZER_FACTOR)
    assert api.ask(token, successor).json["active"]


def test_every_kind_of_no_is_the_same_answer(api, oauth, other_oauth):
    token = api.token()
    head, body, signature = token.split(".")
    flipped = signature[:-5] + ("A" if signature[-5] != "A" else "B") + signature[-4:]
    elsewhere = other_oauth.token(other_oauth.add_client()).json["access_token"]
    forged = Key("ES256", kid="nobody").sign(claims_of(token), {"alg": "ES256", "kid": "nobody", "typ": "at+jwt"})
    oauth.execute("UPDATE tessera.clients SET introspection_allowed = true WHERE client_id = %s", [str(api.server.uuid)])
    for bad in ("x", "a.b.c", token + "x", token[:-1], f"{head}.{body}.{flipped}", f"{head}.{body}.", elsewhere, forged,
                "tessera_refresh_" + "A" * 43, "é", "A" * 20000):
        reply = api.ask(bad)
        assert (reply.status, reply.body) == (200, INACTIVE), bad[:40]


def test_every_byte_of_a_token_counts(api):
    """SR-14: not even one bit of the last character may be another."""
    token = api.token()
    assert api.ask(token).json["active"]
    for at in (0, 10, len(token) // 2, len(token) - 2, len(token) - 1):
        other = "A" if token[at] != "A" else "B"
        assert api.ask(token[:at] + other + token[at + 1:]).body == INACTIVE, at


def test_an_expired_token_is_inactive_though_it_is_remembered(oauth):
    api = Api(oauth)
    api.client = oauth.add_client(lifetime_s=30)
    oauth.grant(api.client, api.resource, ["read"])
    token = api.token()
    assert api.ask(token).json["active"]
    wait_for("the end of the token", lambda: time.time() >= claims_of(token)["exp"], 40)
    assert api.ask(token).body == INACTIVE


def test_the_caller_must_authenticate(api):
    token = api.token()
    reply = api.oauth.post({"token": token}, path="/introspect")
    assert reply.status == 401 and reply.json["error"] == "invalid_client"
    reply = api.oauth.post({"token": token}, [basic_header(api.server.id, "tessera_secret_wrong")], path="/introspect")
    assert reply.status == 401 and reply.headers["WWW-Authenticate"].startswith("Basic")
    # RFC 9701 §5: the signed answer is no way round it.
    assert api.oauth.post({"token": token}, [("Accept", JWT)], path="/introspect").status == 401
    # A token is no authentication of a resource server.
    reply = api.oauth.post({"token": token}, [("Authorization", f"Bearer {token}")], path="/introspect")
    assert reply.status in (400, 401)


def test_the_request_is_one_strict_form(api):
    token, auth = api.token(), [basic_header(api.server.id, api.server.secret)]
    for form, path in (({}, "/introspect"), ([("token", token), ("token", token)], "/introspect"),
                       ({"token": token}, "/introspect?token=x"), ({"token": ""}, "/introspect")):
        reply = api.oauth.post(form, auth, path=path)
        assert reply.status == 400 and reply.json["error"] == "invalid_request", (form, path)
    assert api.oauth.post('{"token":"x"}', auth, path="/introspect", content_type="application/json").status == 400
    assert api.oauth.get(api.oauth.path + "/introspect").status == 405


def test_a_wrong_hint_changes_nothing(api):
    token = api.token()
    for hint in ("refresh_token", "access_token", "pizza"):
        assert api.ask(token, token_type_hint=hint).json["active"], hint


def test_other_origins_may_not_read_it(api):
    reply = api.ask(api.token(), headers=[("Origin", "https://app.example")])
    assert "Access-Control-Allow-Origin" not in reply.headers


def test_a_plain_answer_leaves_no_row_in_the_trail(api, oauth):
    token = api.token()
    before = len(oauth.events())
    assert api.ask(token).json["active"] and api.ask("x").body == INACTIVE
    assert len(oauth.events()) == before


def test_an_assertion_counts_once_here_and_at_the_token_endpoint(api, oauth):
    key = Key("ES256")
    server = oauth.add_client("private_key_jwt", key)
    api.speak_for(server)
    token = api.token()

    def ask(assertion, path="/introspect", **more):
        return oauth.post({"token": token, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, **more}, path=path)

    assertion = server.assertion(oauth.issuer)
    wait_for("the new client", lambda: ask(server.assertion(oauth.issuer)).json["active"], 2 * SANITIZER_FACTOR)
    assert ask(assertion).json["active"]
    assert ask(assertion).status == 401
    assert ask(assertion, "/token", grant_type="client_credentials").status == 401
    assert oauth.events(type="oauth.client.authenticated", client_id=server.id)


# RFC 9701 -----------------------------------------------------------------------------------------------------------------


def signed(api, token, accept=JWT, **more):
    reply = api.ask(token, headers=[("Accept", accept)], **more)
    assert reply.status == 200 and reply.headers["Content-Type"] == JWT, reply.body
    return verify(reply.body.decode(), api.oauth.jwks())


def test_the_signed_answer_is_for_its_caller_and_no_token_itself(api, oauth):
    token = api.token(scope="write")
    header, claims = signed(api, token)
    assert header["typ"] == "token-introspection+jwt" and header["alg"] == "RS256"
    assert set(claims) == {"iss", "aud", "iat", "token_introspection"}
    assert (claims["iss"], claims["aud"]) == (oauth.issuer, api.server.id)
    assert abs(claims["iat"] - time.time()) < 10
    answer = claims["token_introspection"]
    assert answer == api.ask(token).json and answer["scope"] == "write"
    # Shown as a token it is none.
    reply = api.ask(token, headers=[("Accept", JWT)])
    assert api.ask(reply.body.decode()).body == INACTIVE


def test_the_signed_answer_to_no_says_no_more_than_the_plain_one(api):
    _, claims = signed(api, "x", f"{JWT};q=0.9, application/json;q=0.1")
    assert claims["token_introspection"] == {"active": False}


def test_the_registered_algorithm_signs(api, oauth):
    oauth.execute("UPDATE tessera.clients SET introspection_signed_response_alg = 'ES256' WHERE client_id = %s",
                  [str(api.server.uuid)])
    token = api.token()
    wait_for("the algorithm", lambda: signed(api, token)[0]["alg"] == "ES256", 2 * SANITIZER_FACTOR)


def test_the_signed_answer_must_be_asked_for(api):
    token = api.token()
    for accept in ("*/*", "application/json", f"{JWT};q=0", "application/jwt"):
        reply = api.ask(token, headers=[("Accept", accept)])
        assert reply.headers["Content-Type"] == "application/json", accept


# What ends a client's own token ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", [0, 1])
def test_a_disabled_clients_tokens_are_inactive_on_every_node(api, oauth, node):
    token = api.token()
    assert api.ask(token, node=node).json["active"]
    oauth.execute("UPDATE tessera.clients SET disabled = true WHERE client_id = %s", [str(api.client.uuid)])
    wait_for("the end of the client", lambda: api.ask(token, node=node).body == INACTIVE, 2 * SANITIZER_FACTOR)
    oauth.execute("UPDATE tessera.clients SET disabled = false WHERE client_id = %s", [str(api.client.uuid)])
    wait_for("the client's return", lambda: api.ask(token, node=node).json["active"], 2 * SANITIZER_FACTOR)


def test_a_deleted_clients_tokens_are_inactive(api, oauth):
    token = api.token()
    assert api.ask(token).json["active"]
    oauth.execute("DELETE FROM tessera.client_access WHERE client_id = %s", [str(api.client.uuid)])
    oauth.execute("DELETE FROM tessera.clients WHERE client_id = %s", [str(api.client.uuid)])
    wait_for("the end of the client", lambda: api.ask(token).body == INACTIVE, 2 * SANITIZER_FACTOR)


def test_a_key_revoked_in_an_emergency_takes_its_tokens_along(realm, nodes):
    """What was verified with a key is not believed once the key is gone from the JWKS."""
    api = Api(OauthRealm(realm.issuer, nodes, realm.stack.postgres.database_url))
    token = api.token()
    assert api.ask(token).json["active"]
    realm.stack.tessera("keys", "revoke", realm.keyring_id(), header_of(token)["kid"], "--reason", "test")
    wait_for("the end of the key", lambda: api.ask(token).body == INACTIVE, 5 * SANITIZER_FACTOR)
