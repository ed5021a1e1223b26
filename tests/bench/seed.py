"""Fills realms with people and their tokens, as rows the product accepts, quickly: all of it by generate_series on the server.

usage: seed.py --database-url URL --project UUID [--project UUID …] [--users N] [--organization-size N] [--tokens N]

The URL is the owner's. Row-level security is forced on the owner too, so each realm is filled inside its own scope. Ids are MD5s of
running numbers, so rows find each other without a look-up, and what is once-only is the SHA-256 of a text that is known.
"""

import argparse
import base64
import hashlib
import subprocess
import uuid
from dataclasses import dataclass

PSQL = "/usr/lib/postgresql/15/bin/psql"
REDIRECT_URI = "https://app.example/callback"
VERIFIER = "bench-verifier-0123456789-0123456789-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()

CLIENT = """
INSERT INTO tessera.clients (project_id, client_id, display_name, profile, token_endpoint_auth_method, access_token_lifetime_s,
    grant_types, assertion_audience, redirect_uris, skip_consent, id_token_signed_response_alg)
SELECT p, md5('bench client')::uuid, 'Bench', 'mcp_public', 'none', 3600, '{authorization_code,refresh_token}', 'issuer',
    '{%(redirect_uri)s}', true, 'ES256'
ON CONFLICT DO NOTHING;
"""
USERS = """
INSERT INTO tessera.organizations (project_id, organization_id, display_name, log_in_with_google, log_in_with_microsoft,
    log_in_with_github, log_in_with_email, log_in_with_password, log_in_with_saml, log_in_with_oidc, log_in_with_authenticator_app,
    log_in_with_passkey)
SELECT p, md5('organization ' || n)::uuid, 'Organization ' || n, false, false, false, true, true, false, false, true, true
FROM generate_series(%(first)d / %(size)d, (%(first)d + %(count)d - 1) / %(size)d) n ON CONFLICT DO NOTHING;
INSERT INTO tessera.users (project_id, user_id, organization_id, email, email_verified, display_name, given_name, family_name)
SELECT p, md5('user ' || n)::uuid, md5('organization ' || n / %(size)d)::uuid, 'user' || n || '@example.com', true, 'User ' || n,
    'User', n::text
FROM generate_series(%(first)d, %(first)d + %(count)d - 1) n;
INSERT INTO tessera.user_passwords (project_id, user_id, hash, set_time)
SELECT p, md5('user ' || n)::uuid, '%(hash)s', now()
FROM generate_series(%(first)d, %(first)d + %(count)d - 1) n WHERE '%(hash)s' <> '';
"""
FAMILIES = """
INSERT INTO tessera.sessions (project_id, session_id, user_id, organization_id, token_digest, primary_auth_factor, amr, acr, auth_time,
    create_time, last_active_time, expire_time, device_id, ip, user_agent)
SELECT p, md5('%(kind)s session ' || n)::uuid, md5('user ' || n %% %(users)d)::uuid,
    md5('organization ' || n %% %(users)d / %(size)d)::uuid, sha256(convert_to('%(kind)s session ' || n, 'UTF8')), 'password', '{pwd}',
    'urn:tessera:acr:1fa', now(), now(), now(), now() + interval '1 day', md5('device ' || n)::uuid, '127.0.0.1', 'bench'
FROM generate_series(%(first)d, %(first)d + %(count)d - 1) n;
INSERT INTO tessera.token_families (project_id, family_id, client_id, user_id, organization_id, session_id, redirect_uri, scope,
    resources, auth_time, amr, acr, auth_time_asked, offline, create_time, expire_time, family_text, user_text, session_text)
SELECT p, md5('%(kind)s family ' || n)::uuid, md5('bench client')::uuid, md5('user ' || n %% %(users)d)::uuid,
    md5('organization ' || n %% %(users)d / %(size)d)::uuid, md5('%(kind)s session ' || n)::uuid, '%(redirect_uri)s', '%(scope)s',
    '{%(resource)s}', now(), '{pwd}', 'urn:tessera:acr:1fa', false, false, now(), now() + interval '1 day',
    'token_family_' || lpad(n::text, 25, '0'), 'user_' || lpad(n::text, 25, '0'), 'session_' || lpad(n::text, 25, '0')
FROM generate_series(%(first)d, %(first)d + %(count)d - 1) n;
"""
REFRESH_TOKENS = """
INSERT INTO tessera.refresh_tokens (project_id, digest, family_id, create_time, expire_time)
SELECT p, sha256(convert_to('bench-%(kind)s-' || n, 'UTF8')), md5('%(kind)s family ' || n)::uuid, now(), now() + interval '1 day'
FROM generate_series(%(first)d, %(first)d + %(count)d - 1) n;
"""
CODES = """
INSERT INTO tessera.authorization_codes (project_id, digest, family_id, client_id, code_challenge, expire_time)
SELECT p, sha256(convert_to('bench-%(kind)s-' || n, 'UTF8')), md5('%(kind)s family ' || n)::uuid, md5('bench client')::uuid,
    '%(challenge)s', now() + interval '1 hour'
FROM generate_series(%(first)d, %(first)d + %(count)d - 1) n;
"""
IN_EACH_REALM = """
DO $seed$
DECLARE
    p uuid;
BEGIN
    FOREACH p IN ARRAY '{%(projects)s}'::uuid[] LOOP
        PERFORM set_config('tessera.project_id', p::text, true);
        %(body)s
    END LOOP;
END $seed$;
"""


