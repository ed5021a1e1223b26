"""The token endpoint with client_credentials: RFC 6749 §4.4, RFC 8707, RFC 9068."""

import time
import uuid

import pytest

from jose import verify
from oauth_client import basic_header
from wait import SANITIZER_FACTOR, wait_for


@pytest.fixture
def api(oauth):
    """A resource with scopes, and a client that may use two of them."""
    uri = f"https://{uuid.uuid4().hex}.example.com/api"
    resource = oauth.add_resource(uri, ["read", "write", "admin"])
    client = oauth.add_client()
    oauth.grant(client, resource, ["read", "write"])
    return uri, client


def verified_claims(oauth, reply):
    assert reply.status == 200, reply.body
    return verify(reply.json["access_token"], oauth.jwks())[1]


def test_token_is_an_rfc9068_jwt_for_the_resource_asked_for(oauth, api):
    uri, client = api
    before = int(time.time())
    reply = oauth.token(client, resource=uri, scope="write read read")
    assert reply.status == 200, reply.body
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json["token_type"] == "Bearer"
    assert reply.json["scope"] == "read write"
    header, claims = verify(reply.json["access_token"], oauth.jwks())
    assert header["typ"] == "at+jwt" and header["alg"] == "ES256"
    assert {"iss": oauth.issuer, "sub": client.id, "client_id": client.id, "aud": uri, "scope": "read write"}.items() \
        <= claims.items()
    assert before <= claims["iat"] <= time.time() + 1
    assert claims["exp"] - claims["iat"] == reply.json["expires_in"] == 300
    assert len(claims["jti"]) >= 22


def test_every_token_has_its_own_jti(oauth, api):
    jtis = {verified_claims(oauth, oauth.token(api[1]))["jti"] for _ in range(20)}
    assert len(jtis) == 20


def test_lifetime_is_the_clients_own_when_it_has_one(oauth):
    reply = oauth.token(oauth.add_client(lifetime_s=60))
    claims = verified_claims(oauth, reply)
    assert claims["exp"] - claims["iat"] == reply.json["expires_in"] == 60


def test_without_a_resource_the_audience_is_the_realms_own_api(oauth, api):
    reply = oauth.token(api[1])
    assert verified_claims(oauth, reply)["aud"] == oauth.issuer + "/api"
    assert "scope" not in reply.json


def test_without_a_resource_the_clients_default_comes_first(oauth):
    uri = f"https://{uuid.uuid4().hex}.example.com/"
    resource = oauth.add_resource(uri, ["read"])
    client = oauth.add_client(default_resource=resource)
    oauth.grant(client, resource, ["read"])
    reply = oauth.token(client)
    assert verified_claims(oauth, reply)["aud"] == uri
    assert reply.json["scope"] == "read"


def test_resource_is_normalised_and_the_registered_text_is_the_audience(oauth):
    host = uuid.uuid4().hex
    resource = oauth.add_resource(f"https://{host}.Example.com", ["read"], f"https://{host}.example.com/")
    client = oauth.add_client()
    oauth.grant(client, resource, ["read"])
    for asked in (f"HTTPS://{host.upper()}.example.com:443/", f"https://{host}.example.com"):
        assert verified_claims(oauth, oauth.token(client, resource=asked))["aud"] == f"https://{host}.Example.com"


def test_unknown_malformed_and_foreign_resources_get_one_answer(oauth, api):
    uri, client = api
    foreign = f"https://{uuid.uuid4().hex}.example.com/"
    oauth.add_resource(foreign, ["read"])
    asked = [foreign, "https://nowhere.example.com/", uri + "/mcp", uri.rsplit("/", 1)[0], uri + "#f", "api",
             "https://u@h/", "", "https://h/\u00e4", uri.upper()]
    replies = [oauth.token(client, resource=each) for each in asked if each]
    assert {reply.status for reply in replies} == {400}
    assert {reply.error for reply in replies} == {"invalid_target"}
    assert len({reply.body for reply in replies}) == 1


def test_an_empty_parameter_is_an_absent_one(oauth, api):
    reply = oauth.token(api[1], resource="", scope="")
    assert verified_claims(oauth, reply)["aud"] == oauth.issuer + "/api"


def test_several_resources_are_one_audience_array_when_scopes_are_unambiguous(oauth):
    uris = [f"https://{uuid.uuid4().hex}.example.com/" for _ in range(2)]
    client = oauth.add_client()
    for uri, scope in zip(uris, ["mail.read", "files.read"]):
        oauth.grant(client, oauth.add_resource(uri, [scope]), [scope])
    reply = oauth.token(client, ("resource", uris[0]), ("resource", uris[1]))
    claims = verified_claims(oauth, reply)
    assert claims["aud"] == uris and claims["scope"] == "files.read mail.read"


def test_a_scope_two_resources_know_is_refused_even_when_granted_at_one(oauth):
    uris = [f"https://{uuid.uuid4().hex}.example.com/" for _ in range(2)]
    client = oauth.add_client()
    oauth.grant(client, oauth.add_resource(uris[0], ["read"]), ["read"])
    oauth.grant(client, oauth.add_resource(uris[1], ["read", "other"]), ["other"])
    reply = oauth.token(client, ("resource", uris[0]), ("resource", uris[1]), ("scope", "read other"))
    assert (reply.status, reply.error) == (400, "invalid_target")
    assert oauth.token(client, ("resource", uris[0]), ("resource", uris[1]), ("scope", "other")).status == 200


