"""What attackers try of a sign-in: guessing to the limit, ways round a factor, old and bent cookies."""

import base64
from collections import Counter

import pytest

from at_once import at_once
from login_house import PASSWORD, Account, Enrolled, House, next_code
from oauth_client import make_realm
from pressing import cookies_of, press_everywhere
from wait import wait_for

LIMIT = 5  # daemon/login/visit.hpp: guesses_per_account_max


@pytest.fixture(scope="module")
def house(stack, nodes):
    return House(stack, make_realm(stack, nodes, "login-attacked"))


def counted(house, account):
    rows = house.rows("SELECT count FROM tessera.rate_counters WHERE bucket = sha256(%s::bytea)", [f"password|account|{account.email}".encode()])
    return rows[0][0] if rows else 0


# SR-21: exact at the edge, a number in one statement, over when its time is.

@pytest.mark.parametrize("wrong, is_let_in", [(LIMIT - 1, True), (LIMIT, False)])
def test_the_last_allowed_guess_may_be_right_and_the_next_may_not(house, wrong, is_let_in):
    account, browser = Account(house), house.at_sign_in()
    for _ in range(wrong):
        browser.submit(username=account.email, password="wrong")
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser) == is_let_in and house.sessions(account) == is_let_in


def test_fifty_wrong_guesses_at_once_are_fifty_and_the_lock_ends_by_its_time(house):
    account = Account(house)
    replies = press_everywhere(house, [house.at_sign_in() for _ in range(5)], username=account.email, password="wrong")
    assert counted(house, account) == 50
    said = Counter(b"is not right" in reply.body for reply in replies if reply.status == 200)
    assert said[True] <= LIMIT + 5, said  # five browsers looked once more
    house.rows("UPDATE tessera.rate_counters SET window_end = now() + interval '2 seconds'")
    browser = house.at_sign_in()
    assert "Too many" in browser.submit(username=account.email, password=PASSWORD).text
    house.rows("UPDATE tessera.rate_counters SET window_end = now() - interval '1 second'")
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser) and counted(house, account) == 0


def test_passwords_and_codes_of_an_app_are_counted_apart(house):
    enrolled = Enrolled(house)
    for _ in range(LIMIT):
        house.at_sign_in().submit(username=enrolled.account.email, password="wrong")
    assert counted(house, enrolled.account) == LIMIT
    house.rows("DELETE FROM tessera.rate_counters WHERE bucket = sha256(%s::bytea)", [f"password|account|{enrolled.account.email}".encode()])
    browser = house.at_sign_in()
    browser.submit(username=enrolled.account.email, password=PASSWORD)
    browser.submit(code=next_code(house, enrolled))
    assert house.is_back(browser), browser.page.text


# SR-06, T-05: whatever the way in, who has an app shows its code.

def by_password(house, account, mailbox):
    browser = house.at_sign_in()
    browser.submit(username=account.email, password=PASSWORD)
    return browser


def by_mailed_code(house, account, mailbox):
    browser = house.at_sign_in()
    browser.submit("email_code", username=account.email)
    browser.submit(code=newest(mailbox, account).code)
    if "password" in browser.page.form()["fields"]:
        browser.submit(password=PASSWORD)
    return browser


def by_mailed_link(house, account, mailbox):
    browser = house.at_sign_in()
    browser.submit("email_code", username=account.email)
    browser.get(newest(mailbox, account).link)
    if "password" in browser.page.form()["fields"]:
        browser.submit(password=PASSWORD)
    return browser


def by_reset(house, account, mailbox):
    browser = house.at_sign_in()
    browser.get(next(link for link in browser.page.links if link and "forgot" in link))
    browser.submit(username=account.email)
    browser.submit(code=newest(mailbox, account).code)
    return browser


def newest(mailbox, account):
    """The newest mail that has a code: others tell of new devices."""
    return wait_for("a mail with a code", lambda: next((mail for mail in mailbox.mails(account.email) if mail.code), None))


@pytest.mark.parametrize("enter", [by_password, by_mailed_code, by_mailed_link, by_reset])
def test_whatever_the_way_in_an_enrolled_app_is_asked_for(house, mailbox, enter):
    enrolled = Enrolled(house)
    house.rows("UPDATE tessera.organizations SET require_mfa = false WHERE organization_id = %s", [str(enrolled.account.organization)])
    browser = enter(house, enrolled.account, mailbox)
    assert "code" in browser.page.form("code")["fields"], browser.page.text
    assert house.sessions(enrolled.account) == 1 and "error=login_required" in house.app.begin(browser, prompt="none").url


