"""A small app that signs people in with the demo realm: what a newcomer clicks through after `./tessera-dev up`.

Plain HTML over http://localhost, the code flow with PKCE, one session a browser in memory. Run by tests/support/dev.py; its
argument is a file with its configuration as JSON: client_id, client_secret, issuer, ca_file, base, port.
"""

import base64
import hashlib
import html
import http.server
import json
import secrets
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.cookies import SimpleCookie
from pathlib import Path

SCOPE = "openid profile email offline_access"
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; }
code, pre { font: .9em ui-monospace, monospace; }
pre { overflow: auto; padding: 1rem; border-radius: .5rem; background: #8881; }
form { display: inline-block; margin: 0 .5rem .5rem 0; }
button { font: inherit; padding: .6rem 1rem; border: 0; border-radius: .5rem; background: #1f5eff; color: #fff; }
button.quiet { background: #8883; color: inherit; }
table { border-collapse: collapse; }
td { padding: .25rem 1rem .25rem 0; vertical-align: top; overflow-wrap: anywhere; }
"""


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def payload_of(jwt: str) -> dict:
    part = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class App(http.server.BaseHTTPRequestHandler):
    configuration: dict = {}
    metadata: dict = {}
    sessions: dict = {}

    # ------------------------------------------------------------------ pages

    def do_GET(self):
        path, query = self.split()
        if path == "/":
            self.home()
        elif path == "/callback":
            self.callback(query)
        elif path == "/signed-out":
            self.page("Signed out", "<p>You are signed out of this app and of Tessera.</p>" + button("/sign-in", "Sign in again"))
        else:
            self.page("Not found", "<p>There is nothing here.</p>", 404)

    def do_POST(self):
        path, _ = self.split()
        if self.headers.get("origin") not in (None, self.configuration["base"]):
            return self.page("Refused", "<p>This form came from somewhere else.</p>", 403)
        actions = {"/sign-in": self.sign_in, "/refresh": self.refresh, "/sign-out": self.sign_out}
        if path in actions:
            return actions[path]()
        return self.page("Not found", "<p>There is nothing here.</p>", 404)

    def home(self):
        session = self.session()
        if "tokens" not in session:
            return self.page("A demo app", "<p>This app knows nobody yet. It signs people in with Tessera.</p>" + button("/sign-in", "Sign in"))
        claims, access = session["claims"], payload_of(session["tokens"]["access_token"])
        rows = "".join(f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape(json.dumps(value, ensure_ascii=False))}</td></tr>"
                       for name, value in claims.items())
        return self.page(f"Hello, {claims.get('name') or claims.get('email') or claims['sub']}", f"""
<p>Tessera says who you are. These are the claims of the ID token and of UserInfo:</p>
<table>{rows}</table>
<p>{button("/refresh", "Refresh the tokens")}{button("/sign-out", "Sign out", "quiet")}</p>
<p>Tokens were renewed {session['refreshed']} times. The access token is for <code>{html.escape(str(access['aud']))}</code>:</p>
<pre>{html.escape(json.dumps(access, indent=2))}</pre>""")

    # ------------------------------------------------------------------ the flow

    def sign_in(self):
        session = self.session()
        session.update(state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))
        challenge = b64url(hashlib.sha256(session["verifier"].encode()).digest())
        self.redirect(self.metadata["authorization_endpoint"] + "?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": self.configuration["client_id"], "redirect_uri": self.configuration["base"] + "/callback",
            "scope": SCOPE, "state": session["state"], "nonce": session["nonce"], "code_challenge": challenge, "code_challenge_method": "S256"}))

    def callback(self, query):
        session = self.session()
        if query.get("state") != session.pop("state", None) or query.get("iss") != self.metadata["issuer"]:
            return self.page("Not signed in", "<p>This answer is not to a question this browser asked.</p>" + button("/sign-in", "Try again"), 400)
        if "error" in query:
            return self.page("Not signed in", f"<p>{html.escape(query.get('error_description', query['error']))}</p>" + button("/sign-in", "Try again"), 400)
        tokens = self.token(grant_type="authorization_code", code=query["code"], redirect_uri=self.configuration["base"] + "/callback",
                            code_verifier=session.pop("verifier"))
        claims = payload_of(tokens["id_token"])
        if claims["nonce"] != session.pop("nonce") or claims["aud"] != self.configuration["client_id"]:
            return self.page("Not signed in", "<p>The ID token is not the one asked for.</p>", 400)
        # OpenID Connect Core §3.1.3.7: received directly over TLS, the issuer's certificate stands for the signature.
        session.update(tokens=tokens, claims=claims | self.userinfo(tokens["access_token"]), refreshed=0)
        return self.redirect("/")

    def refresh(self):
        session = self.session()
        if "tokens" in session:
            session["tokens"] |= self.token(grant_type="refresh_token", refresh_token=session["tokens"]["refresh_token"])
            session["refreshed"] += 1
        self.redirect("/")

    def sign_out(self):
        session = self.session()
        hint = session.get("tokens", {}).get("id_token", "")
        session.clear()
        self.redirect(self.metadata["end_session_endpoint"] + "?" + urllib.parse.urlencode({
            "id_token_hint": hint, "client_id": self.configuration["client_id"], "post_logout_redirect_uri": self.configuration["base"] + "/signed-out"}))

    # ------------------------------------------------------------------ the wire

    def token(self, **form):
        basic = base64.b64encode(f"{self.configuration['client_id']}:{self.configuration['client_secret']}".encode()).decode()
        return fetch(self.metadata["token_endpoint"], urllib.parse.urlencode(form).encode(), {"Authorization": "Basic " + basic})

    def userinfo(self, access_token):
        return fetch(self.metadata["userinfo_endpoint"], None, {"Authorization": "Bearer " + access_token})

    def split(self):
        parts = urllib.parse.urlsplit(self.path)
        return parts.path, dict(urllib.parse.parse_qsl(parts.query))

    def session(self) -> dict:
        cookie = SimpleCookie(self.headers.get("cookie", ""))
        known = cookie["demo"].value if "demo" in cookie else ""
        self.sid = known if known in self.sessions else secrets.token_urlsafe(24)
        return self.sessions.setdefault(self.sid, {})

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if hasattr(self, "sid"):
            self.send_header("Set-Cookie", f"demo={self.sid}; Path=/; HttpOnly; SameSite=Lax")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, location):
        self.answer(303, Location=location)

    def page(self, title, body, status=200):
        text = (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
                f'<link rel="icon" href="data:,"><title>{html.escape(title)}</title>'
                f"<style>{STYLE}</style><h1>{html.escape(title)}</h1>{body}")
        self.answer(status, text.encode(), Content_Type="text/html; charset=utf-8", Cache_Control="no-store")

    def log_message(self, *_):
        pass


def button(action, text, kind=""):
    return f'<form method="post" action="{action}"><button class="{kind}">{text}</button></form>'


def fetch(url, body=None, headers=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=10, context=App.tls) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.code} {error.read()[:400]!r}") from error


def main():
    App.configuration = json.loads(Path(sys.argv[1]).read_text())
    App.tls = ssl.create_default_context(cafile=App.configuration["ca_file"])
    App.metadata = fetch(App.configuration["issuer"] + "/.well-known/openid-configuration")
    http.server.ThreadingHTTPServer(("127.0.0.1", App.configuration["port"]), App).serve_forever()


if __name__ == "__main__":
    main()
