"""Apps made with third-party libraries, unchanged, go the full circle with a person on the hosted pages.

Discovery, the code flow with PKCE, an ID token the library validates, UserInfo, refresh, introspection and revocation where the
library has them, and RP-initiated logout with the way back. The apps are registered as docs/guides/connect-an-app.md says.
"""

import json
import urllib.parse
from pathlib import Path

import pytest

from installed import run
from jose import Key, b64url
from person import PASSWORD, Person, use
from ports import free_port
from signed_in import introspector
from wait import wait_for

HERE = Path(__file__).resolve().parent
CALLBACK = "https://app.example.com/callback"
SIGNED_OUT = "https://app.example.com/signed-out"


@pytest.fixture
def person(stack, realm):
    return Person(stack, realm)


@pytest.fixture
def register(stack, realm):
    """register(template, *options) → the configuration of a new app."""
    def made(template, *options, stdin=None):
        client = stack.tessera_json("client", "create", "--project", realm.slug, "--display-name", "An app", "--template", template,
                                    *options, stdin=stdin)
        return {"issuer": realm.issuer, "client_id": client["client_id"], "client_secret": client.get("client_secret")}
    return made


@pytest.fixture
def register_web(register):
    """A web application that may ask what its tokens are worth."""
    def made(*options, stdin=None):
        return register("web", "--redirect-uri", CALLBACK, "--post-logout-redirect-uri", SIGNED_OUT, "--set", "introspectionAllowed=true",
                        *options, stdin=stdin) | {"redirect_uri": CALLBACK, "post_logout_redirect_uri": SIGNED_OUT}
    return made


def check_identity(ask, person, claims, userinfo):
    assert claims["iss"] == ask["issuer"] and claims["sub"] == userinfo["sub"]
    assert claims["aud"] in (ask["client_id"], [ask["client_id"]])
    assert userinfo["email"] == person.email and userinfo["email_verified"] is True and userinfo["name"] == "Ada Example"


def check_back(found, post_logout_redirect_uri):
    at = urllib.parse.urlsplit(found["back"])
    assert at._replace(query="").geturl() == post_logout_redirect_uri
    assert dict(urllib.parse.parse_qsl(at.query)) == {"state": found["state"]}


def check_web(ask, person, found):
    """What every web application has been through."""
    check_identity(ask, person, found["claims"], found["userinfo"])
    assert found["renewed"]["access_token"] != found["tokens"]["access_token"]
    assert found["introspected"]["active"] is True and found["introspected"]["client_id"] == ask["client_id"]
    check_back(found, SIGNED_OUT)
    ask_about = introspector(person.realm)
    wait_for("the access token to end with its session", lambda: ask_about(found["renewed"]["access_token"]) == {"active": False})
    assert found["refused"] == "invalid_grant"
    assert person.is_signed_in(), "what an app gives back is its own; the person stays signed in"


def test_openid_client_web_application(stack, person, register_web, npm, node):
    ask = register_web()
    found = use(person, [node, npm / "openid_client_web.mjs"], ask, NODE_EXTRA_CA_CERTS=str(stack.ca_file))
    check_web(ask, person, found)
    assert person.allowed == 1, "what was allowed once is not asked again"


def test_oauth4webapi_web_application_with_a_key(stack, person, register_web, npm, node):
    key = Key("ES256")
    ask = register_web("--auth-method", "private_key_jwt", "--auth-signing-alg", "ES256", "--jwks", "-", stdin=key.jwks)
    secret = b64url(key.private.private_numbers().private_value.to_bytes(32, "big"))
    found = use(person, [node, npm / "oauth4webapi_web.mjs"], ask | {"private_jwk": key.jwk | {"d": secret}}, NODE_EXTRA_CA_CERTS=str(stack.ca_file))
    check_web(ask, person, found)


def test_authlib_web_application_of_ones_own_without_consent(stack, person, register_web, venv):
    ask = register_web("--set", "trusted=true", "--set", "skipConsent=true")
    found = use(person, [venv / "bin" / "python", HERE / "authlib_web.py"], ask, REQUESTS_CA_BUNDLE=str(stack.ca_file))
    check_web(ask, person, found)
    assert person.allowed == 0


def test_go_oidc_native_application(stack, person, register, go_app):
    signed_out = f"http://127.0.0.1:{free_port()}/signed-out"
    ask = register("native", "--redirect-uri", "http://127.0.0.1/callback", "--post-logout-redirect-uri", signed_out)
    found = use(person, [go_app], ask | {"post_logout_redirect_uri": signed_out}, SSL_CERT_FILE=str(stack.ca_file))
    check_identity(ask, person, found["claims"], found["userinfo"])
    assert found["renewed"]["refresh_token"] != found["tokens"]["refresh_token"], "a public client's refresh tokens rotate"
    check_back(found, signed_out)
    assert found["refused"] == "invalid_grant", "tokens end with the session they were issued in"
    assert not person.is_signed_in()


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_oidc_client_ts_single_page_application_in_chromium(stack, person, register, npm, node, scheme):
    """On an https origin, as it is deployed, and on http, as a developer's machine serves it."""
    port = free_port()
    origin = f"{scheme}://127.0.0.1:{port}"
    development = ["--application-type", "native"] if scheme == "http" else []
    ask = register("spa", *development, "--redirect-uri", origin + "/callback", "--post-logout-redirect-uri", origin + "/signed-out")
    tls = {"certificate": str(stack.directory / "tls" / "server.pem"), "key": str(stack.directory / "tls" / "server.key")}
    question = ask | {"port": port, "tls": tls if scheme == "https" else None, "email": person.email, "password": PASSWORD}
    found = json.loads(run(node, npm / "oidc_client_ts.mjs", input=json.dumps(question)))
    assert found["before"] == "nobody" and found["signedIn"]["status"] == "signed in" and found["renewed"]["status"] == "renewed", found
    first, renewed = found["signedIn"]["user"], found["renewed"]["user"]
    check_identity(ask, person, first["profile"] | {"iss": ask["issuer"], "aud": ask["client_id"]}, first["profile"])
    assert renewed["access_token"] != first["access_token"] and renewed["refresh_token"] != first["refresh_token"]
    assert found["givenBack"]["status"] == "given back"
    assert found["signedOut"] == {"status": "signed out", "path": "/signed-out"}
    assert found["asked"] == urllib.parse.urlsplit(ask["issuer"]).path + "/login", "nobody is signed in any more"
    assert found["loud"] == [], "neither the page nor the hosted pages met an error"
