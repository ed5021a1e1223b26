"""The ID token as a strict client reads it (O-06, O-07, T-06, T-14)."""

import base64
import hashlib

import pytest

from code_flow import App, Person, relying_party, signed_in_browser
from jose import claims_of, header_of


@pytest.fixture
def person(oauth):
    return Person(oauth)


@pytest.fixture
def browser(oauth, person):
    return signed_in_browser(oauth, person)


def test_it_says_who_for_whom_and_when(oauth, browser, person):
    app = App(oauth, relying_party(oauth))
    tokens = app.tokens(browser, nonce="näh ce")
    claims = claims_of(tokens["id_token"])
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "auth_time", "acr", "amr", "sid", "nonce", "at_hash"}
    assert (claims["iss"], claims["sub"], claims["aud"], claims["nonce"]) == (oauth.issuer, person.id, app.client.id, "näh ce")
    assert all(isinstance(claims[name], int) for name in ("iat", "exp", "auth_time"))
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert claims["sid"] == person.sid


def test_without_a_nonce_there_is_none(oauth, browser):
    app = App(oauth, relying_party(oauth))
    assert "nonce" not in claims_of(app.tokens(browser, nonce=None)["id_token"])


@pytest.mark.parametrize("registered, alg", [(None, "RS256"), ("RS256", "RS256"), ("ES256", "ES256")])
def test_it_is_signed_as_registered_else_with_rs256(oauth, browser, registered, alg):
    app = App(oauth, relying_party(oauth, id_token_signed_response_alg=registered))
    header = header_of(app.tokens(browser)["id_token"])
    assert header["alg"] == alg and header["typ"] == "JWT"
    (key,) = [key for key in oauth.jwks()["keys"] if key["kid"] == header["kid"]]
    assert key["alg"] == alg


def test_an_id_token_is_no_access_token_and_the_other_way_round(oauth, browser):
    """AT-04, X-20."""
    app = App(oauth, relying_party(oauth))
    tokens = app.tokens(browser)
    assert header_of(tokens["access_token"])["typ"] == "at+jwt"
    assert app.userinfo(tokens["id_token"]).status == 401


def test_two_sign_ins_are_two_sids(oauth, browser, person):
    app = App(oauth, relying_party(oauth))
    first = claims_of(app.tokens(browser)["id_token"])
    session, cookie = person.sign_in()
    name, value = cookie[1].split("=", 1)
    browser.cookies[name] = value
    second = claims_of(app.tokens(browser)["id_token"])
    assert first["sub"] == second["sub"] and first["sid"] != second["sid"]


def test_a_claim_asked_for_in_the_id_token_is_there(oauth, browser, person):
    """O-10."""
    app = App(oauth, relying_party(oauth))
    claims = claims_of(app.tokens(browser, claims='{"id_token":{"email":{"essential":true}}}')["id_token"])
    assert claims["email"] == person.email
