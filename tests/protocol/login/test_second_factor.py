"""Authenticator apps and recovery codes: enrolled once, asked for always, each code once."""

import pytest

from login_house import Account, Enrolled, House, at_factor, next_code, shown_secret, totp
from oauth_client import make_realm


@pytest.fixture
def enrolled(house):
    made = Enrolled(house)
    assert house.is_back(made.browser), made.browser.page.text
    return made


def test_who_must_enrol_gets_no_session_before_and_is_told_ten_codes_once(house, enrolled):
    assert len(enrolled.recovery_codes) == 10
    assert enrolled.sessions_before == 0 and house.sessions(enrolled.account) == 1
    assert house.claims(enrolled.browser)["acr"] == "urn:tessera:acr:2fa"


def test_an_enrolled_app_is_asked_for_after_the_password(house, enrolled):
    browser = at_factor(house, enrolled.account)
    assert house.sessions(enrolled.account) == 1
    browser.submit(code=next_code(house, enrolled))
    assert house.is_back(browser), browser.page.text
    claims = house.claims(browser)
    assert claims["amr"] == ["pwd", "otp", "mfa"] and claims["acr"] == "urn:tessera:acr:2fa"


def test_a_code_works_once_in_its_window(house, enrolled):
    code = next_code(house, enrolled)
    browser = at_factor(house, enrolled.account)
    browser.submit(code=code)
    assert house.is_back(browser)
    again = at_factor(house, enrolled.account)
    assert "is not right" in again.submit(code=code).text


def test_the_code_that_enrolled_the_app_does_not_sign_in(house, enrolled):
    browser = at_factor(house, enrolled.account)
    browser.submit(code=enrolled.first_code)
    assert not house.is_back(browser)


def test_wrong_codes_are_counted_across_sign_ins(house, enrolled):
    for _ in range(5):
        browser = at_factor(house, enrolled.account)
        browser.submit(code="000000")
    browser = at_factor(house, enrolled.account)
    page = browser.submit(code=next_code(house, enrolled))
    assert "Too many" in page.text and not house.is_back(browser)


def test_a_recovery_code_stands_in_once(house, enrolled):
    code = enrolled.recovery_codes[0]
    browser = at_factor(house, enrolled.account)
    browser.submit("recovery", _form="code")
    browser.submit(recovery_code=code.upper().replace("-", " "))
    assert house.is_back(browser), browser.page.text
    again = at_factor(house, enrolled.account)
    again.submit("recovery", _form="code")
    again.submit(recovery_code=code)
    assert not house.is_back(again)


def test_a_forgotten_password_does_not_go_round_the_app(house, enrolled, mailbox):
    before = house.sessions(enrolled.account)
    browser = house.at_sign_in()
    browser.get(next(link for link in browser.page.links if link and "forgot" in link))
    browser.submit(username=enrolled.account.email)
    page = browser.submit(code=mailbox.wait_for(enrolled.account.email, count=2).code)
    assert "new_password" not in page.ids and "code" in page.form("code")["fields"], page.text
    assert house.sessions(enrolled.account) == before


# T-06: whatever a page sends, the step the server stands at decides.
def test_a_person_with_an_app_cannot_enrol_another_factor_instead(house, enrolled):
    browser = at_factor(house, enrolled.account)
    fields = browser.page.form("code")["fields"]
    for forged in ({"do": "passkey", "credential": "{}"}, {"do": "authenticator", "variant": "authenticator"}, {"do": "skip"},
                   {"do": "continue", "variant": "recovery", "recovery_code": "0000-0000-0000-0000"}):
        page = browser.post(f"{house.oauth.path}/login", fields | forged)
        assert not house.is_back(browser) and b'class="secret"' not in page.reply.body
    assert house.sessions(enrolled.account) == 1


def test_the_secret_of_an_app_lies_sealed(house, enrolled):
    sealed = house.rows("SELECT secret_sealed FROM tessera.user_authenticator_apps WHERE user_id = %s", [str(enrolled.account.user)])
    assert enrolled.secret.encode() not in bytes(sealed[0][0])


def test_codes_are_asked_for_in_the_step_and_not_in_the_url(house, enrolled):
    browser, code = at_factor(house, enrolled.account), next_code(house, enrolled)
    browser.submit(code=code)
    assert house.is_back(browser) and not any(code in url for url in [*browser.visited, browser.page.url])


def required_by_now(house, account):
    house.rows("UPDATE tessera.organizations SET require_mfa = true WHERE organization_id = %s RETURNING 1", [str(account.organization)])


def test_who_signed_in_before_a_second_factor_was_required_sets_one_up_before_going_on(house):
    account = Account(house)
    browser = house.signed_in(account)
    session = account.value("SELECT session_id FROM tessera.sessions WHERE user_id = %s")
    required_by_now(house, account)
    assert "error=login_required" in house.app.begin(browser, prompt="none").url
    assert "/login" in browser.get(house.oauth.path + "/account").url
    assert house.app.begin(browser).form("password")["fields"]["username"] == account.email
    browser.submit(password=account.password)
    browser.submit("authenticator", _form="authenticator")
    browser.submit(code=totp(shown_secret(browser)))
    browser.submit("continue", _form="submit")
    assert house.claims(browser)["acr"] == "urn:tessera:acr:2fa"
    assert account.value("SELECT session_id FROM tessera.sessions WHERE user_id = %s AND revoke_time IS NULL") == session
    assert browser.get(house.oauth.path + "/account").url.endswith("/account")


def test_who_is_still_signed_in_but_lacks_the_factor_can_sign_out(house):
    account = Account(house)
    browser = house.signed_in(account)
    required_by_now(house, account)
    browser.get(house.oauth.path + "/logout")
    browser.submit("logout")
    assert house.sessions(account) == 0


def test_a_second_factor_nobody_may_set_up_keeps_nobody_out(stack, nodes):
    house = House(stack, make_realm(stack, nodes, "factorless"))
    account = Account(house)
    browser = house.signed_in(account)
    house.rows("UPDATE tessera.projects SET log_in_with_authenticator_app = false, log_in_with_passkey = false WHERE project_id = %s RETURNING 1",
               [str(house.oauth.project)])
    required_by_now(house, account)
    house.app.begin(browser, prompt="none")
    assert house.is_back(browser), browser.page.url
