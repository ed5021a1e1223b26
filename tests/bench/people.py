"""People of a served realm and what they hold: seeded by seed.py, used over the wire."""

import contextlib
import hashlib
import urllib.parse
import uuid

from measure import Load
from oauth_client import prefixed
from passwords import Parameters, encoded_hash
from realm import Realm, request
from seed import REDIRECT_URI, VERIFIER, Seeder, Tokens, text_of
from served import Served

PASSWORD = "correct horse battery staple 42"
USERS = 1000
CLIENT = prefixed("client_", uuid.UUID(hashlib.md5(b"bench client").hexdigest()))
SPARE_TOKENS = 64  # beyond the connections: wrk asks for a request more than it sends


def project_of(served: Served, realm: Realm) -> str:
    system = served.stack.postgres.psql(f"SELECT project_id FROM tessera.projects WHERE slug = '{realm.slug}'", "tessera_system")
    return str(uuid.UUID(system))


class People:
    """`USERS` people of one realm with a password, a public client they use, and any number of refresh tokens and codes."""

    def __init__(self, served: Served, realm: Realm):
        self.served, self.realm = served, realm
        self.project = project_of(served, realm)
        self.seeder = Seeder(served.stack.postgres.database_url())
        self.users = USERS
        self.made: dict[str, int] = {}
        self.seeder.clients([self.project])
        self.seeder.users([self.project], USERS, encoded_hash(PASSWORD))

    @classmethod
    def of(cls, served: Served) -> "People":
        """The people of the served realm, made when they are first asked for."""
        if served.people is None:
            served.people = cls(served, served.realm)
        return served.people

    @contextlib.contextmanager
    def hashing(self, parameters: Parameters):
        """Everybody's password is hashed so, and the front would hash it so too."""
        self.seeder.passwords([self.project], encoded_hash(PASSWORD, parameters))
        self.served.restart_plain(parameters.settings)
        try:
            yield
        finally:
            self.seeder.passwords([self.project], encoded_hash(PASSWORD))
            self.served.restart_plain({})

    @property
    def own_api(self) -> str:
        return f"{self.realm.issuer}/api"

    def address(self, number: int) -> str:
        return f"user{number % self.users}@example.com"

    def tokens(self, kind: str, count: int, scope: str, resource: str) -> Tokens:
        """Numbers that were not given out before."""
        first = self.made.get(kind, 0)
        self.made[kind] = first + count
        return Tokens(kind, scope, resource, self.users, first, count)

    def refresh_load(self, scope: str, resource: str, connections: int = 32) -> Load:
        """Each answer's token is the next request's: nothing runs out."""
        tokens = self.tokens("refresh", connections + SPARE_TOKENS, scope, resource)
        self.seeder.refresh_tokens([self.project], tokens)
        self.seeder.settle()
        place = self.served.cache / "refresh-tokens"
        place.write_text("".join(text_of("refresh", tokens.first + n) + "\n" for n in range(tokens.count)))
        return Load(f"{self.served.origin()}{self.realm.path}/token", f"grant_type=refresh_token&client_id={CLIENT}&refresh_token=",
                    tokens=place, connections=connections)

    def code_form(self, code: str) -> str:
        return urllib.parse.urlencode({"grant_type": "authorization_code", "client_id": CLIENT, "code": code, "redirect_uri": REDIRECT_URI,
                                       "code_verifier": VERIFIER})

    def code_load(self, count: int) -> Load:
        tokens = self.tokens("code", count, "openid", self.own_api)
        self.seeder.codes([self.project], tokens)
        self.seeder.settle()
        place = self.served.cache / "codes"
        place.write_text("".join(self.code_form(text_of("code", tokens.first + n)) + "\n" for n in range(count)))
        return Load(f"{self.served.origin()}{self.realm.path}/token", f"@{place}")

    def access_token(self) -> str:
        """Good for userinfo."""
        tokens = self.tokens("code", 1, "email openid profile", self.own_api)
        self.seeder.codes([self.project], tokens)
        reply = request(self.served.stack, "POST", self.realm.path + "/token", self.code_form(text_of("code", tokens.first)),
                        {"Content-Type": "application/x-www-form-urlencoded"})
        assert reply.status == 200, reply.body
        return reply.json["access_token"]

    def userinfo_load(self) -> Load:
        return Load(f"{self.served.origin()}{self.realm.path}/userinfo", authorization=f"Bearer {self.access_token()}")
