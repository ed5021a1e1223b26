"""The signed-in person's own page in a real browser, with JavaScript and without."""

import re

import pytest

from code_flow import App
from login_house import PASSWORD
from signed_in import relying_party
from walks import at_account, set_up_authenticator, signed_in

FRESH = "a quite different phrase 9"


@pytest.fixture
def own_page(house, account, tab):
    signed_in(house, tab, account)
    return at_account(house, tab)


def test_who_is_not_signed_in_signs_in_and_comes_back(house, account, tab):
    at_account(house, tab).submit(username=account.email, password=PASSWORD)
    assert tab.page.url.endswith("/account") and account.email in tab.page.text


def test_another_session_is_ended(house, account, own_page, open_tab):
    other = signed_in(house, open_tab(), account)
    at_account(house, own_page)
    assert own_page.page.text.count("Chrome, Linux") == 2, "the browsers are named as people name them"
    own_page.look(own_page.name_of_page() + "_two_sessions")
    own_page.press('button[aria-label^="Sign out"]:visible')
    assert "is signed out" in own_page.page.text
    other.go(house.app.link(prompt="none"))
    assert other.page.query["error"] == "login_required"


def test_all_other_sessions_are_ended(house, account, own_page, open_tab):
    signed_in(house, open_tab(), account)
    signed_in(house, open_tab(), account)
    at_account(house, own_page)
    own_page.press('button:text("Sign out everywhere else")')
    assert "are signed out" in own_page.page.text and house.sessions(account) == 1


def test_the_password_is_changed(house, account, own_page, mailbox):
    own_page.ask("click", selector='summary:text("Change the password")')
    own_page.fill(password="wrong", new_password=FRESH, new_password_again=FRESH)
    own_page.press('button:text("Save the password")')
    assert "not right" in own_page.page.text and own_page.shown('[name="password"]'), "the form closed over what is wrong"
    own_page.fill(password=PASSWORD, new_password=FRESH, new_password_again=FRESH)
    own_page.press('button:text("Save the password")')
    assert "is saved" in own_page.page.text
    assert "password" in mailbox.wait_for(account.email).subject.lower()


def test_an_authenticator_app_comes_and_goes(house, account, own_page):
    own_page.press('button:text("Set up an authenticator app")')
    if own_page.has('[name="password"]'):
        own_page.submit(password=PASSWORD)
    own_page.submit("authenticator")
    set_up_authenticator(own_page)
    assert own_page.page.url.endswith("/account"), own_page.page
    own_page.look(own_page.name_of_page() + "_with_an_app")
    own_page.press('button:text("Make new recovery codes")')
    assert len(re.findall(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b", own_page.page.text)) == 10
    own_page.submit()
    own_page.ask("click", selector='summary:text("Remove the app")')
    own_page.press('button:text("Remove"):visible')
    assert "is removed" in own_page.page.text
    assert account.value("SELECT count(*) FROM tessera.user_authenticator_apps WHERE user_id = %s") == 0


def test_an_apps_access_is_withdrawn(house, own_page):
    app = App(house.oauth, relying_party(house.oauth, profile="oidc_legacy", display_name="Ledger"), scope="openid email offline_access")
    own_page.go(app.link(prompt="consent"))
    own_page.press("#allow")
    tokens = app.redeem(own_page.page.query["code"]).json
    assert app.userinfo(tokens["access_token"]).status == 200
    at_account(house, own_page)
    own_page.ask("click", selector='summary[aria-label^="Remove the access"]')
    own_page.look(own_page.name_of_page() + "_with_an_apps_access")
    own_page.press('button:text("Remove"):visible')
    assert "no longer has access" in own_page.page.text
    assert app.userinfo(tokens["access_token"]).status == 401


def test_changing_factors_long_after_the_sign_in_asks_for_it_again(house, account, own_page):
    house.oauth.execute("UPDATE tessera.sessions SET auth_time = auth_time - interval '1 hour' WHERE user_id = %s", [str(account.user)])
    at_account(house, own_page)
    own_page.press('button[value="reauthenticate"]')
    assert own_page.value('[name="username"]') == account.email
    own_page.submit(password=PASSWORD)
    assert own_page.page.url.endswith("/account"), own_page.page