def text_of(kind: str, number: int) -> str:
    """The refresh token or code of that number."""
    return f"bench-{kind}-{number}"


@dataclass
class Tokens:
    """Families to make, with a refresh token or a code each; `kind` keeps several lots apart."""

    kind: str
    scope: str
    resource: str
    users: int  # they are shared out among the first so many
    first: int = 0
    count: int = 64


class Seeder:
    """Writes into one database; `organization_size` people share an organization."""

    def __init__(self, database_url: str, organization_size: int = 50):
        self.database_url = database_url
        self.organization_size = organization_size

    def run(self, script: str) -> str:
        done = subprocess.run([PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.database_url, "-f", "-"], input=script,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"seeding: {done.stderr.strip()[:500]}")
        return done.stdout.strip()

    def in_each(self, projects: list[str], body: str, values: dict) -> None:
        filled = body % ({"redirect_uri": REDIRECT_URI, "challenge": CHALLENGE, "size": self.organization_size} | values)
        self.run(IN_EACH_REALM % {"projects": ",".join(projects), "body": filled})

    def clients(self, projects: list[str]) -> None:
        """The public client that all families here belong to: it rotates its refresh tokens."""
        self.in_each(projects, CLIENT, {})

    def users(self, projects: list[str], count: int, password_hash: str = "", first: int = 0) -> None:
        self.in_each(projects, USERS, {"first": first, "count": count, "hash": password_hash})

    def passwords(self, projects: list[str], password_hash: str) -> None:
        """Of everybody who has one."""
        self.in_each(projects, "UPDATE tessera.user_passwords SET hash = '%(hash)s';", {"hash": password_hash})

    def refresh_tokens(self, projects: list[str], tokens: Tokens) -> None:
        self.in_each(projects, FAMILIES + REFRESH_TOKENS, vars(tokens))

    def codes(self, projects: list[str], tokens: Tokens) -> None:
        self.in_each(projects, FAMILIES + CODES, vars(tokens))

    def settle(self) -> None:
        """Statistics, and no vacuum left over to run beside what is measured."""
        self.run("VACUUM (ANALYZE) tessera.users, tessera.user_passwords, tessera.organizations, tessera.sessions, "
                 "tessera.token_families, tessera.refresh_tokens, tessera.authorization_codes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--project", type=uuid.UUID, action="append", required=True)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--organization-size", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=100_000, help="sessions, families and refresh tokens in each realm")
    parser.add_argument("--password-hash", default="", help="PHC string that everybody gets; none: nobody has a password")
    arguments = parser.parse_args()
    seeder = Seeder(arguments.database_url, arguments.organization_size)
    projects = [str(project) for project in arguments.project]
    seeder.clients(projects)
    seeder.users(projects, arguments.users, arguments.password_hash)
    seeder.refresh_tokens(projects, Tokens("seed", "openid", "https://api.example", arguments.users, count=arguments.tokens))
    seeder.settle()


if __name__ == "__main__":
    main()
