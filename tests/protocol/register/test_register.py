"""Dynamic client registration and its management: RFC 7591, RFC 7592, docs/spec-map.md RG-01 to RG-07, O-12, O-23."""

import hashlib
import json
import os
import urllib.parse
import uuid

import pytest

from jose import Key, b64url
from oauth_client import ASSERTION_TYPE, OauthClient, basic_header, wait_for_keys
from registrar import CALLBACK, SOON, Registrar
from signed_in import Person
from wait import wait_for


@pytest.fixture
def registrar(stack, nodes):
    return Registrar(stack, nodes, "open")


def refused(reply, code="invalid_client_metadata"):
    return reply.status == 400 and reply.json["error"] == code


# Off, by token, open ------------------------------------------------------------------------------------------------------


def test_it_is_off_unless_the_project_says_otherwise(stack, nodes, oauth):
    assert "registration_endpoint" not in oauth.get(oauth.path + "/.well-known/openid-configuration").json
    reply = oauth.nodes[0].request("POST", oauth.path + "/register", b'{"redirect_uris":["https://a.example/"]}',
                                   [("Content-Type", "application/json")])
    assert reply.status == 404


def test_an_initial_access_token_is_needed_and_used_up(stack, nodes):
    registrar, token = Registrar(stack, nodes, "token"), b64url(os.urandom(32))
    registrar.oauth.execute("INSERT INTO tessera.initial_access_tokens (project_id, token_id, digest, uses_left, expire_time) "
                            "VALUES (%s, %s, %s, 2, now() + interval '1 hour')",
                            [str(registrar.oauth.project), str(uuid.uuid4()), hashlib.sha256(token.encode()).digest()])
    reply = registrar.register()
    assert reply.status == 401 and reply.headers["WWW-Authenticate"] == 'Bearer realm="registration"'
    assert registrar.register(token="x").status == 401
    assert refused(registrar.register(token=token, redirect_uris=[]), "invalid_redirect_uri")  # costs no use
    assert [registrar.register(token=token).status for _ in range(3)] == [201, 201, 401]


def test_an_operator_makes_an_initial_access_token(stack, nodes):
    registrar = Registrar(stack, nodes, "token")
    made = stack.tessera_json("project", "registration-token", registrar.oauth.slug, "--uses", "2")
    token = made["initialAccessToken"]
    assert token.startswith("tessera_initial_access_") and made["uses"] == 2
    assert [registrar.register(token=token).status for _ in range(3)] == [201, 201, 401]
    assert registrar.oauth.execute("SELECT uses_left, digest FROM tessera.initial_access_tokens")[0][0] == 0
    (event,) = registrar.oauth.events(type="client.registration.token.created")
    assert token not in json.dumps(event) and event["principal_kind"] == "operator"
    assert made["trusted"] is False and registrar.oauth.execute("SELECT DISTINCT trusted FROM tessera.clients") == [(False,)]
    for bad in ("0x", "-1", "1001"):
        assert stack.tessera("project", "registration-token", registrar.oauth.slug, f"--uses={bad}", check=False).returncode != 0


