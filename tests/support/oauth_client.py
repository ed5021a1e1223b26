"""The wire as an OAuth client sees it: requests over http.client, assertions signed by hand so that they can be wrong.

`OauthRealm` makes clients and resources straight in the database, as tessera_owner inside the realm, so that a test can
also make what the console API would refuse.
"""

import hashlib
import json
import os
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field

import psycopg2

from jose import Key, b64url
from realm import basic
from wait import wait_for

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def prefixed(prefix, value):
    number, text = value.int, ""
    for _ in range(25):
        number, digit = divmod(number, 36)
        text = ALPHABET[digit] + text
    return prefix + text


def uuid_of(identifier: str) -> uuid.UUID:
    """What `prefixed` made it of."""
    return uuid.UUID(int=int(identifier[-25:], 36))


@dataclass
class OauthClient:
    id: str
    uuid: uuid.UUID
    method: str
    secret: str = ""
    key: Key = None

    def assertion(self, issuer, header=None, **changes):
        """A good assertion with `changes`; a claim changed to None is left out."""
        now = int(time.time())
        claims = {"iss": self.id, "sub": self.id, "aud": issuer, "iat": now, "exp": now + 60, "jti": uuid.uuid4().hex}
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        return self.key.sign(claims, header)


def basic_header(client_id, secret):
    return ("Authorization", basic(client_id, secret))


@dataclass
class OauthRealm:
    """A realm on one or more nodes, and the database behind them."""

    issuer: str
    nodes: list
    database_url: object  # role → libpq connection string
    project: uuid.UUID = field(init=False)

    def __post_init__(self):
        self.path = urllib.parse.urlsplit(self.issuer).path
        self.slug = self.path.rsplit("/", 1)[1]
        # Row-level security is forced on the owner too: only tessera_system sees every project.
        with psycopg2.connect(self.database_url("tessera_system")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT project_id FROM tessera.projects WHERE slug = %s", [self.slug])
            self.project = uuid.UUID(cursor.fetchone()[0])

    # Database ------------------------------------------------------------------------------------------------------------

    def execute(self, statement, parameters=()):
        with psycopg2.connect(self.database_url("tessera_owner")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('tessera.project_id', %s, true)", [str(self.project)])
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def add_resource(self, uri, scopes=(), normalized=None):
        resource = uuid.uuid4()
        self.execute("INSERT INTO tessera.resources (project_id, resource_id, uri, normalized_uri, display_name) "
                     "VALUES (%s, %s, %s, %s, 'a resource')", [str(self.project), str(resource), uri, normalized or uri])
        for scope in scopes:
            self.execute("INSERT INTO tessera.resource_scopes VALUES (%s, %s, %s, '')",
                         [str(self.project), str(resource), scope])
        return resource

    def add_client(self, method="client_secret_basic", key=None, alg=None, profile="workload", audience="issuer",
                   grants=("client_credentials",), lifetime_s=0, default_resource=None):
        client = OauthClient(prefixed("client_", value := uuid.uuid4()), value, method, key=key)
        self.execute(
            "INSERT INTO tessera.clients (project_id, client_id, display_name, profile, token_endpoint_auth_method, "
            "token_endpoint_auth_signing_alg, jwks, access_token_lifetime_s, grant_types, assertion_audience, "
            "default_resource_id) VALUES (%s, %s, 'a client', %s, %s, %s, %s, %s, %s, %s, %s)",
            [str(self.project), str(value), profile, method, alg or (key.alg if key else None),
             key.jwks if key else None, lifetime_s, list(grants), audience,
             str(default_resource) if default_resource else None])
        if key is None:
            client.secret = self.add_secret(client)
        return client

    def add_secret(self, client, expire_time=None):
        secret = "tessera_secret_" + b64url(os.urandom(32))
        self.execute("INSERT INTO tessera.client_secrets (project_id, client_id, client_secret_id, digest, hint, expire_time)"
                     " VALUES (%s, %s, %s, %s, %s, %s)",
                     [str(self.project), str(client.uuid), str(uuid.uuid4()), hashlib.sha256(secret.encode()).digest(),
                      secret[-4:], expire_time])
        return secret

    def grant(self, client, resource, scopes=()):
        row = [str(self.project), str(client.uuid), str(resource)]
        self.execute("INSERT INTO tessera.client_access VALUES (%s, %s, %s)", row)
        for scope in scopes:
            self.execute("INSERT INTO tessera.client_access_scopes VALUES (%s, %s, %s, %s)", [*row, scope])

    def events(self, **columns):
        """Rows of the audit trail as dictionaries, oldest first."""
        names = ["type", "result", "principal_kind", "principal_id", "client_id", "target_id", "authority", "error_code",
                 "user_agent", "ip", "request_id", "body"]
        where = " AND ".join(f"{name} = %s" for name in columns) or "true"
        rows = self.execute(f"SELECT {', '.join(names)} FROM tessera.audit_events WHERE {where} ORDER BY event_id",
                            list(columns.values()))
        return [dict(zip(names, row)) | {"body": json.loads(row[-1])} for row in rows]

    # Wire ----------------------------------------------------------------------------------------------------------------

    def get(self, path, node=0, headers=(), method="GET"):
        return self.nodes[node].request(method, path, headers=list(headers))

    def jwks(self):
        return self.get(self.path + "/jwks").json

    def post(self, body, headers=(), node=0, path="/token", content_type="application/x-www-form-urlencoded"):
        if not isinstance(body, (bytes, str)):
            body = urllib.parse.urlencode(body)
        body = body.encode() if isinstance(body, str) else body
        kind = [("Content-Type", content_type)] if content_type else []
        return self.nodes[node].request("POST", self.path + path, body, kind + list(headers))

    def token(self, client, *extra, node=0, headers=(), **parameters):
        """A client_credentials request of `client`, by its registered method."""
        form = [("grant_type", "client_credentials"), *parameters.items(), *extra]
        headers = list(headers)
        if client.method == "client_secret_basic":
            headers.append(basic_header(client.id, client.secret))
        elif client.method == "client_secret_post":
            form += [("client_id", client.id), ("client_secret", client.secret)]
        else:
            form += [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", client.assertion(self.issuer))]
        return self.post(form, headers, node)


def wait_for_keys(stack, issuer: str) -> str:
    """An RSA key takes seconds to make, and while the token makes one it may be too busy for anything else. The keyring's id."""
    (keyring,) = stack.tessera_json("keys", "list", "--issuer", issuer)["keyrings"]

    def is_settled():
        keys = stack.tessera_json("keys", "show", keyring["id"])["keys"]
        standing = {(key["algorithm"], key["state"] == "active") for key in keys if key["state"] in ("active", "published", "ready")}
        return standing >= {(algorithm, signs) for algorithm in ("ES256", "RS256") for signs in (True, False)}

    wait_for("a key of each algorithm that signs and one that stands by", is_settled, 60)
    return keyring["id"]


def make_realm(stack, nodes, slug, *options):
    stack.tessera_json("project", "create", "--slug", slug, "--display-name", slug, *options)
    realm = OauthRealm(f"{stack.issuer_base}/realms/{slug}", nodes, stack.postgres.database_url)
    wait_for_keys(stack, realm.issuer)
    stack.wait_for_spare_keys()
    return realm
