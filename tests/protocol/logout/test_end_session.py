"""RP-initiated and front-channel logout: docs/spec-map.md L-01 to L-05, T-27, T-28."""

import html
import re
import urllib.parse

import pytest

from jose import Key, claims_of, header_of
from signed_in import Person, introspector, query_of, relying_party
from wait import SANITIZER_FACTOR, wait_for

BYE = "https://rp.example/bye"


class Browser:
    def __init__(self, oauth):
        self.oauth, self.person = oauth, Person(oauth)
        self.client = relying_party(oauth, post_logout_redirect_uris=[BYE, BYE + "?kept=1"])
        self.tokens = self.person.tokens(self.client)

    def logout(self, method="GET", cookies=True, headers=(), **parameters):
        query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value is not None})
        headers = [*headers, *([self.person.cookie] if cookies else [])]
        path = self.oauth.path + "/logout"
        if method == "GET":
            return self.oauth.get(path + (f"?{query}" if query else ""), headers=headers)
        return self.oauth.post(query, headers, path="/logout")

    def confirm(self, page, headers=(), **changes):
        """Presses the button of a confirmation page."""
        assert page.status == 200 and b'id="logout-confirm"' in page.body, page.body
        fields = {name: html.unescape(value) for name, value in
                  re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.body.decode())}
        action = re.search(r'<form[^>]* action="([^"]+)"', page.body.decode()).group(1)
        assert action == self.oauth.path + "/logout/confirm"
        return self.oauth.post(fields | {"do": "logout"} | changes, [self.person.cookie, *headers], path="/logout/confirm")

    def is_signed_in(self):
        (row,) = self.oauth.execute("SELECT revoke_time IS NULL FROM tessera.sessions WHERE session_id = %s", [str(self.person.session)])
        return row[0]


@pytest.fixture
def browser(oauth):
    return Browser(oauth)


def asks(reply):
    return reply.status == 200 and b'id="logout-confirm"' in reply.body and "Location" not in reply.headers


def is_done(reply):
    return reply.status == 200 and b'id="logout-done"' in reply.body


def is_refused(reply):
    return reply.status == 400 and "Location" not in reply.headers and b"error=invalid_request" in reply.body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_parameters_the_person_is_asked_and_signed_out(browser, method):
    page = browser.logout(method)
    assert asks(page) and browser.is_signed_in()
    assert page.headers["Cache-Control"] == "no-store"
    done = browser.confirm(page)
    assert is_done(done) and not browser.is_signed_in()
    cookie = done.headers["Set-Cookie"]
    assert f"__Host-tessera_session_{browser.oauth.slug}=;" in cookie and "Max-Age=0" in cookie


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_hint_of_this_very_session_ends_it_and_returns_with_state(browser, method):
    state = "x" * 128 + " ü+&=#%20\"'<"
    reply = browser.logout(method, id_token_hint=browser.tokens.id_token, post_logout_redirect_uri=BYE, state=state)
    assert reply.status == (302 if method == "GET" else 303)
    assert reply.headers["Location"].startswith(BYE + "?state=")
    assert query_of(reply.headers["Location"]) == {"state": state}
    assert not browser.is_signed_in()


def test_state_is_returned_only_when_it_was_sent_and_a_query_is_kept(browser):
    reply = browser.logout(id_token_hint=browser.tokens.id_token, post_logout_redirect_uri=BYE + "?kept=1", client_id=browser.client.id)
    assert reply.headers["Location"] == BYE + "?kept=1"


def test_a_hint_of_another_session_ends_nothing_until_its_person_says_so(oauth, browser):
    """Row 10.6.2: a page that got hold of somebody's ID token signs nobody out."""
    foreign = Browser(oauth)
    page = browser.logout(id_token_hint=foreign.tokens.id_token, post_logout_redirect_uri=BYE)
    assert asks(page) and browser.is_signed_in() and foreign.is_signed_in()
    reply = browser.confirm(page)
    assert reply.headers["Location"] == BYE and not browser.is_signed_in() and foreign.is_signed_in()


def bad_hints(oauth, other_oauth, browser):
    claims = claims_of(browser.tokens.id_token)
    header, body, signature = browser.tokens.id_token.split(".")
    key = Key("ES256")
    none = Key("ES256").sign(claims, {"alg": "none", "typ": "JWT"}).rsplit(".", 1)[0] + "."
    elsewhere = Browser(other_oauth).tokens.id_token
    return {"garbage": "x", "alg none": none, "other key": key.sign(claims, {"alg": "ES256", "kid": "k1", "typ": "JWT"}),
            "our kid, other key": key.sign(claims, {"alg": "ES256", "kid": header_of(browser.tokens.id_token)["kid"]}),
            "cut": f"{header}.{body}.{signature[:-2]}", "unsigned": f"{header}.{body}.",
            "access token": browser.tokens.access, "another realm": elsewhere}


