"""Third-party clients of a service, unchanged: openid-client and jose from npm, Authlib from PyPI.

Each discovers a realm, gets a token by every method of client authentication and verifies it against the served JWKS.
"""

import json
import uuid
from pathlib import Path

import pytest

from installed import run
from jose import Key, b64url, verify

HERE = Path(__file__).resolve().parent
METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]


def private_jwk(key):
    secret = key.private.private_numbers().private_value.to_bytes(32, "big")
    return key.jwk | {"d": b64url(secret)}


def question(stack, realm, method):
    """What the programs read: whom to ask for what, as which client."""
    uri = f"https://{uuid.uuid4().hex}.example.com/"
    key = Key("ES256") if method == "private_key_jwt" else None
    client = realm.add_client(method, key)
    realm.grant(client, realm.add_resource(uri, ["read"]), ["read"])
    ask = {"issuer": realm.issuer, "resource": uri, "scope": "read", "client_id": client.id, "method": method,
           "ca_file": str(stack.ca_file)}
    if key is None:
        return ask | {"secret": client.secret}
    return ask | {"private_jwk": private_jwk(key), "private_alg": "ES256"}


def check(ask, payload, header):
    assert header["typ"] == "at+jwt"
    assert payload["iss"] == ask["issuer"] and payload["aud"] == ask["resource"] and payload["scope"] == "read"
    assert payload["client_id"] == payload["sub"] == ask["client_id"]


@pytest.mark.parametrize("method", METHODS)
def test_openid_client_and_jose(stack, realm, npm, node, method):
    ask = question(stack, realm, method)
    answer = json.loads(run(node, npm / "openid_client_service.mjs", input=json.dumps(ask),
                            env={"NODE_EXTRA_CA_CERTS": ask["ca_file"], "PATH": "/usr/bin:/bin"}))
    for algorithm in ("oidc", "oauth2"):
        check(ask, answer[algorithm]["payload"], answer[algorithm]["header"])


@pytest.mark.parametrize("method", METHODS)
def test_authlib(stack, realm, venv, method):
    ask = question(stack, realm, method)
    # requests lets the environment overrule the session, so the environment says the same.
    answer = json.loads(run(venv / "bin" / "python", HERE / "authlib_service.py", input=json.dumps(ask),
                            env={"REQUESTS_CA_BUNDLE": ask["ca_file"], "PATH": "/usr/bin:/bin"}))
    check(ask, answer["payload"], answer["header"])


def test_the_served_keys_verify_a_token_by_hand(stack, realm):
    token = realm.token(realm.add_client()).json["access_token"]
    header, claims = verify(token, realm.jwks())
    assert header["typ"] == "at+jwt" and claims["aud"] == realm.issuer + "/api"