@pytest.mark.parametrize("enter", [by_password, by_mailed_code, by_mailed_link])
def test_whatever_the_way_in_a_factor_that_is_required_is_enrolled_first(house, mailbox, enter):
    account = Account(house, require_mfa=True)
    browser = enter(house, account, mailbox)
    assert browser.page.form("authenticator") and house.sessions(account) == 0


# ASVS 7.2.4, SR-14, and cookies of others.

def session_cookie(house):
    return f"__Host-tessera_session_{house.oauth.slug}"


def test_a_new_sign_in_ends_the_old_cookie(house):
    account = Account(house)
    browser = house.signed_in(account)
    old = dict(browser.cookies)
    house.app.begin(browser, prompt="login")
    browser.submit(password=PASSWORD)
    assert house.is_back(browser) and browser.cookies[session_cookie(house)] != old[session_cookie(house)]
    thief = house.browser()
    thief.cookies = old
    assert "error=login_required" in house.app.begin(thief, prompt="none").url
    assert "code=" in house.app.begin(browser, prompt="none").url


def test_a_session_that_was_there_before_the_sign_in_is_not_gone_on_with(house):
    """Fixation: whoever planted the cookie learns nothing by it."""
    account, attacker = Account(house), house.signed_in(Account(house))
    browser = house.at_sign_in()
    browser.cookies[session_cookie(house)] = attacker.cookies[session_cookie(house)]
    browser.submit(username=account.email, password=PASSWORD)
    assert browser.cookies[session_cookie(house)] != attacker.cookies[session_cookie(house)]
    assert "error=login_required" in house.app.begin(attacker, prompt="none").url


def bent(value):
    raw = bytearray(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    for position in (0, len(raw) // 2, len(raw) - 1):
        changed = bytes(raw[:position]) + bytes([raw[position] ^ 1]) + bytes(raw[position + 1:])
        yield base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
    yield from (value[:-1], value + "A", value + "=", value.swapcase(), "", "A" * 43, value[:-1] + ("B" if value[-1] != "B" else "C"), "a" * 5000)


def test_every_bit_of_a_sessions_and_of_a_sign_ins_cookie_counts(house):
    account = Account(house)
    browser, waiting = house.signed_in(account), house.at_sign_in()
    for value in bent(browser.cookies[session_cookie(house)]):
        thief = house.browser()
        thief.cookies = {session_cookie(house): value}
        assert "error=login_required" in house.app.begin(thief, prompt="none").url, value
    (name, good), = ((name, value) for name, value in waiting.cookies.items() if "session" not in name)
    page = f"{house.oauth.path}/login?flow={waiting.page.query['flow']}"
    for value in bent(good):
        thief = house.browser()
        thief.cookies = {name: value}
        assert thief.get(page).status == 400, value
    assert waiting.get(page).status == 200


def test_a_session_of_another_realm_is_none_here(house, other_oauth):
    browser = house.signed_in(Account(house))
    foreign = House(house.stack, other_oauth)
    browser.cookies[session_cookie(foreign)] = browser.cookies[session_cookie(house)]
    assert "error=login_required" in foreign.app.begin(browser, prompt="none").url


# ASVS 6.3.4

def test_a_sign_in_in_a_new_browser_is_told_by_mail_and_one_in_a_known_browser_is_not(house, mailbox):
    account = Account(house)
    browser = house.signed_in(account)  # the first of all: there is nothing it could be unlike
    house.rows("UPDATE tessera.sessions SET revoke_time = now() WHERE user_id = %s", [str(account.user)])
    house.app.begin(browser)
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser)
    house.signed_in(account)
    mail = mailbox.wait_for(account.email)
    assert "sign-in" in mail.subject and len(mailbox.mails(account.email)) == 1


def test_fifty_sign_ins_at_once_make_each_their_own_session(house):
    """Nothing of one sign-in gets into another's."""
    accounts = [Account(house) for _ in range(3)]

    def sign_in(number):
        browser = house.browser()
        browser.turn = number
        house.app.begin(browser)
        page = browser.submit(username=accounts[number % 3].email, password=PASSWORD)
        return accounts[number % 3], browser if page.status != 503 and house.is_back(browser) else None

    done = [(account, browser) for account, browser in at_once(sign_in, 12) if browser is not None]
    assert done and len({cookies_of(browser) for _, browser in done}) == len(done)
    assert all(house.claims(browser)["sub"] == account.id for account, browser in done)
