"""Every parameter of the authorization endpoint wrong in every way, and every trick with redirect URIs: the answer goes where it may."""

import urllib.parse

import pytest

from code_flow import REDIRECT_URI, App, query_of, relying_party
from mutations import NO_TEXT, every

# What an error is told to: the person on a page of ours, or the app at its redirect URI. "go": no error, a code or a question.
PAGE, GO = "page", "go"
# absent or empty; twice; too long; other text. What is malformed as text is always a page: nothing of it can be trusted.
TABLE = {
    "client_id": (PAGE, PAGE, PAGE, PAGE),
    "redirect_uri": (PAGE, PAGE, PAGE, PAGE),
    "response_type": ("invalid_request", "invalid_request", "unsupported_response_type", "unsupported_response_type"),
    "scope": ({"invalid_scope", GO}, "invalid_request", "invalid_scope", "invalid_scope"),
    "state": (GO, "invalid_request", PAGE, GO),
    "nonce": (GO, "invalid_request", "invalid_request", GO),
    "code_challenge": ("invalid_request", "invalid_request", "invalid_request", "invalid_request"),
    "code_challenge_method": ("invalid_request", "invalid_request", "invalid_request", "invalid_request"),
    "response_mode": (GO, "invalid_request", "invalid_request", "invalid_request"),
    "prompt": (GO, "invalid_request", "invalid_request", {GO, "invalid_request"}),
    "max_age": (GO, "invalid_request", "invalid_request", "invalid_request"),
    "acr_values": (GO, "invalid_request", "invalid_request", GO),
    "claims": (GO, "invalid_request", "invalid_request", {GO, "invalid_request"}),
    "id_token_hint": (GO, "invalid_request", "invalid_request", "invalid_request"),
    "login_hint": (GO, "invalid_request", "invalid_request", GO),
    "ui_locales": (GO, "invalid_request", "invalid_request", GO),
    "claims_locales": (GO, "invalid_request", "invalid_request", GO),
    "display": (GO, "invalid_request", "invalid_request", GO),
    "resource": (GO, "invalid_target", "invalid_target", "invalid_target"),
    "request": (GO, "invalid_request", "request_not_supported", "request_not_supported"),
    "request_uri": (GO, "invalid_request", "request_uri_not_supported", "request_uri_not_supported"),
    "registration": (GO, "invalid_request", "registration_not_supported", "registration_not_supported"),
    "unheard_of": (GO, "invalid_request", GO, GO),
}


def wanted(name, mutation):
    absent, twice, long, other = TABLE[name]
    if mutation in NO_TEXT:
        return PAGE
    return {"absent": absent, "empty": absent, "brackets": absent, "twice": twice, "long": long}.get(mutation, other)


def outcome_of(oauth, page):
    """Where the answer went. Anything else than the three is a hole."""
    location = page.reply.headers["Location"]
    if location is None:
        assert page.status == 400 and b"rp.example" not in page.reply.body, page.status
        return PAGE
    if location.startswith(REDIRECT_URI + "?"):
        answer = query_of(location)
        assert answer["iss"] == oauth.issuer
        return answer.get("error", GO)
    assert location.startswith((oauth.path + "/consent?", oauth.path + "/login?")), location
    return GO


def test_parameters_of_the_authorization_endpoint(oauth, app, browser):
    app.answer(browser)
    good = list(app.parameters().items())
    wrong = []
    for name, mutation, query in every(good, TABLE):
        page = browser.request("GET", f"{oauth.path}/authorize?{query}")
        said, allowed = outcome_of(oauth, page), wanted(name, mutation)
        if said != allowed and said not in allowed:
            wrong.append((name, mutation, said, allowed))
        if b"<script>alert" in page.reply.body or page.reply.headers["Set-Cookie"] and "b=c" in page.reply.headers["Set-Cookie"]:
            wrong.append((name, mutation, "was not escaped"))
    assert not wrong, "\n".join(map(str, wrong))


