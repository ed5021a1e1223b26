"""A realm with people in it, and an app they sign in to."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import struct
import time
import uuid

from browser import Browser
from code_flow import App
from oauth_client import prefixed
from signed_in import relying_party

PASSWORD = "correct horse battery staple 42"


class Account:
    """A user of an organization of their own, with a password when one is given."""

    def __init__(self, house, password=PASSWORD, **organization):
        self.house, self.password = house, password
        self.organization, self.user = uuid.uuid4(), uuid.uuid4()
        self.email = f"p{secrets.token_hex(6)}@example.com"
        columns = {"log_in_with_email": True, "log_in_with_password": True, "log_in_with_authenticator_app": True,
                   "log_in_with_passkey": True, "log_in_with_google": False, "log_in_with_microsoft": False, "log_in_with_github": False,
                   "log_in_with_saml": False, "log_in_with_oidc": False, "require_mfa": False} | organization
        names = ", ".join(columns)
        house.oauth.execute(f"INSERT INTO tessera.organizations (project_id, organization_id, display_name, {names}) VALUES (%s, %s, 'Acme', "
                            + ", ".join(["%s"] * len(columns)) + ")", [str(house.oauth.project), str(self.organization), *columns.values()])
        house.oauth.execute("INSERT INTO tessera.users (project_id, user_id, organization_id, email, email_verified) VALUES (%s, %s, %s, %s, true)",
                            [str(house.oauth.project), str(self.user), str(self.organization), self.email])
        if password:
            house.set_password(self.id, password)

    @property
    def id(self):
        return prefixed("user_", self.user)

    def value(self, sql):
        return self.house.rows(sql, [str(self.user)])[0][0]


class House:
    """The realm, its app, and the ways in."""

    def __init__(self, stack, oauth):
        self.stack, self.oauth = stack, oauth
        client = relying_party(oauth, profile="oidc_legacy")
        oauth.execute("UPDATE tessera.clients SET skip_consent = true WHERE client_id = %s", [str(client.uuid)])
        self.app = App(oauth, client, scope="openid email")

    def set_password(self, user, password):
        self.stack.tessera_json("user", "set-password", "--project", self.oauth.slug, user, stdin=password)

    def rows(self, sql, arguments=()):
        return self.oauth.execute(sql, list(arguments))

    def mails_to(self, address) -> int:
        """Ever written. They are in the outbox when the page that caused them is there; the catcher has them later."""
        return self.rows("SELECT count(*) FROM tessera.mail_outbox WHERE recipient = %s", [address])[0][0]

    def browser(self, **options) -> Browser:
        return Browser(self.oauth.issuer.removesuffix(self.oauth.path), self.oauth.nodes, **options)

    def at_sign_in(self, **parameters) -> Browser:
        browser = self.browser()
        page = self.app.begin(browser, **parameters)
        assert page.status == 200 and "/login" in page.url, (page.url, page.status, page.text)
        return browser

    def is_back(self, browser) -> bool:
        return browser.page.url.startswith(self.app.redirect_uri) and "code=" in browser.page.url

    def signed_in(self, account) -> Browser:
        browser = self.at_sign_in()
        browser.submit(username=account.email, password=account.password)
        assert self.is_back(browser), (browser.page.url, browser.page.text)
        return browser

    def claims(self, browser) -> dict:
        """Of the ID token the app gets with the code it was sent."""
        reply = self.app.redeem(browser.page.query["code"])
        assert reply.status == 200, reply.body
        payload = reply.json["id_token"].split(".")[1]
        return json.loads(base64.urlsafe_b64decode(payload + "=="))

    def sessions(self, account) -> int:
        return account.value("SELECT count(*) FROM tessera.sessions WHERE user_id = %s AND revoke_time IS NULL")


def totp(secret: str, at=None, step=0) -> str:
    """RFC 6238 over a base32 secret."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int((time.time() if at is None else at) // 30) + step
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1_000_000:06d}"


def shown_secret(browser) -> str:
    """Of the page that sets up an authenticator app."""
    return re.sub(r"[^A-Z2-7]", "", re.search(r'class="secret"[^>]*>([^<]+)<', browser.page.reply.body.decode())[1])


class Enrolled:
    """A person who enrolled an authenticator app because the organization wants a second factor."""

    def __init__(self, house):
        self.account = Account(house, require_mfa=True)
        self.browser = house.at_sign_in()
        self.browser.submit(username=self.account.email, password=PASSWORD)
        self.browser.submit("authenticator", _form="authenticator")
        self.secret = shown_secret(self.browser)
        self.sessions_before = house.sessions(self.account)
        self.first_code = totp(self.secret)
        codes = self.browser.submit(code=self.first_code)
        self.recovery_codes = re.findall(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b", codes.text)
        self.browser.submit("continue", _form="submit")


def at_factor(house, account):
    browser = house.at_sign_in()
    page = browser.submit(username=account.email, password=PASSWORD)
    assert "code" in page.form("code")["fields"], page.text
    return browser


def next_code(house, enrolled):
    """The newest code accepted is behind us: as if half a minute had gone by."""
    house.oauth.execute("UPDATE tessera.user_authenticator_apps SET last_step = last_step - 2 WHERE user_id = %s", [str(enrolled.account.user)])
    return totp(enrolled.secret)