def test_a_hint_that_is_none_never_redirects(oauth, other_oauth, browser):
    """T-27: neither at once nor after the person confirmed, and not with a client_id beside it either."""
    for name, hint in bad_hints(oauth, other_oauth, browser).items():
        for client_id in (None, browser.client.id):
            page = browser.logout(id_token_hint=hint, post_logout_redirect_uri=BYE, client_id=client_id)
            assert asks(page), name
    assert browser.is_signed_in()
    assert is_done(browser.confirm(page))


@pytest.mark.parametrize("uri", [BYE + "?added=1", BYE + "/", "https://evil.example/", "HTTPS://rp.example/bye", BYE + "#f", "//rp.example/bye",
                                 "javascript:alert(1)"])
def test_an_unregistered_redirect_uri_is_an_error_page_and_ends_nothing(browser, uri):
    for hint in (browser.tokens.id_token, None):
        reply = browser.logout(id_token_hint=hint, client_id=browser.client.id, post_logout_redirect_uri=uri)
        assert is_refused(reply) and uri.encode() not in reply.body
    assert browser.is_signed_in()


def test_without_hint_and_client_nobody_is_redirected(browser):
    page = browser.logout(post_logout_redirect_uri=BYE, state="s")
    assert asks(page)
    assert is_done(browser.confirm(page)) and not browser.is_signed_in()


def test_a_client_id_alone_needs_the_persons_word(browser):
    page = browser.logout(client_id=browser.client.id, post_logout_redirect_uri=BYE, state="s")
    assert asks(page) and b"rp.example" in page.headers["Content-Security-Policy"].encode()
    reply = browser.confirm(page)
    assert reply.status == 303 and reply.headers["Location"] == BYE + "?state=s"
    # And where nobody is signed in there is no such word.
    assert is_done(browser.logout(client_id=browser.client.id, post_logout_redirect_uri=BYE))


def test_the_client_id_must_be_the_hints(oauth, browser):
    other = relying_party(oauth, post_logout_redirect_uris=[BYE])
    for client_id in (other.id, "client_unknown", "x"):
        reply = browser.logout(id_token_hint=browser.tokens.id_token, client_id=client_id, post_logout_redirect_uri=BYE)
        assert is_refused(reply), client_id
    assert browser.is_signed_in()


def test_a_parameter_twice_is_refused(browser):
    reply = browser.oauth.get(browser.oauth.path + f"/logout?client_id={browser.client.id}&client_id={browser.client.id}",
                              headers=[browser.person.cookie])
    assert is_refused(reply) and browser.is_signed_in()


def test_a_person_who_is_signed_out_already_is_sent_back(browser):
    first = browser.logout(id_token_hint=browser.tokens.id_token, post_logout_redirect_uri=BYE)
    again = browser.logout(id_token_hint=browser.tokens.id_token, post_logout_redirect_uri=BYE, state="s")
    assert first.status == again.status == 302 and again.headers["Location"] == BYE + "?state=s"
    assert is_done(browser.logout())


def test_nobody_is_sent_on_unasked_to_an_app_nobody_vouches_for(oauth, browser):
    """RFC 9700 §4.11.2: its ID token it may have got for this. Who signs out, or says so, is sent back all the same."""
    oauth.execute("UPDATE tessera.clients SET trusted = false WHERE client_id = %s", [str(browser.client.uuid)])
    asked = {"id_token_hint": browser.tokens.id_token, "post_logout_redirect_uri": BYE, "state": "s"}

    def is_out():
        page = browser.logout(cookies=False, **asked)
        return is_done(page) and "Location" not in page.headers and b"http-equiv" not in page.body and page

    page = wait_for("the page of an app that is not trusted", is_out, 2 * SANITIZER_FACTOR)
    assert f'href="{BYE}?state=s"' in page.body.decode() and ">rp.example<" in page.body.decode()
    assert browser.logout(**asked).headers["Location"] == BYE + "?state=s" and not browser.is_signed_in()


