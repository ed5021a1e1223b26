"""The whole way through the real pages: sign in, allow, be sent back (T-06, T-07, B.3)."""

import pytest

from code_flow import App, query_of, relying_party
from login_house import Account, House


@pytest.fixture
def house(stack, oauth):
    return House(stack, oauth)


@pytest.fixture
def alice(house):
    return Account(house)


def test_who_signs_in_and_allows_is_sent_back_with_a_code(house, alice):
    app = App(house.oauth, relying_party(house.oauth), scope="openid email")
    browser = house.browser()
    app.begin(browser, state="ü")
    page = browser.submit(username=alice.email, password=alice.password)
    assert "/consent?" in page.url and {"allow", "deny"} <= set(page.ids)
    answer = query_of(browser.submit("allow").url)
    assert answer["state"] == "ü" and answer["iss"] == house.oauth.issuer
    tokens = app.redeem(answer["code"]).json
    assert app.userinfo(tokens["access_token"]).json["email"] == alice.email


def test_prompt_login_signs_in_anew(house, alice):
    browser = house.signed_in(alice)
    first = house.claims(browser)
    house.rows("UPDATE tessera.sessions SET auth_time = auth_time - interval '100 seconds' WHERE user_id = %s", [str(alice.user)])
    house.app.begin(browser, prompt="login")
    assert "/login?" in browser.page.url
    browser.submit(_form="password", password=alice.password, **({"username": alice.email} if "username" in browser.page.form()["fields"] else {}))
    assert house.is_back(browser), browser.page.text
    second = house.claims(browser)
    assert second["sub"] == first["sub"] and second["auth_time"] >= first["auth_time"]


def test_max_age_signs_in_anew_only_when_it_is_too_long_ago(house, alice):
    browser = house.signed_in(alice)
    house.rows("UPDATE tessera.sessions SET auth_time = auth_time - interval '100 seconds' WHERE user_id = %s", [str(alice.user)])
    house.app.begin(browser, max_age="10000")
    assert house.is_back(browser)
    old = house.claims(browser)["auth_time"]
    house.app.begin(browser, max_age="1")
    assert "/login?" in browser.page.url
    browser.submit(_form="password", password=alice.password, **({"username": alice.email} if "username" in browser.page.form()["fields"] else {}))
    assert house.is_back(browser), browser.page.text
    assert house.claims(browser)["auth_time"] >= old + 100


def test_another_person_than_the_hints_is_not_let_through(house, alice):
    browser = house.signed_in(alice)
    reply = house.app.redeem(browser.page.query["code"])
    other = house.browser()
    house.app.begin(other, id_token_hint=reply.json["id_token"])
    assert "/login?" in other.page.url
    bob = Account(house)
    other.submit(username=bob.email, password=bob.password)
    assert "code=" not in other.page.url


def test_login_hint_is_shown(house, alice):
    browser = house.at_sign_in(login_hint=alice.email)
    assert alice.email in str(browser.page.forms)
