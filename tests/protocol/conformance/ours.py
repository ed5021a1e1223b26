"""Tessera as the OP under test: a realm with a person who has every standard claim."""

import hashlib
import uuid

from jose import b64url
from login_house import Account, House
from oauth_client import make_realm
from op import FRONTCHANNEL_LOGOUT_URI, POST_LOGOUT_REDIRECT_URI, REDIRECT_URI, Client, OpUnderTest
from signed_in import relying_party
from wait import wait_for

CLAIMS = {"display_name": "Alice Example", "given_name": "Alice", "family_name": "Example", "middle_name": "A", "nickname": "al",
          "preferred_username": "alice", "profile": "https://alice.example/", "profile_picture_url": "https://alice.example/a.png",
          "website": "https://alice.example/blog", "gender": "female", "birthdate": "1990-01-02", "zoneinfo": "Europe/Prague", "locale": "en-GB",
          "phone_number": "+420123456789", "phone_number_verified": True, "address_formatted": "1 Main St\n11000 Praha", "address_street": "1 Main St",
          "address_locality": "Praha", "address_region": "Praha", "address_postal_code": "11000", "address_country": "CZ"}
REGISTRATIONS = 500


def initial_access_token(oauth) -> str:
    """Whoever has it may register; a run registers more clients than strangers from one address may."""
    token = b64url(uuid.uuid4().bytes + uuid.uuid4().bytes)
    oauth.execute("UPDATE tessera.projects SET registration_policy = 'token'")
    oauth.execute("INSERT INTO tessera.initial_access_tokens (project_id, token_id, digest, uses_left, trusted, expire_time) "
                  "VALUES (%s, %s, %s, %s, true, now() + interval '1 hour')",
                  [str(oauth.project), str(uuid.uuid4()), hashlib.sha256(token.encode()).digest(), REGISTRATIONS])
    return token


def tessera(stack, nodes, receiver) -> OpUnderTest:
    oauth = make_realm(stack, nodes, "conformance")
    house = House(stack, oauth)
    account = Account(house)
    columns = ", ".join(f"{name} = %s" for name in CLAIMS)
    oauth.execute(f"UPDATE tessera.users SET {columns} WHERE user_id = %s", [*CLAIMS.values(), str(account.user)])
    token = initial_access_token(oauth)

    def client(method="client_secret_basic", **columns):
        made = relying_party(oauth, token_endpoint_auth_method=method, redirect_uris=[REDIRECT_URI],
                             post_logout_redirect_uris=[POST_LOGOUT_REDIRECT_URI], **columns)
        return Client(made.id, made.secret, method)

    clients = {"first": client(), "second": client(), "post": client("client_secret_post"), "logout": client(),
               "frontchannel": client(frontchannel_logout_uri=FRONTCHANNEL_LOGOUT_URI), "backchannel": client(backchannel_logout_uri=receiver.uri)}
    document = oauth.path + "/.well-known/openid-configuration"
    for node in range(len(nodes)):
        wait_for("registration to be possible", lambda node=node: "registration_endpoint" in oauth.get(document, node).json)
    return OpUnderTest("tessera", oauth.issuer, nodes, account.email, account.password, clients, receiver, token)