def test_a_form_posted_from_another_site_is_asked_again_as_a_link(browser):
    """It comes without our cookies (SameSite=Lax): taken at its word, the person would stay signed in."""
    reply = browser.logout("POST", cookies=False, id_token_hint=browser.tokens.id_token, post_logout_redirect_uri=BYE, state="a b")
    assert reply.status == 303 and reply.headers["Location"].startswith(browser.oauth.path + "/logout?")
    followed = browser.oauth.get(reply.headers["Location"], headers=[browser.person.cookie])
    assert query_of(followed.headers["Location"]) == {"state": "a b"} and not browser.is_signed_in()


@pytest.mark.parametrize("headers", [[("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
                                     [("Origin", "https://evil.example")], [("Origin", "null")]])
def test_another_site_cannot_press_the_button(browser, headers):
    """Row 10.6.2."""
    page = browser.logout()
    assert is_refused(browser.confirm(page, headers)) and browser.is_signed_in()


def test_the_button_of_a_page_about_another_session_asks_again(browser):
    page = browser.logout()
    assert asks(browser.confirm(page, session="session_" + "0" * 25)) and browser.is_signed_in()


def test_whoever_cancels_stays_signed_in(browser):
    reply = browser.confirm(browser.logout(), do="cancel")
    assert reply.status == 303 and reply.headers["Location"].startswith(browser.oauth.path + "/") and browser.is_signed_in()


def test_the_endpoint_is_for_browsers_not_for_scripts_of_other_origins(browser):
    reply = browser.logout(headers=[("Origin", "https://app.example")])
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert reply.headers["X-Frame-Options"] == "DENY" or "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]


# What ends with the session --------------------------------------------------------------------------------------------


def test_bound_tokens_end_and_offline_access_goes_on(oauth, browser):
    """L-04."""
    ask = introspector(oauth)
    offline = browser.person.tokens(relying_party(oauth), offline=True)
    assert ask(browser.tokens.access)["active"] and ask(offline.access)["active"]
    browser.logout(id_token_hint=browser.tokens.id_token)
    wait_for("the access token to end", lambda: ask(browser.tokens.access, 1) == {"active": False}, 1 * SANITIZER_FACTOR)
    assert browser.tokens.renew().json["error"] == "invalid_grant"
    assert ask(offline.access)["active"] and offline.renew().status == 200


def test_the_persons_other_browser_stays_signed_in(oauth, browser):
    session, cookie = browser.person.sign_in()
    browser.logout(id_token_hint=browser.tokens.id_token)
    assert asks(oauth.get(oauth.path + "/logout", headers=[cookie]))


# Front channel ---------------------------------------------------------------------------------------------------------


def frames_of(reply):
    return [html.unescape(source) for source in re.findall(r'<iframe[^>]* src="([^"]+)"', reply.body.decode())]


def test_each_relying_party_with_a_front_channel_gets_a_hidden_frame(oauth, browser):
    """L-05: iss and sid always, sid as in the ID token."""
    uris = [f"https://rp{i}.example/front?a={i}" for i in range(2)]
    for uri in uris:
        browser.person.tokens(relying_party(oauth, frontchannel_logout_uri=uri))
    relying_party(oauth, frontchannel_logout_uri="https://stranger.example/front")
    reply = browser.logout(id_token_hint=browser.tokens.id_token, post_logout_redirect_uri=BYE, state="s")
    assert is_done(reply) and reply.headers["Cache-Control"] == "no-store"
    frames = frames_of(reply)
    assert sorted(frame.split("&iss=")[0] for frame in frames) == uris
    sid = claims_of(browser.tokens.id_token)["sid"]
    for frame in frames:
        query = query_of(frame)
        assert (query["iss"], query["sid"]) == (oauth.issuer, sid)
        assert urllib.parse.urlsplit(frame).netloc in reply.headers["Content-Security-Policy"]
    assert html.escape(BYE + "?state=s") in reply.body.decode()  # goes on without script
    assert not browser.is_signed_in()


def test_metadata_says_what_there_is(oauth):
    document = oauth.get(oauth.path + "/.well-known/openid-configuration").json
    assert document["end_session_endpoint"] == oauth.issuer + "/logout"
    for name in ("frontchannel_logout_supported", "frontchannel_logout_session_supported", "backchannel_logout_supported",
                 "backchannel_logout_session_supported"):
        assert document[name] is True
    assert document["revocation_endpoint"] == oauth.issuer + "/revoke"
    assert document["introspection_endpoint"] == oauth.issuer + "/introspect"
    assert "none" not in document["introspection_endpoint_auth_methods_supported"]
