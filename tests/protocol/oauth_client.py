"""The wire as an OAuth client sees it: requests over http.client, assertions signed by hand so that they can be wrong.

`OauthRealm` makes clients and resources straight in the database, as tessera_owner inside the realm, so that a test can
also make what the console API would refuse.
"""

import base64
import hashlib
import http.client
import json
import os
import ssl
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field

import psycopg2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def prefixed(prefix, value):
    number, text = value.int, ""
    for _ in range(25):
        number, digit = divmod(number, 36)
        text = ALPHABET[digit] + text
    return prefix + text


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json.get("error")


@dataclass
class Node:
    """One `tessera serve`: where it listens, and the CA that vouches for it."""

    host: str
    port: int
    tls: bool
    ca_file: str = ""

    def connect(self):
        if not self.tls:
            return http.client.HTTPConnection(self.host, self.port, timeout=20)
        context = ssl.create_default_context(cafile=self.ca_file)
        return http.client.HTTPSConnection(self.host, self.port, timeout=20, context=context)

    def request(self, method, path, body=None, headers=()):
        connection = self.connect()
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            names = {name.lower() for name, _ in headers}
            if body is not None and "content-length" not in names:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(body)
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read())
        finally:
            connection.close()


@dataclass
class Key:
    """A key pair of a client, with the public JWK to register."""

    alg: str
    kid: str = "k1"
    private: object = None

    def __post_init__(self):
        if self.private is None:
            make = {"ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
                    "EdDSA": ed25519.Ed25519PrivateKey.generate}
            self.private = make.get(self.alg, lambda: rsa.generate_private_key(65537, 2048))()

    @property
    def jwk(self):
        public = self.private.public_key()
        common = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        if self.alg == "ES256":
            numbers = public.public_numbers()
            return common | {"kty": "EC", "crv": "P-256", "x": b64url(numbers.x.to_bytes(32, "big")),
                             "y": b64url(numbers.y.to_bytes(32, "big"))}
        if self.alg == "EdDSA":
            return common | {"kty": "OKP", "crv": "Ed25519", "x": b64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}
        numbers = public.public_numbers()
        return common | {"kty": "RSA", "e": "AQAB", "n": b64url(numbers.n.to_bytes(256, "big"))}

    def sign(self, claims, header=None):
        header = {"alg": self.alg, "kid": self.kid} if header is None else header
        signed = b64url(json.dumps(header).encode()) + "." + b64url(json.dumps(claims).encode())
        data = signed.encode()
        if self.alg == "ES256":
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        elif self.alg == "EdDSA":
            signature = self.private.sign(data)
        elif self.alg == "PS256":
            signature = self.private.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        else:
            signature = self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return signed + "." + b64url(signature)


@dataclass
class Client:
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


def basic(client_id, secret):
    return ("Authorization", "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode())


def verify(token, jwks):
    """(header, claims) of a JWT whose ES256 or RS256 signature a key of the set made; raises otherwise."""
    head, claims, signature = token.split(".")
    header = json.loads(unb64url(head))
    key = next(key for key in jwks["keys"] if key["kid"] == header["kid"])
    data, raw = f"{head}.{claims}".encode(), unb64url(signature)
    if header["alg"] == "ES256":
        point = [int.from_bytes(unb64url(key[name]), "big") for name in ("x", "y")]
        public = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, data, ec.ECDSA(hashes.SHA256()))
    elif header["alg"] == "RS256":
        numbers = [int.from_bytes(unb64url(key[name]), "big") for name in ("e", "n")]
        rsa.RSAPublicNumbers(*numbers).public_key().verify(raw, data, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise InvalidSignature(header["alg"])
    return header, json.loads(unb64url(claims))


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
        client = Client(prefixed("client_", value := uuid.uuid4()), value, method, key=key)
        self.execute(
            "INSERT INTO tessera.clients (project_id, client_id, display_name, profile, token_endpoint_auth_method, "
            "token_endpoint_auth_signing_alg, jwks, access_token_lifetime_s, grant_types, assertion_audience, "
            "default_resource_id) VALUES (%s, %s, 'a client', %s, %s, %s, %s, %s, %s, %s, %s)",
            [str(self.project), str(value), profile, method, alg or (key.alg if key else None),
             json.dumps({"keys": [key.jwk]}) if key else None, lifetime_s, list(grants), audience,
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
            headers.append(basic(client.id, client.secret))
        elif client.method == "client_secret_post":
            form += [("client_id", client.id), ("client_secret", client.secret)]
        else:
            form += [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", client.assertion(self.issuer))]
        return self.post(form, headers, node)
