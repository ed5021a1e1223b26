"""prompt=select_account: the browser's person is offered, and somebody else may be it instead."""

import pytest

from code_flow import App
from login_house import PASSWORD, Account
from signed_in import relying_party


@pytest.fixture
def browser(house, account):
    return house.signed_in(account)


def choice_on(page):
    """The id of the account a page offers."""
    return next(form for form in page.forms if form["fields"].get("do") == "choose")["buttons"][0]["value"]


def choose(browser, offered):
    return browser.submit("choose", _form=choice_on(browser.page), choice=offered)


def asked(house, browser, **parameters):
    return house.app.begin(browser, prompt="select_account", **parameters)


def test_who_is_signed_in_is_offered_and_stays_without_a_new_sign_in(house, account, browser):
    first = house.claims(browser)
    page = asked(house, browser)
    assert account.email in page.text and "Choose an account" in page.text
    choose(browser, choice_on(page))
    assert house.is_back(browser), browser.page.url
    again = house.claims(browser)
    assert again["sub"] == first["sub"] and again["auth_time"] == first["auth_time"] and again["sid"] == first["sid"]


def test_somebody_else_signs_in_instead_and_the_first_session_ends(house, account, browser):
    other = Account(house)
    asked(house, browser)
    page = browser.submit("another", _form="submit")
    assert page.form("username")["fields"]["username"] == "", "the field is empty for somebody else"
    browser.submit(username=other.email, password=PASSWORD)
    assert house.is_back(browser) and house.claims(browser)["sub"] == other.id
    assert house.sessions(account) == 0 and house.sessions(other) == 1


def test_who_is_chosen_proves_again_where_that_is_asked_for_too(house, account, browser):
    first = house.claims(browser)["auth_time"]
    page = house.app.begin(browser, prompt="login select_account")
    page = choose(browser, choice_on(page))
    assert page.form("username")["fields"]["username"] == account.email
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser) and house.claims(browser)["auth_time"] >= first


def test_another_browsers_session_is_not_a_choice(house, account, browser):
    stranger = house.signed_in(Account(house))
    foreign = choice_on(asked(house, stranger))
    asked(house, browser)
    page = choose(browser, foreign)
    assert not house.is_back(browser) and account.email in page.text


def test_a_session_that_ended_meanwhile_is_not_gone_on_with(house, account, browser):
    page = asked(house, browser)
    house.rows("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'logout' WHERE user_id = %s", [str(account.user)])
    page = choose(browser, choice_on(page))
    assert not house.is_back(browser) and account.email not in page.text
    page = browser.submit("another", _form="submit")
    assert "password" in page.form("username")["fields"]


def test_where_nobody_is_signed_in_there_is_nobody_to_choose(house):
    page = asked(house, house.browser())
    assert "password" in page.form("username")["fields"]


def test_the_pages_say_which_app_asks(house):
    app = App(house.oauth, relying_party(house.oauth, display_name="Larder"))
    assert "Larder" in app.begin(house.browser(), prompt="select_account").text
