"""What a client of people registers: where its users go, what it shows, how it is told of a logout."""

import pytest

from console import Console
from people import make_project

URI = "https://app.example/callback"
FLOW = {"displayName": "App", "profile": "web_confidential", "grantTypes": ["authorization_code", "refresh_token"], "redirectUris": [URI]}
METADATA = {
    "applicationType": "web", "postLogoutRedirectUris": ["https://app.example/bye"], "scopes": ["openid", "email"], "trusted": False,
    "introspectionAllowed": True, "subjectType": "pairwise", "sectorIdentifierUri": "https://app.example/sector.json",
    "idTokenSignedResponseAlg": "RS256", "userinfoSignedResponseAlg": "ES256", "introspectionSignedResponseAlg": "PS256", "defaultMaxAgeS": 0,
    "requireAuthTime": True, "initiateLoginUri": "https://app.example/start", "frontchannelLogoutUri": "https://app.example/front",
    "backchannelLogoutUri": "https://app.example/back", "clientUri": "https://app.example/", "logoUri": "https://app.example/logo.png",
    "policyUri": "https://app.example/policy", "tosUri": "https://app.example/terms", "contacts": ["ops@example.com"],
    "softwareId": "app", "softwareVersion": "1"}


@pytest.fixture
def clients(project):
    return f"/v1/projects/{project}/clients"


@pytest.fixture(scope="module")
def refused(stack):
    """The clients of a project that never has any: what is refused leaves nothing behind."""
    return f"/v1/projects/{make_project(Console(stack.console_socket))}/clients"


def create(console, clients, **members):
    answer = console.post(clients, {"client": FLOW | members})
    assert answer.status == 200, answer.body
    return answer.json["client"]


def test_every_member_comes_back_and_an_update_leaves_absent_ones(console, clients):
    made = create(console, clients, **METADATA)
    assert {name: made[name] for name in METADATA} == METADATA
    path = f"{clients}/{made['id']}"
    changed = console.patch(path, {"displayName": "New"}).json
    assert {name for name in made if made[name] != changed.get(name)} == {"displayName", "revision", "updateTime"}
    for member in METADATA:
        before = console.get(path).json
        answer = console.patch(path, {}, updateMask=member)
        assert answer.status == 200, (member, answer.body)
        differing = {name for name in before if before[name] != answer.json.get(name)}
        assert differing <= {member, "revision", "updateTime"}, member


def test_a_client_has_the_defaults_of_its_members(console, clients):
    made = create(console, clients)
    assert made["applicationType"] == "web" and made["subjectType"] == "public" and made["trusted"] is True and "defaultMaxAgeS" not in made
    assert made["scopes"] == ["openid", "profile", "email", "address", "phone", "offline_access"]
    assert not made["skipConsent"] and not made["introspectionAllowed"]


@pytest.mark.parametrize("uri", [
    "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "blob:https://app.example/x",
    "com.example.app:/cb",
    "http://app.example/cb", "http://127.0.0.1/cb", "//app.example/cb", "/cb", "app.example/cb", "https://app.example/#f", "https://*.example/cb",
    "https://app.example/*", "https://user@app.example/cb", "https://app.example/a/../cb", "https://app.example/%2E%2e/cb", "https://app.example/ cb",
    "https:app.example/cb", "HTTPS://app.example/cb", "https://app.example/\x00", "https://[::1/cb", "https://app.example/" + "x" * 2048, ""])
@pytest.mark.parametrize("member", ["redirectUris", "postLogoutRedirectUris"])
def test_nothing_but_https_is_a_redirect_uri_of_the_web(console, refused, member, uri):
    """SR-23, AB: what would run script, leave the browser or match more than itself."""
    answer = console.post(refused, {"client": FLOW | {member: [URI, uri]}})
    assert answer.status == 400 and answer.json["code"] == 3 and console.get(refused).json["clients"] == []


@pytest.mark.parametrize("member", ["logoUri", "policyUri", "tosUri", "clientUri", "initiateLoginUri", "sectorIdentifierUri", "backchannelLogoutUri",
                                    "frontchannelLogoutUri"])
@pytest.mark.parametrize("uri", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:image/png;base64,x", "vbscript:x", "blob:x", "http://app.example/x",
                                 "java\nscript:alert(1)", "https://app.example/#x"])
def test_no_uri_of_a_client_runs_or_travels_in_the_clear(console, refused, member, uri):
    answer = console.post(refused, {"client": FLOW | {member: uri}})
    assert answer.status == 400 and answer.json["code"] == 3, answer.body


@pytest.mark.parametrize("uri", ["http://127.0.0.1/cb", "http://[::1]:8080/cb", "http://localhost:3000/cb", "https://app.example/cb"])
def test_a_native_application_may_listen_on_the_loopback_interface(console, clients, uri):
    assert create(console, clients, applicationType="native", redirectUris=[uri])["redirectUris"] == [uri]


@pytest.mark.parametrize("uri", ["http://127.0.0.1.evil.example/cb", "http://localhost.evil.example/", "http://127.0.0.2/", "com.example.app:/cb"])
def test_a_native_application_has_no_other_place_in_the_clear(console, refused, uri):
    assert console.post(refused, {"client": FLOW | {"applicationType": "native", "redirectUris": [uri]}}).status == 400


@pytest.mark.parametrize("members", [
    {"redirectUris": []}, {"redirectUris": [URI, URI]}, {"redirectUris": [f"{URI}?{i}" for i in range(65)]}, {"applicationType": "mobile"},
    {"subjectType": "secret"}, {"subjectType": "pairwise", "redirectUris": [URI, "https://other.example/cb"]}, {"scopes": ["openid", "admin"]},
    {"frontchannelLogoutUri": "https://other.example/out"}, {"frontchannelLogoutUri": "https://app.example:8443/out"}, {"defaultMaxAgeS": -1},
    {"grantTypes": ["refresh_token"]}, {"profile": "mcp_public", "tokenEndpointAuthMethod": "none", "grantTypes": ["client_credentials"]},
    {"tokenEndpointAuthMethod": "none"}, {"skipConsent": True, "trusted": False}, {"idTokenSignedResponseAlg": "none"},
    {"userinfoSignedResponseAlg": "HS256"}, {"contacts": ["nobody"]}, {"contacts": ["a@example.com"] * 17}, {"softwareId": "x" * 257}])
def test_what_contradicts_itself_is_refused(console, refused, members):
    """L-05: front-channel logout only on an origin of the application; OpenID Connect Core §8.1: pairwise needs one sector."""
    answer = console.post(refused, {"client": FLOW | members})
    assert answer.status == 400 and answer.json["code"] == 3, answer.body


def test_a_public_client_has_no_secret_and_can_have_none(console, clients):
    answer = console.post(clients, {"client": FLOW | {"profile": "mcp_public", "tokenEndpointAuthMethod": "none", "applicationType": "browser"}})
    assert answer.status == 200 and "clientSecret" not in answer.json
    secret = console.post(f"{clients}/{answer.json['client']['id']}/secrets")
    assert secret.status == 400 and secret.json["code"] == 9
