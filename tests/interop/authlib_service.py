"""Authlib, as an application would use it: discover the realm, get a token, verify it against the JWKS.

Reads the same JSON as openid_client_service.mjs on standard input and prints the verified claims.
"""

import json
import sys
import time

from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oauth2.rfc7523 import PrivateKeyJWT

ask = json.load(sys.stdin)
session = OAuth2Session(ask["client_id"], ask.get("secret"), token_endpoint_auth_method=ask["method"])
session.verify = ask["ca_file"]
metadata = session.get(ask["issuer"] + "/.well-known/openid-configuration", withhold_token=True).json()
assert metadata["issuer"] == ask["issuer"], metadata

if ask["method"] == "private_key_jwt":
    key = JsonWebKey.import_key(ask["private_jwk"])
    session = OAuth2Session(ask["client_id"], key, token_endpoint_auth_method="private_key_jwt")
    session.verify = ask["ca_file"]
    # rfc7523bis: the audience is the issuer, not the endpoint. Authlib's hour is longer than an assertion may live here.
    session.register_client_auth_method(PrivateKeyJWT(ask["issuer"], claims={"exp": int(time.time()) + 300},
                                                      alg=ask["private_alg"]))

token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", resource=ask["resource"],
                            scope=ask["scope"])
keys = JsonWebKey.import_key_set(session.get(metadata["jwks_uri"], withhold_token=True).json())
claims = jwt.decode(token["access_token"], keys, claims_options={
    "iss": {"essential": True, "value": ask["issuer"]}, "aud": {"essential": True, "value": ask["resource"]},
    "exp": {"essential": True}})
claims.validate()
print(json.dumps({"payload": dict(claims), "header": dict(claims.header), "expires_in": token["expires_in"]}))
