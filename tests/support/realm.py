"""A realm of a test's own: made by the command line, used over the wire."""

import base64
import secrets
import urllib.parse
from dataclasses import dataclass, field

from stack import Stack
from wire import Node, Reply


@dataclass
class Client:
    id: str
    secret: str = ""


def request(stack: Stack, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None,
            port: int = 0) -> Reply:
    node = Node("localhost", port or stack.port, str(stack.ca_file))
    return node.request(method, path, body if body is None else body.encode(), (headers or {}).items())


def basic(client_id: str, secret: str) -> str:
    quoted = f"{urllib.parse.quote(client_id, safe='')}:{urllib.parse.quote(secret, safe='')}"
    return "Basic " + base64.b64encode(quoted.encode()).decode()


@dataclass
class Realm:
    stack: Stack
    slug: str
    resource: str
    clients: list[Client] = field(default_factory=list)

    @classmethod
    def create(cls, stack: Stack, slug: str = "") -> "Realm":
        """A realm with one resource that has the scopes read and write."""
        slug = slug or f"t-{secrets.token_hex(6)}"
        made = cls(stack, slug, f"https://{slug}.api.example")
        stack.tessera_json("project", "create", "--slug", slug, "--display-name", f"Test {slug}")
        stack.tessera_json("resource", "create", "--project", slug, "--uri", made.resource, "--scope", "read", "--scope", "write")
        return made

    @property
    def path(self) -> str:
        return f"/realms/{self.slug}"

    @property
    def issuer(self) -> str:
        return self.stack.issuer_base + self.path

    def create_client(self, method: str = "client_secret_basic", *options: str, access: str = "read,write", stdin: str | None = None) -> Client:
        made = self.stack.tessera_json("client", "create", "--project", self.slug, "--display-name", "Test client", "--auth-method", method,
                                       "--access", f"{self.resource}={access}", *options, stdin=stdin)
        client = Client(made["client_id"], made.get("client_secret", ""))
        self.clients.append(client)
        return client

    def token(self, client: Client | None = None, *, headers: dict[str, str] | None = None, port: int = 0, **parameters) -> Reply:
        """POST to the token endpoint; client_credentials with Basic unless told otherwise. A parameter may be a list."""
        form = {"grant_type": "client_credentials", **parameters}
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        if client is not None:
            sent["Authorization"] = basic(client.id, client.secret)
        body = urllib.parse.urlencode({name: value for name, value in form.items() if value is not None}, doseq=True)
        return request(self.stack, "POST", self.path + "/token", body, sent | (headers or {}), port)

    def jwks(self) -> dict:
        return self.get(f"{self.path}/jwks").json

    def published_kids(self) -> set[str]:
        return {key["kid"] for key in self.jwks()["keys"]}

    def keyring_id(self) -> str:
        (keyring,) = self.stack.tessera_json("keys", "list", "--issuer", self.issuer)["keyrings"]
        return keyring["id"]

    def signing_keys(self, *states: str, algorithm: str = "ES256") -> list[dict]:
        """The keys of the realm's keyring that are in one of these states, as keyd tells of them."""
        keys = self.stack.tessera_json("keys", "show", self.keyring_id())["keys"]
        return [key for key in keys if key["algorithm"] == algorithm and key["state"] in states]

    def standby_keys(self) -> list[dict]:
        return self.signing_keys("published", "ready")

    def get(self, path: str, headers: dict[str, str] | None = None) -> Reply:
        return request(self.stack, "GET", path, headers=headers)
