"""Every parameter of the logout endpoint wrong in every way, and every trick with its redirect URI: nobody is signed out or sent away by it."""

import itertools
from urllib.parse import urlencode

import pytest

from code_flow import App, Person, relying_party, signed_in_browser
from mutations import MUTATIONS, NO_TEXT

AFTER = "https://rp.example/after"
# Where nobody has said yes: a question, a page that is an error, or the way back. Absent; twice; too long; other text.
TABLE = {"id_token_hint": ({200}, {400}, {200}, {200}), "client_id": ({302}, {400}, {400}, {400}), "post_logout_redirect_uri": ({200}, {400}, {400}, {400}),
         "state": ({302}, {400}, {400}, {302}), "ui_locales": ({302}, {400}, {302}, {302}), "unheard_of": ({302}, {400}, {302}, {302})}
TRICKS = [AFTER + "/", AFTER + "?", AFTER + "#", AFTER + "%00", AFTER + "/../x", AFTER + "@evil.example", "https://RP.example/after", "http://rp.example/after",
          "https://rp.example:443/after", "https://rp.example/AFTER", "https://evil.example/after", "https://rp.example@evil.example/after",
          "https://rp.example.evil.example/after", "https://evil.example\\@rp.example/after", "//rp.example/after", "/after", "javascript:alert(1)",
          "data:text/html,x", " " + AFTER, AFTER + " ", "https://rp.example/callback", "*", "null"]


@pytest.fixture(scope="module")
def leaving(oauth):
    return App(oauth, relying_party(oauth, post_logout_redirect_uris=[AFTER]))


def signed_in(leaving):
    browser = signed_in_browser(leaving.oauth, Person(leaving.oauth))
    return browser, leaving.tokens(browser)["id_token"]


def good(leaving, hint):
    return [("id_token_hint", hint), ("client_id", leaving.client.id), ("post_logout_redirect_uri", AFTER), ("state", "s")]


def wanted(name, mutation):
    absent, twice, long, other = TABLE[name]
    if mutation in NO_TEXT:
        return {400}
    return {"absent": absent, "empty": absent, "brackets": absent, "twice": twice, "long": long}.get(mutation, other)


def test_parameters_of_the_logout_endpoint(leaving):
    wrong = []
    browser, hint = signed_in(leaving)
    for name, mutation in itertools.product(TABLE, MUTATIONS):
        page = browser.request("GET", f"{leaving.oauth.path}/logout?{MUTATIONS[mutation](good(leaving, hint), name)}")
        location = page.reply.headers["Location"]
        if page.status not in wanted(name, mutation) or (location and not location.startswith(AFTER)) or b"<script>alert" in page.reply.body:
            wrong.append((name, mutation, page.status, location))
        if page.status == 302:
            browser, hint = signed_in(leaving)
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("with_hint", [True, False])
def test_no_spelling_of_a_post_logout_redirect_uri_leads_elsewhere(leaving, with_hint):
    browser, hint = signed_in(leaving)
    for uri in TRICKS:
        for method in ("GET", "POST"):
            form = {"client_id": leaving.client.id, "post_logout_redirect_uri": uri} | ({"id_token_hint": hint} if with_hint else {})
            page = browser.get(leaving.oauth.path + "/logout?" + urlencode(form)) if method == "GET" else browser.post(leaving.oauth.path + "/logout", form)
            assert page.status == 400 and page.url.startswith(leaving.oauth.issuer), (uri, method, page.status, page.url)
    assert "code" in leaving.answer(browser, prompt="none"), "signed out by a request that was refused"


def test_hints_of_others_sign_nobody_out_and_send_nobody_away(leaving, app, foreign_app, foreign_browser):
    """Of another person, another app, another realm, and what is no ID token."""
    browser, hint = signed_in(leaving)
    other_browser, others = signed_in(leaving)
    tokens = app.tokens(browser)
    foreign = foreign_app.tokens(foreign_browser)["id_token"]
    for wrong in (others, tokens["access_token"], tokens["refresh_token"], foreign, hint[:-3] + "AAA", hint.rsplit(".", 1)[0] + ".", "a.b.c"):
        page = browser.get(leaving.oauth.path + "/logout?" + urlencode({"id_token_hint": wrong, "post_logout_redirect_uri": AFTER}))
        assert page.status in (200, 400) and page.url.startswith(leaving.oauth.issuer), (wrong[:20], page.url)
    for each in (browser, other_browser):
        assert "code" in leaving.answer(each, prompt="none")


def test_the_confirmation_is_of_its_session(leaving):
    browser, _ = signed_in(leaving)
    stranger, _ = signed_in(leaving)
    page = browser.get(leaving.oauth.path + "/logout")
    form = page.form("session")
    for changed in (form["fields"] | {"session": ""}, form["fields"] | {"session": "session_" + "0" * 25}, form["fields"] | {"session": "x" * 9000}):
        assert stranger.post(form["action"], changed).status in (200, 400)
    stranger.post(form["action"], form["fields"])
    assert "code" in leaving.answer(browser, prompt="none") and "code" in leaving.answer(stranger, prompt="none")
