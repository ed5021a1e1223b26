"""A realm that takes registrations (RFC 7591), and what an app sends it."""

import json
import urllib.parse
import uuid

from oauth_client import OauthRealm
from wait import SANITIZER_FACTOR, wait_for

CALLBACK = "https://app.example/callback"
SOON = 2 * SANITIZER_FACTOR


class Registrar:
    def __init__(self, stack, nodes, policy):
        self.stack = stack
        slug = f"register-{uuid.uuid4().hex[:12]}"
        stack.tessera_json("project", "create", "--slug", slug, "--display-name", slug)
        self.oauth = OauthRealm(f"{stack.issuer_base}/realms/{slug}", nodes, stack.postgres.database_url)
        self.set_policy(policy)

    def set_policy(self, policy):
        self.oauth.execute("UPDATE tessera.projects SET registration_policy = %s", [policy])
        wait_for("the policy", lambda: (self.metadata().get("registration_endpoint") is None) == (policy == "off"), SOON)

    def metadata(self):
        return self.oauth.get(self.oauth.path + "/.well-known/oauth-authorization-server").json

    def call(self, method, target, body=None, token=None, content_type="application/json", node=0):
        headers = [("Authorization", f"Bearer {token}")] if token else []
        if body is not None:
            headers.append(("Content-Type", content_type))
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.oauth.nodes[node].request(method, target, body, headers)

    def register(self, token=None, **metadata):
        metadata.setdefault("redirect_uris", [CALLBACK])
        return self.call("POST", self.oauth.path + "/register", {name: value for name, value in metadata.items() if value is not None}, token)

    def made(self, **metadata):
        reply = self.register(**metadata)
        assert reply.status == 201, reply.body
        return reply.json

    def manage(self, client, method="GET", body=None, token=None, node=0):
        target = urllib.parse.urlsplit(client["registration_client_uri"])
        return self.call(method, f"{target.path}?{target.query}", body, token or client["registration_access_token"], node=node)
