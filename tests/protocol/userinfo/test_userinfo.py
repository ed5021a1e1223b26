"""UserInfo: what a token is good for here, how it is sent, what comes back (O-08 to O-10, X-14, X-15, T-04, T-08)."""

import pytest

from code_flow import App, Person, relying_party, signed_in_browser
from jose import claims_of, header_of
from wait import SANITIZER_FACTOR, wait_for


@pytest.fixture
def person(oauth):
    person = Person(oauth)
    oauth.execute("UPDATE tessera.users SET display_name = 'Alice Ä', given_name = 'Alice', address_country = 'DE', "
                  "address_street = 'Weg 1', phone_number = '+491234', birthdate = '2000-01-02' WHERE user_id = %s", [str(person.user)])
    return person


@pytest.fixture
def browser(oauth, person):
    return signed_in_browser(oauth, person)


@pytest.fixture
def app(oauth):
    return App(oauth, relying_party(oauth))


def test_each_scope_gives_its_claims_and_no_others(oauth, app, browser, person):
    reply = app.userinfo(app.tokens(browser)["access_token"])
    assert reply.json == {"sub": person.id}
    assert reply.headers["Cache-Control"] == "no-store" and reply.headers["Content-Type"] == "application/json"
    claims = app.userinfo(app.tokens(browser, scope="openid profile email address phone")["access_token"], node=1).json
    assert isinstance(claims.pop("updated_at"), int)
    assert claims == {"sub": person.id, "name": "Alice Ä", "given_name": "Alice", "birthdate": "2000-01-02", "email": person.email,
                      "email_verified": True, "phone_number": "+491234", "phone_number_verified": False,
                      "address": {"street_address": "Weg 1", "country": "DE"}}


def test_a_claim_asked_for_by_name_is_given(app, browser, person):
    """T-08."""
    tokens = app.tokens(browser, claims='{"userinfo":{"name":{"essential":true},"nickname":null}}')
    assert app.userinfo(tokens["access_token"]).json == {"sub": person.id, "name": "Alice Ä"}


def test_claims_are_those_of_now_within_a_second_on_every_front(oauth, app, browser, person):
    token = app.tokens(browser, scope="openid email")["access_token"]
    assert {app.userinfo(token, node=node).json["email"] for node in (0, 1)} == {person.email}
    oauth.execute("UPDATE tessera.users SET email = 'new@example.com', email_verified = false WHERE user_id = %s", [str(person.user)])
    for node in (0, 1):
        wait_for("the new address", lambda node=node: app.userinfo(token, node=node).json["email"] == "new@example.com",
                 1.0 * SANITIZER_FACTOR)
        assert app.userinfo(token, node=node).json["email_verified"] is False


def test_the_token_is_sent_in_the_header_or_in_a_form(app, browser, person):
    token = app.tokens(browser)["access_token"]
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    assert app.userinfo(token, method="POST", body=b"").json["sub"] == person.id
    reply = app.oauth.nodes[0].request("POST", app.oauth.path + "/userinfo", f"access_token={token}".encode(), [kind])
    assert reply.json["sub"] == person.id
    reply = app.oauth.nodes[0].request("GET", app.oauth.path + "/userinfo", headers=[("Authorization", f"bEARER {token}")])
    assert reply.json["sub"] == person.id
    reply = app.userinfo(token, method="POST", body=f"access_token={token}".encode(), headers=[kind])
    assert reply.status == 400 and reply.error == "invalid_request" and 'error="invalid_request"' in reply.headers["WWW-Authenticate"]


def test_who_brings_nothing_is_told_how_and_not_what_was_wrong(app, browser):
    token = app.tokens(browser)["access_token"]
    for path, headers in ((app.oauth.path + "/userinfo", []), (app.oauth.path + f"/userinfo?access_token={token}", []),
                          (app.oauth.path + "/userinfo", [("Authorization", "Basic YTpi")])):
        reply = app.oauth.get(path, headers=headers)
        assert reply.status == 401 and reply.headers["WWW-Authenticate"] == 'Bearer realm="userinfo"'


@pytest.mark.parametrize("change", ["cut", "flip", "none", "id_token", "garbage"])
def test_what_is_no_access_token_of_ours_is_invalid(app, browser, change):
    tokens = app.tokens(browser)
    token = tokens["access_token"]
    bad = {"cut": token[:-2], "flip": token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:], "none": "eyJhbGciOiJub25lIn0.e30.",
           "id_token": tokens["id_token"], "garbage": "abc"}[change]
    reply = app.userinfo(bad)
    assert reply.status == 401 and reply.error == "invalid_token"
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


def test_a_token_without_openid_has_too_little_scope(oauth, browser):
    app = App(oauth, relying_party(oauth), scope="email")
    reply = app.userinfo(app.tokens(browser)["access_token"])
    assert reply.status == 403 and reply.error == "insufficient_scope" and 'scope="openid"' in reply.headers["WWW-Authenticate"]


def test_a_clients_own_token_is_nobodys(oauth):
    client = oauth.add_client()
    token = oauth.token(client).json["access_token"]
    reply = oauth.get(oauth.path + "/userinfo", headers=[("Authorization", f"Bearer {token}")])
    assert reply.status == 403


def test_a_token_of_another_realm_is_invalid(oauth, other_oauth, app, browser):
    token = app.tokens(browser)["access_token"]
    reply = other_oauth.get(other_oauth.path + "/userinfo", headers=[("Authorization", f"Bearer {token}")])
    assert reply.status == 401


@pytest.mark.parametrize("ending", ["UPDATE tessera.users SET disabled = true WHERE user_id = %(user)s",
                                    "UPDATE tessera.sessions SET revoke_time = now() WHERE session_id = %(session)s",
                                    "DELETE FROM tessera.grants WHERE user_id = %(user)s"])
def test_a_token_ends_with_what_it_stands_on_within_a_second(oauth, app, browser, person, ending):
    token = app.tokens(browser)["access_token"]
    assert app.userinfo(token).status == 200
    oauth.execute(ending, {"user": str(person.user), "session": str(person.session)})
    wait_for("the token to be invalid", lambda: app.userinfo(token).status == 401, 1.0 * SANITIZER_FACTOR)
    wait_for("the other front to know", lambda: app.userinfo(token, node=1).status == 401, 1.0 * SANITIZER_FACTOR)


def test_a_signed_answer_is_for_the_client_that_registered_for_it(oauth, browser, person):
    client = relying_party(oauth, userinfo_signed_response_alg="ES256")
    app = App(oauth, client)
    reply = app.userinfo(app.tokens(browser)["access_token"])
    assert reply.headers["Content-Type"] == "application/jwt"
    claims = claims_of(reply.body.decode())
    assert header_of(reply.body.decode())["alg"] == "ES256"
    assert (claims["iss"], claims["aud"], claims["sub"]) == (oauth.issuer, client.id, person.id)


def test_pages_of_other_origins_may_ask(app, browser):
    """F.3."""
    reply = app.userinfo(app.tokens(browser)["access_token"], headers=[("Origin", "https://rp.example")])
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in reply.headers
    preflight = app.oauth.get(app.oauth.path + "/userinfo", method="OPTIONS", headers=[
        ("Origin", "https://rp.example"), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization")])
    assert preflight.status == 204 and "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
