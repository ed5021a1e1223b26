"""A mail server that is away, slow or refuses: the sign-in's pages are the same for everybody, nothing waits, and the code arrives when it can."""

import contextlib
import re
import socket
import threading
import time

import pytest

from login_house import PASSWORD, Account, House
from mail_server import Inbox, mail_server
from oauth_client import make_realm
from scratch import scratch_stack
from wait import SANITIZER_FACTOR, wait_for
from wire import Node

SOON_S = 2.0 * SANITIZER_FACTOR


@pytest.fixture(scope="module")
def appliance(binaries):
    with scratch_stack(binaries) as made:
        made.serve_settings["smtp-timeout"] = "4"
        made.up()
        made.stop("mail-catcher")
        yield made


@pytest.fixture(scope="module")
def house(appliance):
    return House(appliance, make_realm(appliance, [Node("localhost", appliance.port, str(appliance.ca_file))], "outage"))


@pytest.fixture(autouse=True)
def nothing_waits_before(house):
    house.rows("DELETE FROM tessera.mail_outbox")
    house.rows("DELETE FROM tessera.rate_counters")


class Refusing(Inbox):
    """Answers each recipient with these, one after the other; the last again and again."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer


@contextlib.contextmanager
def dripping(port):
    """Accepts, and says one byte of a greeting a second."""
    ended = threading.Event()

    def drip(connection):
        with connection, contextlib.suppress(OSError):
            for byte in b"220 mail.example ready when it suits us":
                connection.sendall(bytes([byte]))
                if ended.wait(1):
                    return

    def accept(server):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=drip, args=[server.accept()[0]], daemon=True).start()

    with socket.create_server(("127.0.0.1", port)) as server:
        threading.Thread(target=accept, args=[server], daemon=True).start()
        yield
        ended.set()
        server.shutdown(socket.SHUT_RDWR)  # closing alone leaves it to the thread that waits for a connection


@contextlib.contextmanager
def silent(port):
    with socket.create_server(("127.0.0.1", port)):
        yield


@contextlib.contextmanager
def absent(port):
    yield


def ask_for_code(house, address):
    """The browser, at the page for the code, and how long its last answer took. A token that is busy making keys answers 503: later, then."""
    took = []

    def asked():
        browser = house.at_sign_in()
        begun = time.monotonic()
        page = browser.submit("email_code", username=address)
        took.append(time.monotonic() - begun)
        return None if page.status == 503 else browser
    browser = wait_for("a page that asks for the code", asked, 90)
    assert "code" in browser.page.form("code")["fields"], browser.page.text
    return browser, took[-1]


def without_handles(page, address):
    """Without what names the sign-in, and without the note that mail is out, which everybody sees from a moment on."""
    body = re.sub(rb"<p class=.message note. [^>]*id=.mail-out.>[^<]*</p>\n", b"", page.reply.body.replace(address.encode(), b"-"))
    return re.sub(rb"login_flow_[0-9a-z]{25}|[A-Za-z0-9_-]{43}", b"-", body)


def state(house, address):
    (row,) = house.rows("SELECT attempts, sent_time, failed_time FROM tessera.mail_outbox WHERE recipient = %s", [address])
    return row


@pytest.mark.parametrize("server", [absent, silent, dripping])
def test_while_no_mail_goes_out_nobody_waits_and_pages_tell_nothing(appliance, house, server):
    account, nobody = Account(house, password=None, log_in_with_password=False), "p000000000000@example.com"
    with server(appliance.mail_port):
        known, took = ask_for_code(house, account.email)
        unknown, _ = ask_for_code(house, nobody)
        assert without_handles(known.page, account.email) == without_handles(unknown.page, nobody)
        others = [ask_for_code(house, Account(house, password=None, log_in_with_password=False).email)[1] for _ in range(6)]
        assert sorted([took, *others])[3] < SOON_S, (took, others)
        assert house.signed_in(Account(house)), "a password needs no mail"
        wait_for("an attempt", lambda: state(house, account.email)[0] >= 1, 20)
        assert state(house, account.email)[1:] == (None, None)
    inbox = Inbox()
    with mail_server(inbox, port=appliance.mail_port):
        wait_for("the mail, by itself", lambda: account.email in inbox.recipients, 60)
        code = re.search(rb"^\s*(\d{6})\s*$", next(mail for mail in inbox.mails if account.email.encode() in mail), re.M)
        known.submit(code=code[1].decode())
        assert house.is_back(known), known.page.text
    assert nobody not in inbox.recipients


def test_a_mail_refused_for_now_is_tried_again_and_one_refused_for_good_is_not(appliance, house):
    later, never = (Account(house, password=None, log_in_with_password=False) for _ in range(2))
    inbox = Refusing("451 4.7.1 greylisted", "451 4.7.1 greylisted", "250 ok")
    with mail_server(inbox, port=appliance.mail_port):
        ask_for_code(house, later.email)
        wait_for("the mail", lambda: state(house, later.email)[1], 60)
        assert state(house, later.email)[0] == 3 and inbox.recipients == [later.email]
    with mail_server(Refusing("550 5.1.1 nobody of that name"), port=appliance.mail_port):
        browser, _ = ask_for_code(house, never.email)
        wait_for("the refusal", lambda: state(house, never.email)[2], 60)
        assert state(house, never.email)[0] == 1
        # The page says no more than before: whether a mailbox takes mail is nobody's business.
        assert "code" in browser.get(browser.page.url).form("code")["fields"]


def test_whose_mail_is_late_may_ask_again_and_the_newest_code_counts(appliance, house):
    account = Account(house, password=None, log_in_with_password=False)
    browser, _ = ask_for_code(house, account.email)
    browser.submit("resend", _form="code")
    inbox = Inbox()
    with mail_server(inbox, port=appliance.mail_port):
        wait_for("both mails", lambda: len(inbox.mails) == 2, 60)
    codes = [re.search(rb"^\s*(\d{6})\s*$", mail, re.M)[1].decode() for mail in inbox.mails]
    newest = house.rows("SELECT count(*) FROM tessera.email_codes WHERE email = %s", [account.email])
    assert newest == [(1,)]
    for code in codes:
        if not house.is_back(browser):
            browser.submit(code=code)
    assert house.is_back(browser) and house.sessions(account) == 1


def test_a_password_signs_in_while_the_notice_about_it_waits(appliance, house):
    account = Account(house)
    house.signed_in(account)
    browser = house.at_sign_in()
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser)
    wait_for("an attempt", lambda: state(house, account.email)[0] >= 1, 20)
    with mail_server(Inbox(), port=appliance.mail_port):
        wait_for("the notice", lambda: state(house, account.email)[1], 60)


@pytest.mark.parametrize("known", [True, False])
def test_the_page_says_that_mail_is_out_whoever_waits_and_no_longer_when_it_is_back(appliance, house, known):
    address = Account(house, password=None, log_in_with_password=False).email if known else "p0000000feed@example.com"
    browser = house.at_sign_in()
    browser.submit("email_code", username=address)
    here = browser.page.url

    def is_said():
        return "mail-out" in browser.get(here).ids
    wait_for("the page to say that mail cannot be sent", is_said, 20)
    with mail_server(Inbox(), port=appliance.mail_port):
        wait_for("the page to be silent again", lambda: not is_said(), 30)
