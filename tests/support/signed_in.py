"""A person who has signed in, as rows: what the suites that are about something else than signing in begin with."""

import hashlib
import os
import urllib.parse
import uuid
from dataclasses import dataclass

from jose import b64url
from oauth_client import OauthClient, OauthRealm, basic_header, prefixed

REDIRECT_URI = "https://rp.example/callback"
EVERY_GRANT = ("authorization_code", "refresh_token", "client_credentials")


def relying_party(oauth: OauthRealm, profile="oidc_legacy", public=False, **columns) -> OauthClient:
    """A client of the code flow; `columns` are columns of its row."""
    if public:
        client = OauthClient(prefixed("client_", value := uuid.uuid4()), value, "none")
        oauth.execute("INSERT INTO tessera.clients (project_id, client_id, display_name, profile, token_endpoint_auth_method, "
                      "access_token_lifetime_s, grant_types, assertion_audience) VALUES (%s, %s, 'an app', 'mcp_public', 'none', 0, "
                      "%s, 'issuer')", [str(oauth.project), str(value), list(EVERY_GRANT[:2])])
    else:
        client = oauth.add_client(profile=profile, grants=EVERY_GRANT)
    columns.setdefault("redirect_uris", [REDIRECT_URI])
    names = ", ".join(f"{name} = %s" for name in columns)
    oauth.execute(f"UPDATE tessera.clients SET {names} WHERE client_id = %s", [*columns.values(), str(client.uuid)])
    return client


@dataclass
class Tokens:
    oauth: OauthRealm
    client: OauthClient
    family: uuid.UUID
    code: str
    access: str = ""
    refresh: str = ""
    id_token: str = ""

    def redeem(self, node=0):
        return self._ask(node, grant_type="authorization_code", code=self.code, redirect_uri=REDIRECT_URI)

    def renew(self, node=0):
        """A refresh, of which nothing is kept."""
        return self._ask(node, grant_type="refresh_token", refresh_token=self.refresh)

    def userinfo(self, node=0):
        return self.oauth.nodes[node].request("GET", self.oauth.path + "/userinfo", headers=[("Authorization", f"Bearer {self.access}")])

    def _ask(self, node, **form):
        if self.client.method == "none":
            return self.oauth.post(form | {"client_id": self.client.id}, (), node)
        return self.oauth.post(form, [basic_header(self.client.id, self.client.secret)], node)


class Person:
    """A user of an organization of their own, with one browser session."""

    def __init__(self, oauth: OauthRealm):
        self.oauth = oauth
        self.organization, self.user = uuid.uuid4(), uuid.uuid4()
        self.email = f"{self.user.hex[:12]}@example.com"
        oauth.execute(
            "INSERT INTO tessera.organizations (project_id, organization_id, display_name, log_in_with_google, log_in_with_microsoft, "
            "log_in_with_github, log_in_with_email, log_in_with_password, log_in_with_saml, log_in_with_oidc, "
            "log_in_with_authenticator_app, log_in_with_passkey) "
            "VALUES (%s, %s, 'Acme', false, false, false, true, true, false, false, true, true)",
            [str(oauth.project), str(self.organization)])
        oauth.execute("INSERT INTO tessera.users (project_id, user_id, organization_id, email, email_verified) VALUES (%s, %s, %s, %s, true)",
                      [str(oauth.project), str(self.user), str(self.organization), self.email])
        self.session, self.cookie = self.sign_in()

    @property
    def id(self):
        return prefixed("user_", self.user)

    @property
    def sid(self):
        return prefixed("session_", self.session)

    def sign_in(self):
        """Another browser: (session, Cookie header)."""
        session, secret = uuid.uuid4(), os.urandom(32)
        self.oauth.execute(
            "INSERT INTO tessera.sessions (project_id, session_id, user_id, organization_id, token_digest, primary_auth_factor, amr, acr, "
            "auth_time, create_time, last_active_time, expire_time, device_id, ip, user_agent) VALUES (%s, %s, %s, %s, %s, 'password', "
            "'{pwd}', 'urn:tessera:acr:1fa', now(), now(), now(), now() + interval '1 hour', %s, '127.0.0.1', 'test')",
            [str(self.oauth.project), str(session), str(self.user), str(self.organization), hashlib.sha256(secret).digest(),
             str(uuid.uuid4())])
        return session, ("Cookie", f"__Host-tessera_session_{self.oauth.slug}={b64url(secret)}")

    def authorize(self, client, scope="openid", offline=False, session=None, resources=(), grant=None) -> Tokens:
        """A code, as after the person's consent."""
        family, code, session = uuid.uuid4(), b64url(os.urandom(32)), session or self.session
        scope = scope + " offline_access" if offline else scope
        self.oauth.execute(
            "INSERT INTO tessera.token_families (project_id, family_id, client_id, user_id, organization_id, session_id, grant_id, "
            "redirect_uri, scope, resources, auth_time, amr, acr, auth_time_asked, offline, create_time, expire_time, family_text, "
            "user_text, session_text) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now(), '{pwd}', 'urn:tessera:acr:1fa', false, %s, "
            "now(), now() + interval '1 hour', %s, %s, %s)",
            [str(self.oauth.project), str(family), str(client.uuid), str(self.user), str(self.organization), str(session),
             str(grant) if grant else None, REDIRECT_URI, scope, list(resources) or [self.oauth.issuer + "/api"], offline,
             prefixed("token_family_", family), self.id, prefixed("session_", session)])
        self.oauth.execute("INSERT INTO tessera.authorization_codes (project_id, digest, family_id, client_id, expire_time) "
                           "VALUES (%s, %s, %s, %s, now() + interval '60 seconds')",
                           [str(self.oauth.project), hashlib.sha256(code.encode()).digest(), str(family), str(client.uuid)])
        return Tokens(self.oauth, client, family, code)

    def tokens(self, client, **options) -> Tokens:
        made = self.authorize(client, **options)
        reply = made.redeem()
        assert reply.status == 200, reply.body
        made.access, made.refresh = reply.json["access_token"], reply.json.get("refresh_token", "")
        made.id_token = reply.json.get("id_token", "")
        return made


def introspector(oauth: OauthRealm):
    """ask(token, node=0) → the answer of a client that may see every token of the realm."""
    client = oauth.add_client()
    oauth.execute("UPDATE tessera.clients SET introspection_allowed = true WHERE client_id = %s", [str(client.uuid)])

    def ask(token, node=0):
        reply = oauth.post({"token": token}, [basic_header(client.id, client.secret)], node, "/introspect")
        assert reply.status == 200, reply.body
        return reply.json

    return ask


def query_of(url: str) -> dict:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