def test_an_operator_vouches_for_whoever_registers_with_a_token_until_it_says_it_is_another(stack, nodes):
    """RFC 9700 4.11.2: what is vouched for hears of refusals where it asked to be told."""
    registrar = Registrar(stack, nodes, "token")
    token = stack.tessera_json("project", "registration-token", registrar.oauth.slug, "--trusted")["initialAccessToken"]
    client = registrar.made(token=token)
    assert registrar.oauth.execute("SELECT trusted, skip_consent FROM tessera.clients") == [(True, False)]
    target = f"{registrar.oauth.path}/authorize?" + urllib.parse.urlencode(
        {"client_id": client["client_id"], "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "prompt": "none", "nonce": "n"})
    reply = registrar.oauth.get(target)
    assert reply.status in (302, 303) and reply.headers["Location"].startswith(f"{CALLBACK}?error=login_required"), reply.headers
    assert registrar.manage(client, "PUT", {"client_id": client["client_id"], "redirect_uris": ["https://other.example/cb"]}).status == 200
    assert registrar.oauth.execute("SELECT trusted FROM tessera.clients") == [(False,)]


def test_open_registration_is_bounded_by_address(registrar):
    statuses = [registrar.register().status for _ in range(21)]
    assert statuses[:20] == [201] * 20 and statuses[20] == 429
    assert int(registrar.register().headers["Retry-After"]) > 60


# What is registered -------------------------------------------------------------------------------------------------------


def test_the_answer_has_everything_registered_with_its_defaults(registrar):
    reply = registrar.register(client_name="An app", unknown_member={"a": 1}, **{"client_name#de": "Eine App"})
    assert reply.status == 201 and reply.headers["Cache-Control"] == "no-store"
    client = reply.json
    assert client["client_id"].startswith("client_") and client["client_secret"].startswith("tessera_secret_")
    assert client["client_secret_expires_at"] == 0 and client["client_id_issued_at"] > 0
    assert client["registration_client_uri"].startswith(registrar.oauth.issuer + "/register?")
    assert client["registration_access_token"]
    assert {"client_name": "An app", "redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic", "application_type": "web", "subject_type": "public"}.items() \
        <= client.items()
    assert "unknown_member" not in client
    (row,) = registrar.oauth.execute("SELECT trusted, skip_consent, introspection_allowed, profile FROM tessera.clients")
    assert row == (False, False, False, "web_confidential")
    (event,) = registrar.oauth.events(type="client.created", client_id=client["client_id"])
    assert event["authority"] == "registration=open"


def test_a_registered_client_can_use_a_code(registrar):
    client = registrar.made(token_endpoint_auth_method="none", grant_types=["authorization_code", "refresh_token"],
                            redirect_uris=["https://rp.example/callback"])
    assert "client_secret" not in client and "client_secret_expires_at" not in client
    row = registrar.oauth.execute("SELECT client_id FROM tessera.clients")[0][0]
    made = type("Made", (), {"uuid": row, "id": client["client_id"], "method": "none"})()
    wait_for_keys(registrar.stack, registrar.oauth.issuer)
    tokens = Person(registrar.oauth).tokens(made)
    assert tokens.access and tokens.renew().status == 200


def test_a_stranger_gets_no_grant_without_a_person_and_no_scope_of_ours(registrar):
    """RG-04."""
    client = registrar.made(grant_types=["authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer", "password"],
                            scope="openid profile admin console:write")
    assert client["grant_types"] == ["authorization_code"] and set(client["scope"].split()) == {"openid", "profile"}
    reply = registrar.oauth.post({"grant_type": "client_credentials"}, [basic_header(client["client_id"], client["client_secret"])])
    assert reply.status == 400 and reply.json["error"] == "unauthorized_client"
    assert refused(registrar.register(grant_types=["client_credentials"]))
    assert refused(registrar.register(response_types=["token"]))


@pytest.mark.parametrize("uri", ["http://app.example/cb", "https://app.example/cb#f", "https://user@app.example/cb", "javascript:alert(1)",
                                 "data:text/html,x", "com.example.app:/cb", "/cb", "https://app.example/a/../cb", "https://*.example/cb", ""])
def test_a_redirect_uri_that_is_not_safe_is_refused(registrar, uri):
    """O-23."""
    for application_type in ("web", "native"):
        assert refused(registrar.register(redirect_uris=[uri], application_type=application_type), "invalid_redirect_uri")
    assert refused(registrar.register(redirect_uris=[CALLBACK, uri]), "invalid_redirect_uri")


def test_redirect_uris_are_required(registrar):
    for uris in (None, [], "https://app.example/cb", [1]):
        reply = registrar.call("POST", registrar.oauth.path + "/register", {} if uris is None else {"redirect_uris": uris})
        assert reply.status == 400 and reply.json["error"] in ("invalid_redirect_uri", "invalid_client_metadata"), uris


def test_the_loopback_makes_a_native_application(registrar):
    """RG-07: old MCP clients leave application_type out."""
    client = registrar.made(redirect_uris=["http://127.0.0.1/cb", "http://localhost:3000/cb"], token_endpoint_auth_method="none",
                            client_uri="https://vendor.example/")
    assert client["application_type"] == "native"
    assert refused(registrar.register(redirect_uris=["http://127.0.0.1/cb", CALLBACK]), "invalid_redirect_uri")


@pytest.mark.parametrize("name", ["client_uri", "logo_uri", "policy_uri", "tos_uri", "initiate_login_uri", "backchannel_logout_uri",
                                  "frontchannel_logout_uri", "sector_identifier_uri"])
def test_no_uri_of_a_client_is_a_script(registrar, name):
    """RG-05, row 10.4.7."""
    for uri in ("javascript:alert(1)", "data:text/html,x", "http://app.example/x", "//app.example", "https://app.example/x y", 7):
        assert refused(registrar.register(**{name: uri})), uri


def test_a_logo_is_on_a_host_of_the_clients_own(registrar):
    assert refused(registrar.register(logo_uri="https://bank.example/logo.png"))
    assert registrar.made(logo_uri="https://app.example/logo.png")["logo_uri"] == "https://app.example/logo.png"


def test_a_frame_of_logout_is_on_an_origin_of_the_clients_own(registrar):
    assert refused(registrar.register(frontchannel_logout_uri="https://other.example/out"))
    assert registrar.made(frontchannel_logout_uri="https://app.example/out")


def test_what_cannot_be_had_is_said_where_silence_would_harm(registrar):
    for metadata in ({"id_token_encrypted_response_alg": "RSA-OAEP"}, {"software_statement": "e30.e30."}, {"token_endpoint_auth_method": "client_secret_jwt"},
                     {"jwks_uri": "https://app.example/jwks"}, {"id_token_signed_response_alg": "none"}, {"id_token_signed_response_alg": "HS256"},
                     {"subject_type": "other"}, {"application_type": "browser"}, {"default_max_age": -1}, {"default_max_age": "1"},
                     {"require_auth_time": "yes"}, {"client_name": "x" * 300}, {"client_name": "a\u0000b"}, {"contacts": "me"},
                     {"token_endpoint_auth_method": "private_key_jwt"}, {"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}):
        assert refused(registrar.register(**metadata)), metadata


def test_a_client_with_a_key_authenticates_by_it(registrar):
    key = Key("ES256")
    client = registrar.made(token_endpoint_auth_method="private_key_jwt", jwks=json.loads(key.jwks))
    assert "client_secret" not in client and client["jwks"] == json.loads(key.jwks)

    def revoke(signed_by):
        assertion = OauthClient(client["client_id"], None, "private_key_jwt", key=signed_by).assertion(registrar.oauth.issuer)
        form = {"token": "unknown", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        return registrar.oauth.post(form, path="/revoke")
    assert revoke(key).status == 200
    stranger = revoke(Key("ES256"))
    assert stranger.status == 401 and stranger.error == "invalid_client"


def test_the_body_is_one_strict_json_object(registrar):
    path = registrar.oauth.path + "/register"
    for body, kind in ((b"{", "application/json"), (b"[]", "application/json"), (b'{"a":1,"a":2}', "application/json"), (b"", "application/json"),
                       (b'{"redirect_uris":["https://a.example/"]}', "text/plain"), (b"{" + b'"a":[' * 50, "application/json")):
        assert refused(registrar.call("POST", path, body, content_type=kind)), body


# Sectors ------------------------------------------------------------------------------------------------------------------


def test_pairwise_subjects_and_several_hosts_need_a_sector(registrar):
    """O-12."""
    hosts = [CALLBACK, "https://other.example/cb"]
    assert refused(registrar.register(redirect_uris=hosts, subject_type="pairwise"))
    assert registrar.made(subject_type="pairwise")["subject_type"] == "pairwise"


def test_the_sector_document_is_fetched_and_never_from_within(registrar):
    """SR-13: by https, and from public addresses only."""
    for uri in ("https://127.0.0.1:9/sector.json", "https://localhost:9/sector.json", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/latest"):
        reply = registrar.register(sector_identifier_uri=uri, subject_type="pairwise")
        assert refused(reply) and "10.0.0.1" not in reply.body.decode()


# Management ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", [0, 1])
def test_a_client_reads_its_registration_with_its_token(registrar, node):
    client = registrar.made(client_name="An app")
    reply = registrar.manage(client, node=node)
    assert reply.status == 200 and reply.headers["Cache-Control"] == "no-store"
    assert reply.json == {name: value for name, value in client.items() if name != "client_secret"}


def test_a_wrong_token_and_an_unknown_client_are_one_answer(registrar):
    """RG-06."""
    client, other = registrar.made(), registrar.made()
    unknown = client | {"registration_client_uri": client["registration_client_uri"][:-4] + "zzzz"}
    replies = [registrar.manage(client, method, body, token)
               for method, body in (("GET", None), ("PUT", {"client_id": client["client_id"], "redirect_uris": [CALLBACK]}), ("DELETE", None))
               for token in ("x", other["registration_access_token"], client["client_secret"], client["registration_access_token"][:-1])]
    replies.append(registrar.manage(unknown))
    assert {reply.status for reply in replies} == {401} and len({reply.body for reply in replies}) == 1
    assert registrar.call("GET", registrar.oauth.path + "/register").status == 401
    assert registrar.manage(client).status == 200


def test_an_update_replaces_everything(registrar):
    client = registrar.made(client_name="An app", contacts=["me@app.example"], tos_uri="https://app.example/tos")
    reply = registrar.manage(client, "PUT", {"client_id": client["client_id"], "client_secret": client["client_secret"],
                                             "redirect_uris": ["https://app.example/new"], "client_name": "Another name"})
    assert reply.status == 200, reply.body
    updated = reply.json
    assert updated["redirect_uris"] == ["https://app.example/new"] and updated["client_name"] == "Another name"
    assert "contacts" not in updated and "tos_uri" not in updated
    for node in (0, 1):
        wait_for("both nodes", lambda: registrar.manage(client, node=node).json["client_name"] == "Another name", SOON)


def test_an_update_says_who_and_nothing_that_is_ours(registrar):
    client, other = registrar.made(), registrar.made()
    good = {"client_id": client["client_id"], "redirect_uris": [CALLBACK]}
    for change in ({"client_id": other["client_id"]}, {"client_id": None}, {"client_secret": "wrong"}, {"registration_access_token": "x"},
                   {"registration_client_uri": "x"}, {"client_id_issued_at": 1}, {"client_secret_expires_at": 0},
                   {"token_endpoint_auth_method": "none"}, {"redirect_uris": ["javascript:x"]}):
        reply = registrar.manage(client, "PUT", good | change)
        assert reply.status == 400, change
    assert registrar.manage(client).json["redirect_uris"] == [CALLBACK]


def test_an_update_makes_nobody_trusted(registrar):
    client = registrar.made()
    body = {"client_id": client["client_id"], "redirect_uris": [CALLBACK], "trusted": True, "skip_consent": True, "introspection_allowed": True}
    assert registrar.manage(client, "PUT", body).status == 200
    assert registrar.oauth.execute("SELECT trusted, skip_consent, introspection_allowed FROM tessera.clients") == [(False, False, False)]


def test_an_update_widens_nothing_an_operator_made_narrower(registrar):
    client = registrar.made(grant_types=["authorization_code", "refresh_token"])
    columns = {"profile": "oidc_legacy", "scopes": ["openid", "email"], "grant_types": ["authorization_code"], "access_token_lifetime_s": 60}
    registrar.oauth.execute(f"UPDATE tessera.clients SET {', '.join(f'{name} = %s' for name in columns)}", list(columns.values()))
    body = {"client_id": client["client_id"], "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"],
            "scope": "email profile openid"}
    wait_for("the change", lambda: set(registrar.manage(client).json["scope"].split()) == {"openid", "email"}, SOON)
    reply = registrar.manage(client, "PUT", body)
    assert reply.status == 200 and set(reply.json["scope"].split()) == {"openid", "email"} and reply.json["grant_types"] == ["authorization_code"]
    (row,) = registrar.oauth.execute(f"SELECT {', '.join(columns)} FROM tessera.clients")
    assert [sorted(value) if isinstance(value, list) else value for value in row] == ["oidc_legacy", ["email", "openid"], ["authorization_code"], 60]


def test_an_update_leaves_no_profile_an_operator_chose_by_another_way_to_authenticate(registrar):
    client = registrar.made(token_endpoint_auth_method="private_key_jwt", jwks=json.loads(Key("ES256").jwks))
    registrar.oauth.execute("UPDATE tessera.clients SET profile = 'fapi2', display_name = 'changed'")
    wait_for("the change", lambda: registrar.manage(client).json["client_name"] == "changed", SOON)
    body = {"client_id": client["client_id"], "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
    assert refused(registrar.manage(client, "PUT", body))
    assert registrar.oauth.execute("SELECT profile, token_endpoint_auth_method FROM tessera.clients") == [("fapi2", "private_key_jwt")]


def test_a_deleted_client_is_gone_with_its_tokens(registrar):
    client = registrar.made(redirect_uris=["https://rp.example/callback"], grant_types=["authorization_code", "refresh_token"])
    row = registrar.oauth.execute("SELECT client_id FROM tessera.clients")[0][0]
    made = type("Made", (), {"uuid": row, "id": client["client_id"], "method": "client_secret_basic", "secret": client["client_secret"]})()
    wait_for_keys(registrar.stack, registrar.oauth.issuer)
    tokens = Person(registrar.oauth).tokens(made)
    reply = registrar.manage(client, "DELETE")
    assert (reply.status, reply.body) == (204, b"")
    assert registrar.manage(client).status == 401 and registrar.manage(client, "DELETE").status == 401
    assert tokens.renew().status == 401
    assert registrar.oauth.execute("SELECT count(*) FROM tessera.token_families") == [(0,)]
    assert registrar.oauth.events(type="client.deleted", client_id=client["client_id"])


def test_what_registered_is_managed_on_when_registration_is_off(registrar):
    client = registrar.made()
    registrar.set_policy("off")
    assert registrar.register().status == 404
    assert registrar.manage(client).status == 200 and registrar.manage(client, "DELETE").status == 204


def test_a_client_nobody_used_makes_room(registrar):
    old = registrar.made()
    registrar.oauth.execute("UPDATE tessera.clients SET create_time = now() - interval '31 days'")
    registrar.made()
    wait_for("the old client to be gone", lambda: registrar.manage(old).status == 401, SOON)
