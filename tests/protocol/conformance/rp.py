"""A relying party as the suite plays it: requests, a browser that answers the OP's pages, and what comes back, judged."""

import html
import json
import re
import secrets
import urllib.parse
from dataclasses import dataclass, field

import checks
from browser import Browser, Page
from jose import Key
from oauth_client import basic_header
from op import POST_LOGOUT_REDIRECT_URI, REDIRECT_URI, RP, Client, OpUnderTest
from signed_in import query_of
from verdict import Report, Stopped

PAGES_MAX = 8  # of an OP before it has an answer
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@dataclass
class Visit:
    """Where a request led the browser: to the RP with `answer`, or to a page of the OP."""

    page: Page
    answer: dict | None = None
    by: str = ""  # query, form_post
    uri: str = ""
    sign_ins: int = 0
    pages: int = 0


@dataclass
class Flow:
    """One authorization gone through to its tokens."""

    client: Client
    request: dict
    visit: Visit
    code: str = ""
    tokens: dict = field(default_factory=dict)
    claims: dict = field(default_factory=dict)


class RelyingParty:
    """One module's: a browser with an empty cookie jar, the OP's documents, a report."""

    def __init__(self, op: OpUnderTest, report: Report, mode: str = "query", registration: str = "static"):
        self.op, self.report, self.mode, self.registration = op, report, mode, registration
        self.browser = Browser(op.origin, op.nodes)
        self.registered = []
        self.metadata, self.jwks = {}, {}

    # Documents --------------------------------------------------------------------------------------------------------------

    def send(self, method, url, body=None, headers=(), node=0):
        parts = urllib.parse.urlsplit(url)
        self.report.require(url.startswith(self.op.origin + "/"), f"{url} is not the OP's")
        return self.op.nodes[node % len(self.op.nodes)].request(method, parts.path + ("?" + parts.query if parts.query else ""), body, list(headers))

    def discover(self):
        reply = self.send("GET", self.op.issuer + "/.well-known/openid-configuration")
        self.report.require(reply.status == 200 and reply.headers["Content-Type"].split(";")[0] == "application/json", f"discovery answers {reply.status}")
        self.metadata = reply.json
        for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
            self.report.require(checks.is_text(self.metadata.get(name)), f"no {name} in the metadata")
        self.jwks = self.send("GET", self.metadata["jwks_uri"]).json
        checks.jwks(self.report, self.jwks)
        return self

    # Clients ----------------------------------------------------------------------------------------------------------------

    def client(self, name="first", **metadata) -> Client:
        """A registered one by its name, or one that registers itself now."""
        if self.registration == "static" or name == "backchannel":  # its receiver is on loopback, which nobody may register
            return self.op.clients[name]
        method = "client_secret_post" if name == "post" else "client_secret_basic"
        body = {"client_name": "conformance", "redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code"], "response_types": ["code"],
                "token_endpoint_auth_method": method, "contacts": ["certification@rp.example"], "jwks": json.loads(Key("RS256").jwks),
                "post_logout_redirect_uris": [POST_LOGOUT_REDIRECT_URI]} | metadata
        token = self.op.initial_access_token
        headers = [("Content-Type", "application/json"), *([("Authorization", "Bearer " + token)] if token else [])]
        reply = self.send("POST", self.metadata["registration_endpoint"], json.dumps(body).encode(), headers)
        self.report.require(reply.status == 201 and reply.headers["Content-Type"].split(";")[0] == "application/json",
                            f"registration: {reply.status} {reply.body}")
        made = reply.json
        self.registered.append(made)
        self.report.require("client_id" in made and "error" not in made, f"registration: {made}")
        self.report.must(("registration_client_uri" in made) == ("registration_access_token" in made), "half of what manages a client")
        self.report.must(made.get("registration_client_uri", "https://").startswith("https://"), "registration_client_uri is not https")
        self.report.must("client_secret" not in made or "client_secret_expires_at" in made, "client_secret_expires_at is missing")
        return Client(made["client_id"], made.get("client_secret", ""), method, made)

    def unregister(self):
        for made in self.registered:
            if "registration_client_uri" in made:
                reply = self.send("DELETE", made["registration_client_uri"], headers=[("Authorization", "Bearer " + made["registration_access_token"])])
                self.report.should(reply.status == 204, f"unregistering answers {reply.status}")

    # The browser ------------------------------------------------------------------------------------------------------------

    def request(self, client: Client, scope="openid", **changes) -> dict:
        usual = {"client_id": client.id, "redirect_uri": REDIRECT_URI, "scope": scope, "state": secrets.token_urlsafe(16), "nonce": secrets.token_urlsafe(16),
                 "response_type": "code"} | ({"response_mode": "form_post"} if self.mode == "form_post" else {})
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def press(self, button: str, **fields) -> Page:
        """The button with that id, its form filled in."""
        page = self.browser.page
        form = page.form(button)
        (pressed,) = [each for each in form["buttons"] if each.get("id") == button]
        named = {pressed["name"]: pressed.get("value", "")} if "name" in pressed else {}
        filled = form["fields"] | {name: value for name, value in fields.items() if name in form["fields"]} | named
        return self.browser.post(urllib.parse.urljoin(page.url, form["action"] or page.url), filled)

    def delivered(self, visit: Visit) -> bool:
        """Whether the page is the OP's answer to the RP."""
        page = visit.page
        if page.url.startswith(RP + "/"):
            visit.answer, visit.by, visit.uri = query_of(page.url), "query", page.url.split("?")[0]
        elif (to_rp := [form for form in page.forms if form["action"].startswith(RP + "/")]):
            visit.answer, visit.by, visit.uri = to_rp[0]["fields"], "form_post", to_rp[0]["action"]
        return visit.answer is not None

    def visit(self, page: Page) -> Visit:
        """Signs in and allows wherever it is asked to; ends at the RP or at any other page."""
        visit, pages = Visit(page), self.op.pages
        while not self.delivered(visit) and visit.pages < PAGES_MAX:
            if pages.password in visit.page.ids:
                visit.sign_ins += 1
                visit.page = self.press(pages.submit, **{pages.username: self.op.username, pages.password: self.op.password})
            elif pages.allow in visit.page.ids:
                visit.page = self.press(pages.allow)
            else:
                break
            visit.pages += 1
        return visit

    def authorize(self, request: dict, method="GET") -> Visit:
        endpoint = self.metadata["authorization_endpoint"]
        if method == "POST":
            # From the suite's own page: another site, so the OP's cookies stay at home (SameSite=Lax).
            kept, self.browser.cookies = self.browser.cookies, {}
            page = self.browser.request("POST", endpoint, urllib.parse.urlencode(request).encode(), [FORM, ("Origin", RP)])
            self.browser.cookies = kept | self.browser.cookies
            return self.visit(self.browser.follow(page))
        return self.visit(self.browser.get(endpoint + "?" + urllib.parse.urlencode(request)))

    def callback(self, request: dict, visit: Visit) -> dict:
        """The answer as the RP gets it, in the mode it asked for, with the state it sent."""
        answer = visit.answer
        self.report.require(answer is not None, f"no answer to the RP: {visit.page.url} {visit.page.status} {visit.page.text[:200]}")
        self.report.must(visit.uri == REDIRECT_URI, f"the answer went to {visit.uri}")
        self.report.must(visit.by == self.mode, f"the answer came by {visit.by}")
        self.report.must(answer.get("iss", self.metadata["issuer"]) == self.metadata["issuer"], f"iss in the answer is {answer.get('iss')}")
        self.report.must(answer.get("state") == request.get("state"), f"state is {answer.get('state')!r}, {request.get('state')!r} was sent")
        return answer

    def refused(self, request: dict, visit: Visit, *errors) -> None:
        """An error for the RP, of which it can make sense."""
        answer = self.callback(request, visit)
        self.report.must("code" not in answer, "a code beside an error")
        self.report.should(set(answer) <= {"error", "error_description", "error_uri", "state", "session_state", "iss"}, f"more than an error: {sorted(answer)}")
        checks.error_members(self.report, answer)
        self.report.must(answer.get("error") in errors, f"error is {answer.get('error')}")

    def is_error_page(self, visit: Visit) -> bool:
        return visit.answer is None and visit.page.status == 400 and self.op.pages.error in visit.page.ids

    # Tokens -----------------------------------------------------------------------------------------------------------------

    def token(self, client: Client, **form):
        headers = [FORM]
        if client.method == "client_secret_post":
            form |= {"client_id": client.id, "client_secret": client.secret}
        else:
            headers.append(basic_header(client.id, client.secret))
        return self.send("POST", self.metadata["token_endpoint"], urllib.parse.urlencode(form).encode(), headers)

    def redeem(self, flow: Flow, **more):
        return self.token(flow.client, grant_type="authorization_code", code=flow.code, redirect_uri=REDIRECT_URI, **more)

    def userinfo(self, flow: Flow, how="GET"):
        bearer = ("Authorization", "Bearer " + flow.tokens["access_token"])
        body, headers = {"GET": (None, [bearer]), "POST": (b"", [bearer]),
                         "body": (urllib.parse.urlencode({"access_token": flow.tokens["access_token"]}).encode(), [FORM])}[how]
        return self.send("GET" if how == "GET" else "POST", self.metadata["userinfo_endpoint"], body, headers, node=1)

    def to_code(self, request: dict, client: Client, method="GET") -> Flow:
        flow = Flow(client, request, self.authorize(request, method))
        answer = self.callback(request, flow.visit)
        self.report.require("error" not in answer, f"refused: {answer}")
        self.report.require(checks.is_text(answer.get("code")), "no code")
        flow.code = answer["code"]
        return flow

    def to_tokens(self, flow: Flow, **more) -> Flow:
        reply = self.redeem(flow, **more)
        self.report.require(reply.status == 200, f"the token endpoint answers {reply.status} {reply.body[:200]}")
        flow.tokens = reply.json
        self.report.require(checks.is_text(flow.tokens.get("access_token")), "no access_token")
        lifetime = flow.tokens.get("expires_in")
        self.report.must(lifetime is None or (checks.is_number(lifetime) and lifetime > 0), f"expires_in is {lifetime!r}")
        self.report.require("id_token" in flow.tokens, "no id_token")
        flow.claims = checks.id_token(self.report, flow.tokens["id_token"], self.jwks, self.metadata["issuer"], flow.client.id, flow.request.get("nonce"))
        return flow

    def flow(self, client: Client | None = None, scope="openid", method="GET", verifier=None, **changes) -> Flow:
        """The happy way whole: code, tokens, UserInfo."""
        client = client or self.client()
        flow = self.to_tokens(self.to_code(self.request(client, scope, **changes), client, method), **({"code_verifier": verifier} if verifier else {}))
        self.report.must(self.userinfo(flow).status == 200, "UserInfo refuses the access token")
        return flow

    # Logout -----------------------------------------------------------------------------------------------------------------

    def logout(self, **parameters) -> Visit:
        query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value is not None})
        page = self.browser.get(self.metadata["end_session_endpoint"] + ("?" + query if query else ""))
        visit = Visit(page)
        self.delivered(visit)
        return visit

    def asked_to_confirm(self, visit: Visit) -> bool:
        return visit.answer is None and visit.page.status == 200 and self.op.pages.logout_confirm in visit.page.ids

    def confirm(self, visit: Visit) -> Visit:
        """Presses the button where the OP asks first."""
        if not self.asked_to_confirm(visit):
            return visit
        confirmed = Visit(self.press(self.op.pages.logout_confirm))
        self.delivered(confirmed)
        return confirmed

    def frames(self, visit: Visit) -> list:
        return [html.unescape(source) for source in re.findall(r'<iframe[^>]* src="([^"]+)"', visit.page.reply.body.decode())]

    def followed(self, visit: Visit) -> Visit:
        """Where a page that goes on by itself leads."""
        refresh = re.search(r'<meta http-equiv="refresh" content="\d+; *url=([^"]+)"', visit.page.reply.body.decode())
        if visit.answer is None and refresh:
            target = Visit(Page(html.unescape(refresh[1]), visit.page.reply))
            self.delivered(target)
            return target
        return visit


def run(op: OpUnderTest, module, mode="query", registration="static") -> Report:
    """One module, from its set-up to its verdict."""
    report = Report()
    rp = RelyingParty(op, report, mode, registration)
    try:
        module(rp.discover())
    except Stopped:
        pass
    finally:
        try:
            rp.unregister()
        except Stopped:
            pass
    return report
