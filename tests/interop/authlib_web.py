"""Authlib as a web application uses it: sign-in, UserInfo, refresh, introspection, revocation, sign-out.

Its person and their browser are another program (person.py): one JSON object a line, each way.
"""

import json
import sys
import urllib.parse

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken


def say(what: dict) -> None:
    print(json.dumps(what), flush=True)


def visit(url: str) -> str:
    """Sends the person's browser there; where it came to be."""
    say({"visit": url})
    return json.loads(sys.stdin.readline())["at"]


ask = json.loads(sys.stdin.readline())
app = OAuth2Session(ask["client_id"], ask["client_secret"], scope="openid profile email", redirect_uri=ask["redirect_uri"],
                    code_challenge_method="S256")
metadata = app.get(ask["issuer"] + "/.well-known/openid-configuration", withhold_token=True).json()
keys = JsonWebKey.import_key_set(app.get(metadata["jwks_uri"], withhold_token=True).json())


def sign_in():
    """Verifier, state and nonce wait in the person's session while the browser is away."""
    verifier, nonce = generate_token(48), generate_token()
    url, state = app.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    tokens = app.fetch_token(metadata["token_endpoint"], authorization_response=visit(url), state=state, code_verifier=verifier)
    claims = jwt.decode(tokens["id_token"], keys, claims_cls=CodeIDToken,
                        claims_options={"iss": {"essential": True, "value": metadata["issuer"]}, "aud": {"essential": True, "value": ask["client_id"]}},
                        claims_params={"nonce": nonce, "client_id": ask["client_id"], "access_token": tokens["access_token"]})
    claims.validate()
    return dict(tokens), dict(claims)


def refused_refresh(token: str) -> str:
    try:
        app.refresh_token(metadata["token_endpoint"], token)
    except OAuthError as error:
        return error.error
    return ""


first, id_claims = sign_in()
userinfo = app.get(metadata["userinfo_endpoint"]).json()
renewed = dict(app.refresh_token(metadata["token_endpoint"], first["refresh_token"]))
introspected = app.introspect_token(metadata["introspection_endpoint"], renewed["access_token"]).json()

# Signing out: here, and at Tessera.
state_out = generate_token()
back = visit(metadata["end_session_endpoint"] + "?" + urllib.parse.urlencode({
    "id_token_hint": first["id_token"], "post_logout_redirect_uri": ask["post_logout_redirect_uri"], "state": state_out}))

# Signed in once more, the app gives its tokens back.
again, _ = sign_in()
app.revoke_token(metadata["revocation_endpoint"], again["refresh_token"], token_type_hint="refresh_token").raise_for_status()
refused = refused_refresh(again["refresh_token"])

say({"done": {"claims": id_claims, "userinfo": userinfo, "tokens": first, "renewed": renewed, "introspected": introspected,
              "refused": refused, "back": back, "state": state_out}})