# AB-01, AB-02, C-01: of an app that registered one of these, every other one is somebody else's.
TRICKS = [
    "{base}/", "{base}//", "{base}?", "{base}?a=b", "{base}#", "{base}#f", "{base}%00", "{base}%0d%0aSet-Cookie:a=b", "{base}/../evil", "{base}/%2e%2e/evil",
    "{base};x", "{base}.evil.example", "{base}@evil.example", "{base}\\evil", " {base}", "{base} ", "{base}\t", "\t{base}", "{base}x", "{base}%2f",
    "https://rp.example", "https://rp.example/", "https://rp.example/Callback", "https://rp.example//callback", "https://rp.example/./callback",
    "https://rp.example/callbac", "https://rp.example/callback/..", "https://RP.example/callback", "HTTPS://rp.example/callback", "http://rp.example/callback",
    "https://rp.example:443/callback", "https://rp.example:444/callback", "https://rp.example./callback", "https://user@rp.example/callback",
    "https://rp.example@evil.example/callback", "https://rp.example:x@evil.example/callback", "https://rp.example%40evil.example/callback",
    "https://evil.example/callback", "https://evil.example\\@rp.example/callback", "https://evil.example#@rp.example/callback",
    "https://evil.example/?https://rp.example/callback", "https://evil.example/https://rp.example/callback", "https://rp.example.evil.example/callback",
    "https://evilrp.example/callback", "https://sub.rp.example/callback", "https://rp-example/callback", "https://rp。example/callback",
    "https://ｒp.example/callback", "https://rp.exam\u200bple/callback", "//rp.example/callback", "///rp.example/callback", "/\\rp.example/callback",
    "rp.example/callback", "/callback", "callback", "https:rp.example/callback", "https:/rp.example/callback", "https:\\\\rp.example\\callback",
    "javascript:alert(1)//https://rp.example/callback", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "blob:https://rp.example/x", "file:///etc/passwd", "view-source:https://rp.example/callback", "about:blank", "urn:x",
    "https://[::1]/callback", "https://127.0.0.1/callback", "http://localhost/callback", "https://0x7f000001/callback", "*", "https://*/callback", "null",
]


@pytest.mark.parametrize("change", [{}, {"response_type": "token"}, {"prompt": "none"}, {"response_mode": "form_post"}])
def test_no_spelling_of_a_redirect_uri_leads_elsewhere(app, browser, change):
    for trick in TRICKS:
        uri = trick.format(base=REDIRECT_URI)
        page = browser.request("GET", app.link(redirect_uri=uri, **change))
        assert page.status == 400 and page.reply.headers["Location"] is None, (uri, page.status)
        assert "error=invalid_request" in page.text and b"<form" not in page.reply.body and b"evil" not in page.reply.body, uri
        posted = browser.request("POST", app.oauth.path + "/authorize", urllib.parse.urlencode(app.parameters(redirect_uri=uri, **change)).encode(),
                                 [("Content-Type", "application/x-www-form-urlencoded")])
        location = posted.reply.headers["Location"]
        assert location is None or location.startswith(app.oauth.path + "/authorize?"), uri


LOOPBACK_TRICKS = ["http://127.0.0.1:1@evil.example/cb", "http://127.0.0.1.evil.example/cb", "http://127.0.0.1:99999/cb", "http://127.0.0.1:0x50/cb",
                   "http://127.0.0.1:/cb",
                   "http://127.0.0.1:80/cb/", "http://127.0.0.1:80/cb?x", "http://127.0.0.1:80/CB", "http://127.0.0.2:80/cb", "http://localhost:80/cb",
                   "http://[::1]:80/cb", "https://127.0.0.1:80/cb", "http://127.1:80/cb", "http://2130706433:80/cb", "http://127.0.0.1:80:81/cb",
                   "http://127.0.0.1:-1/cb",
                   "http://127.0.0.1:80#/cb", "http://user@127.0.0.1:80/cb", "http://127.0.0.1: 80/cb"]


def test_the_port_of_a_loopback_redirect_opens_no_other_door(oauth, browser):
    """RFC 8252 §7.3."""
    app = App(oauth, relying_party(oauth, public=True, redirect_uris=["http://127.0.0.1/cb"]))
    for uri in LOOPBACK_TRICKS:
        page = browser.request("GET", app.link(redirect_uri=uri))
        assert page.status == 400 and page.reply.headers["Location"] is None, (uri, page.reply.headers["Location"])


def test_a_waiting_request_is_of_its_realm_browser_and_person(app, foreign_app, browser, foreign_browser):
    """Of another browser and of another realm it is nothing; its own goes on afterwards."""
    page = app.begin(browser, prompt="consent")
    action, fields = page.form()["action"], page.form()["fields"] | {"do": "allow"}
    foreign_app.begin(foreign_browser)
    assert foreign_browser.post(action, fields).status == 400
    moved = urllib.parse.urlsplit(page.url)
    assert foreign_browser.get(f"{foreign_app.oauth.path}/consent?{moved.query}").status == 400
    assert "code" in query_of(browser.post(action, fields).url)
    assert browser.post(action, fields).status == 400
