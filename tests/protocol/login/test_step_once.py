"""Each step and each code of a sign-in counts once: fifty answers at the same moment, over two fronts."""

import urllib.parse
from collections import Counter

import pytest

from at_once import at_once
from login_house import PASSWORD, Account, Enrolled, House, at_factor, next_code
from oauth_client import make_realm
from pressing import answered, cookies_of, press_everywhere

FLOWS = 5


@pytest.fixture(scope="module")
def house(stack, nodes):
    return House(stack, make_realm(stack, nodes, "login-once"))


def assert_one_more_session(house, account, replies, before=0):
    """In the database, in the trail and in the browsers' hands."""
    started = house.rows("SELECT count(*) FROM tessera.audit_events WHERE type = 'session.started' AND principal_id = %s", [account.id])
    given = [line for reply in replies for line in reply.headers.get_all("set-cookie") or []
             if line.startswith(f"__Host-tessera_session_{house.oauth.slug}=")]
    made = {"sessions": house.sessions(account) - before, "events": started[0][0] - before, "cookies": len(given)}
    assert made == {"sessions": 1, "events": 1, "cookies": 1}, Counter(reply.status for reply in replies)


def test_of_fifty_passwords_of_one_page_one_makes_the_session(house):
    account = Account(house)
    replies = press_everywhere(house, [house.at_sign_in()], username=account.email, password=PASSWORD)
    assert_one_more_session(house, account, replies)


def at_mailed_code(house, mailbox):
    account = Account(house, password=None, log_in_with_password=False)
    browser = house.at_sign_in()
    browser.submit("email_code", username=account.email)
    return account, browser, mailbox.wait_for(account.email)


def test_of_fifty_who_show_one_mailed_code_one_signs_in(house, mailbox):
    account, browser, mail = at_mailed_code(house, mailbox)
    assert_one_more_session(house, account, press_everywhere(house, [browser], code=mail.code))


def test_of_fifty_who_open_the_mailed_link_one_signs_in(house, mailbox):
    account, browser, mail = at_mailed_code(house, mailbox)
    link = urllib.parse.urlsplit(mail.link)
    replies = at_once(lambda number: house.oauth.nodes[number % 2].request("GET", f"{link.path}?{link.query}", headers=[cookies_of(browser)]))
    assert_one_more_session(house, account, answered(house, [browser], replies))


def test_of_fifty_who_show_one_code_of_an_app_in_five_sign_ins_one_signs_in(house):
    enrolled = Enrolled(house)
    browsers = [at_factor(house, enrolled.account) for _ in range(FLOWS)]
    replies = press_everywhere(house, browsers, code=next_code(house, enrolled))
    assert_one_more_session(house, enrolled.account, replies, before=1)


def test_of_fifty_who_show_one_recovery_code_in_five_sign_ins_one_signs_in(house):
    enrolled = Enrolled(house)
    browsers = [at_factor(house, enrolled.account) for _ in range(FLOWS)]
    for browser in browsers:
        browser.submit("recovery", _form="code")
    replies = press_everywhere(house, browsers, recovery_code=enrolled.recovery_codes[3])
    assert_one_more_session(house, enrolled.account, replies, before=1)
    used = house.rows("SELECT count(*) FROM tessera.user_recovery_codes WHERE user_id = %s AND used_time IS NOT NULL", [str(enrolled.account.user)])
    assert used == [(1,)]
