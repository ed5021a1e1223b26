"""What a proof is bound to: a code to its address, a guess to its network, a sign-in in progress to what it was asked of."""

import hashlib
import secrets

import pytest

from login_house import PASSWORD, Account, shown_secret, totp

PHRASE = "one more long phrase nobody guesses 7"


def count_of(house, what):
    counted = house.rows("SELECT count FROM tessera.rate_counters WHERE bucket = %s", [hashlib.sha256(what.encode()).digest()])
    return counted[0][0] if counted else 0


def set_count(house, what, count):
    house.rows("INSERT INTO tessera.rate_counters (project_id, bucket, window_end, count) VALUES (%s, %s, now() + interval '10 minutes', %s) "
               "ON CONFLICT (project_id, bucket) DO UPDATE SET count = excluded.count, window_end = excluded.window_end RETURNING 1",
               [str(house.oauth.project), hashlib.sha256(what.encode()).digest(), count])


def forget(house, what):
    house.rows("DELETE FROM tessera.rate_counters WHERE bucket = %s RETURNING 1", [hashlib.sha256(what.encode()).digest()])


def at_forgot(browser):
    browser.get(browser.page.url + "&variant=forgot")


@pytest.mark.parametrize("first, second", [("forgot", "email_code"), ("email_code", "forgot")])
def test_a_code_proves_the_address_it_was_mailed_to_and_no_other(house, mailbox, first, second):
    attacker, victim = Account(house), Account(house)

    def ask(browser, way, address):
        if way == "forgot":
            at_forgot(browser)
            return browser.submit(username=address)
        return browser.submit("email_code", username=address)

    browser = house.at_sign_in()
    ask(browser, first, attacker.email)
    code = mailbox.wait_for(attacker.email).code
    browser.submit("another", _form="code")
    browser.get(browser.page.url.split("&variant")[0])
    ask(browser, second, victim.email)
    page = browser.page
    form = page.form("code")
    for variant in ("forgot", ""):
        fields = {name: value for name, value in form["fields"].items() if name != "variant"}
        page = browser.post(page.url, fields | {"code": code, "do": "continue"} | ({"variant": variant} if variant else {}))
        assert "new_password" not in str(page.forms) and not house.is_back(browser), page.text
    assert house.sessions(victim) == 0


def test_a_network_over_its_limit_locks_neither_the_account_nor_the_realm(house, account):
    addresses = ("password|address|127.0.0.1", "password|address|::/64")
    for address in addresses:
        set_count(house, address, 100)
    try:
        realm = count_of(house, "password|realm")
        browser = house.at_sign_in()
        assert "Too many" in browser.submit(username=account.email, password="wrong").text
        assert count_of(house, f"password|account|{account.email}") == 0 and count_of(house, "password|realm") == realm
    finally:
        for address in addresses:
            forget(house, address)


def test_what_was_right_is_given_back_to_the_realm(house, account):
    before = count_of(house, "password|realm")
    house.signed_in(account)
    assert count_of(house, "password|realm") <= before


def test_a_strangers_guesses_lock_nobody_out_of_their_own_device(house, account):
    browser = house.signed_in(account)
    for _ in range(6):
        house.at_sign_in().submit(username=account.email, password="wrong guess")
    assert not house.is_back(stranger := house.at_sign_in()) and "Too many" in stranger.submit(username=account.email, password=PASSWORD).text
    house.app.begin(browser, prompt="login")
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser), browser.page.text


def test_a_device_of_somebody_else_has_no_guesses_of_its_own(house, account):
    browser = house.signed_in(Account(house))
    set_count(house, f"password|account|{account.email}", 5)
    house.app.begin(browser, prompt="login")
    assert "Too many" in browser.submit(username=account.email, password=PASSWORD).text


def test_guesses_at_the_first_page_do_not_lock_who_read_the_mailed_code(house, account, mailbox):
    set_count(house, f"password|account|{account.email}", 100)
    browser = house.at_sign_in()
    browser.submit("email_code", username=account.email)
    browser.submit(code=mailbox.wait_for(account.email).code)
    browser.submit(password=PASSWORD)
    assert house.is_back(browser), browser.page.text


def test_digits_are_guessed_at_most_fifty_times_a_day_and_the_link_still_signs_in(house, mailbox):
    account = Account(house, password=None, log_in_with_password=False)
    browser = house.at_sign_in()
    browser.submit("email_code", username=account.email)
    mail = mailbox.wait_for(account.email)
    set_count(house, f"code|account|{account.email}", 50)
    assert "Too many" in browser.submit(code=mail.code).text
    browser.get(mail.link)
    assert house.is_back(browser), browser.page.text


