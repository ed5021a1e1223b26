"""The authorization code flow as an app and a browser go through it: from the app's link to its tokens."""

import base64
import hashlib
import os
import urllib.parse

from browser import Browser, Page
from jose import b64url
from oauth_client import basic_header
from signed_in import REDIRECT_URI, Person, query_of, relying_party

__all__ = ["App", "Person", "challenge_of", "new_verifier", "signed_in_browser", "query_of", "relying_party", "REDIRECT_URI"]


def new_verifier() -> str:
    return b64url(os.urandom(32))


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def signed_in_browser(oauth, person=None) -> Browser:
    browser = Browser(oauth.issuer.removesuffix(oauth.path), oauth.nodes)
    if person is not None:
        name, value = person.cookie[1].split("=", 1)
        browser.cookies[name] = value
    return browser


class App:
    """A client and what it sends. A parameter that is None is left out, a list is sent once for each value."""

    def __init__(self, oauth, client, scope="openid", redirect_uri=REDIRECT_URI):
        self.oauth, self.client, self.scope, self.redirect_uri = oauth, client, scope, redirect_uri
        self.verifier = new_verifier()

    def parameters(self, **changes):
        usual = {"response_type": "code", "client_id": self.client.id, "redirect_uri": self.redirect_uri, "scope": self.scope,
                 "state": "s", "nonce": "n", "code_challenge": challenge_of(self.verifier), "code_challenge_method": "S256"}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def link(self, **changes) -> str:
        return self.oauth.path + "/authorize?" + urllib.parse.urlencode(self.parameters(**changes), doseq=True)

    def begin(self, browser, **changes) -> Page:
        return browser.get(self.link(**changes))

    def answer(self, browser, do="allow", **changes) -> dict:
        """The parameters of the redirect to the app; a consent page on the way is answered."""
        page = self.begin(browser, **changes)
        if urllib.parse.urlsplit(page.url).path == self.oauth.path + "/consent":
            page = browser.submit(do)
        assert page.url.startswith(self.redirect_uri), (page.url, page.status, page.text)
        return query_of(page.url)

    def code(self, browser, **changes) -> str:
        answer = self.answer(browser, **changes)
        assert "code" in answer, answer
        return answer["code"]

    def token(self, node=0, client=None, headers=None, **form):
        client = client or self.client
        form = {name: value for name, value in form.items() if value is not None}
        if client.method == "none":
            form.setdefault("client_id", client.id)
            return self.oauth.post(urllib.parse.urlencode(form, doseq=True), headers or (), node)
        return self.oauth.post(urllib.parse.urlencode(form, doseq=True),
                               headers or [basic_header(client.id, client.secret)], node)

    def redeem(self, code, node=0, client=None, **changes):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri,
                "code_verifier": self.verifier} | changes
        return self.token(node, client, **form)

    def refresh(self, token, node=0, client=None, **changes):
        return self.token(node, client, **({"grant_type": "refresh_token", "refresh_token": token} | changes))

    def tokens(self, browser, **changes) -> dict:
        reply = self.redeem(self.code(browser, **changes))
        assert reply.status == 200, reply.body
        return reply.json

    def userinfo(self, access_token, node=0, method="GET", body=None, headers=()):
        return self.oauth.nodes[node].request(method, self.oauth.path + "/userinfo", body,
                                              [("Authorization", f"Bearer {access_token}"), *headers])