@pytest.mark.parametrize("scope", ["admin", "read admin", "READ", "read  write", " read", "read\twrite", '"read"', "\u00e4",
                                   "x" * 5000])
def test_a_scope_that_is_not_the_clients_is_refused(oauth, api, scope):
    reply = oauth.token(api[1], resource=api[0], scope=scope)
    assert (reply.status, reply.error) == (400, "invalid_scope")


def test_a_profile_that_ignores_unknown_scopes_grants_the_known_ones(oauth):
    uri = f"https://{uuid.uuid4().hex}.example.com/"
    client = oauth.add_client(profile="oidc_legacy")
    oauth.grant(client, oauth.add_resource(uri, ["read"]), ["read"])
    assert oauth.token(client, resource=uri, scope="read openid").json["scope"] == "read"
    assert oauth.token(client, resource=uri, scope="openid").error == "invalid_scope"


# X-01, AB-12
@pytest.mark.parametrize("name", ["grant_type", "scope", "client_id", "unknown"])
def test_repeated_parameter_is_refused(oauth, api, name):
    form = [("grant_type", "client_credentials"), (name, "client_credentials"), (name, "client_credentials")]
    reply = oauth.post(form, [basic_header(api[1].id, api[1].secret)])
    assert (reply.status, reply.error) == (400, "invalid_request")


# X-02, AB-13
def test_parameters_in_the_query_are_refused(oauth, api):
    reply = oauth.post([("grant_type", "client_credentials")], [basic_header(api[1].id, api[1].secret)],
                       path="/token?scope=read")
    assert (reply.status, reply.error) == (400, "invalid_request")


@pytest.mark.parametrize("kind", [None, "application/json", "multipart/form-data; boundary=x", "text/plain",
                                  "application/x-www-form-urlencodedx"])
def test_another_content_type_is_refused(oauth, api, kind):
    reply = oauth.post("grant_type=client_credentials", [basic_header(api[1].id, api[1].secret)], content_type=kind)
    assert reply.status in (400, 415) and reply.error == "invalid_request"


def test_content_type_may_have_a_charset_and_any_case(oauth, api):
    reply = oauth.post("grant_type=client_credentials", [basic_header(api[1].id, api[1].secret)],
                       content_type="Application/X-WWW-Form-Urlencoded; charset=UTF-8")
    assert reply.status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_allowed(oauth, method):
    reply = oauth.get(oauth.path + "/token", method=method)
    assert reply.status == 405 and "POST" in reply.headers["Allow"]


@pytest.mark.parametrize("body", [b"grant_type=%zz", b"grant_type=%ff", b"grant_type=a%00b", b"", b"&&&", b"grant_type"])
def test_malformed_forms_are_refused(oauth, api, body):
    reply = oauth.post(body, [basic_header(api[1].id, api[1].secret)])
    assert (reply.status, reply.error) == (400, "invalid_request")


def test_an_oversized_body_is_refused_and_the_limit_passes(oauth, api):
    header = [basic_header(api[1].id, api[1].secret)]
    start = "grant_type=client_credentials&x="
    limit = 64 * 1024  # form_bytes_max of daemon/routes.cpp
    assert oauth.post(start + "x" * (limit - len(start)), header).status == 200
    assert oauth.post(start + "x" * (limit - len(start) + 1), header).status == 413


# C-14, AB-23
@pytest.mark.parametrize("grant_type", ["password", "implicit", "Authorization_Code", "Client_Credentials"])
def test_other_grant_types_are_unsupported(oauth, api, grant_type):
    reply = oauth.post([("grant_type", grant_type), ("username", "u"), ("password", "p")],
                       [basic_header(api[1].id, api[1].secret)])
    assert (reply.status, reply.error) == (400, "unsupported_grant_type")


def test_a_client_not_registered_for_the_grant_is_unauthorized(oauth):
    reply = oauth.token(oauth.add_client(grants=()))
    assert (reply.status, reply.error) == (400, "unauthorized_client")


def test_a_disabled_client_gets_nothing_within_a_second(oauth):
    client = oauth.add_client()
    assert oauth.token(client).status == 200
    oauth.execute("UPDATE tessera.clients SET disabled = true WHERE client_id = %s", [str(client.uuid)])
    wait_for("the client to be refused", lambda: oauth.token(client).error == "invalid_client", 1.0 * SANITIZER_FACTOR)
    assert oauth.token(client).status == 401


# AB-06
def test_tokens_are_never_equal_and_never_cacheable(oauth, api):
    replies = [oauth.token(api[1]) for _ in range(5)]
    assert len({reply.json["access_token"] for reply in replies}) == 5
    assert {reply.headers["Cache-Control"] for reply in replies} == {"no-store"}


def test_cross_origin_pages_may_call_the_endpoint_without_credentials(oauth, api):
    reply = oauth.token(api[1], headers=[("Origin", "https://app.example.com")])
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Credentials"] is None