def test_a_sign_in_in_progress_ends_with_the_password_it_was_begun_with(house, mailbox):
    account = Account(house, require_mfa=True)
    parked = house.at_sign_in()
    parked.submit(username=account.email, password=PASSWORD)
    assert "authenticator" in str(parked.page.forms)
    house.set_password(account.id, PHRASE)
    page = parked.submit("authenticator", _form="authenticator")
    assert page.status == 400 and account.value("SELECT count(*) FROM tessera.user_authenticator_apps WHERE user_id = %s") == 0


def test_an_app_that_was_enrolled_meanwhile_is_not_replaced(house):
    account = Account(house, require_mfa=True)
    browsers = []
    for _ in range(2):
        browser = house.at_sign_in()
        browser.submit(username=account.email, password=PASSWORD)
        browser.submit("authenticator", _form="authenticator")
        browsers.append((browser, shown_secret(browser)))
    (first, first_secret), (second, second_secret) = browsers
    first.submit(code=totp(first_secret))
    sealed = account.value("SELECT secret_sealed FROM tessera.user_authenticator_apps WHERE user_id = %s")
    second.submit(code=totp(second_secret))
    assert account.value("SELECT secret_sealed FROM tessera.user_authenticator_apps WHERE user_id = %s") == sealed
    assert not house.is_back(second)


def test_an_address_never_proved_is_mailed_a_code_after_the_password_and_then_is(house, account, mailbox):
    house.rows("UPDATE tessera.users SET email_verified = false WHERE user_id = %s RETURNING 1", [str(account.user)])
    browser = house.at_sign_in()
    browser.submit(username=account.email, password=PASSWORD)
    browser.submit(code=mailbox.wait_for(account.email).code)
    assert house.is_back(browser), browser.page.text
    assert account.value("SELECT email_verified FROM tessera.users WHERE user_id = %s")


def test_the_time_of_the_sign_in_is_when_the_person_proved_it_not_when_the_last_page_was_answered(house):
    account = Account(house, require_mfa=True)
    browser = house.at_sign_in()
    browser.submit(username=account.email, password=PASSWORD)
    house.rows("UPDATE tessera.login_flows SET password_verified_time = now() - interval '20 minutes' WHERE user_id = %s RETURNING 1", [str(account.user)])
    browser.submit("authenticator", _form="authenticator")
    browser.submit(code=totp(shown_secret(browser)))
    browser.submit("continue", _form="submit")
    claims = house.claims(browser)
    assert 1190 <= claims["iat"] - claims["auth_time"] <= 1300


def test_an_organization_can_be_founded_beside_one_and_after_an_empty_name(house, account, mailbox):
    house.rows("UPDATE tessera.projects SET self_serve_create_organizations = true WHERE project_id = %s RETURNING 1", [str(house.oauth.project)])
    try:
        second = Account(house, password=None)
        house.rows("UPDATE tessera.users SET email = %s WHERE user_id = %s RETURNING 1", [f"q{secrets.token_hex(5)}@example.com", str(second.user)])
        browser = house.at_sign_in()
        browser.submit("email_code", username=account.email)
        browser.submit(code=mailbox.wait_for(account.email).code)
        page = browser.submit("create", _form="create")
        assert "name" in page.form("name")["fields"], page.text
        page = browser.submit(name="")
        assert "name" in page.form("name")["fields"], page.text
        browser.submit(name="Founded Later")
        assert house.rows("SELECT count(*) FROM tessera.organizations WHERE display_name = 'Founded Later'", []) == [(1,)]
    finally:
        house.rows("UPDATE tessera.projects SET self_serve_create_organizations = false WHERE project_id = %s RETURNING 1", [str(house.oauth.project)])


def test_a_reset_password_ends_the_tokens_that_outlive_sessions(house, account, mailbox):
    elsewhere = house.browser()
    house.app.begin(elsewhere, scope="openid offline_access")
    elsewhere.submit(username=account.email, password=PASSWORD)
    if not house.is_back(elsewhere):
        elsewhere.submit("allow")
    tokens = house.app.redeem(elsewhere.page.query["code"]).json
    browser = house.at_sign_in()
    at_forgot(browser)
    browser.submit(username=account.email)
    browser.submit(code=mailbox.wait_for(account.email).code)
    browser.submit(new_password=PHRASE, new_password_again=PHRASE)
    assert house.is_back(browser), browser.page.text
    families = house.rows("SELECT offline, revoke_reason FROM tessera.token_families WHERE user_id = %s ORDER BY create_time", [str(account.user)])
    assert families[0] == (True, "password_reset") and "refresh_token" in tokens
