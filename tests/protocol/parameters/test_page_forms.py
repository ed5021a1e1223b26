"""Every field of the sign-in's pages and of the person's own page wrong in every way: a page, never a 500, never a session, nothing changed."""

import re
import secrets
import uuid

import pytest

from login_house import PASSWORD, Account, Enrolled, House, at_factor
from mutations import NO_TEXT, every
from oauth_client import make_realm, prefixed

FORM = ("Content-Type", "application/x-www-form-urlencoded")
OFTEN = 40  # a limit would answer before the field is looked at


@pytest.fixture(scope="module")
def house(stack, nodes):
    return House(stack, make_realm(stack, nodes, "parameters"))


@pytest.fixture(scope="module")
def open_house(stack, nodes):
    house = House(stack, make_realm(stack, nodes, "parameters-open"))
    house.rows("UPDATE tessera.projects SET self_serve_create_users = true, self_serve_create_organizations = true")
    return house


def forget_guesses(house):
    house.rows("DELETE FROM tessera.rate_counters")


def post(browser, path, body):
    """One request; the cookies it sets are kept, no redirect is followed."""
    return browser.request("POST", path, body.encode(), [FORM, ("Origin", browser.origin)])


def is_harmless(page, mutation):
    """A page of ours that says what is wrong; what is no text or comes twice is no form at all."""
    location = page.reply.headers["Location"]
    cookies = " ".join(page.reply.headers.get_all("Set-Cookie") or [])
    return (page.status in ({400} if mutation in NO_TEXT | {"twice"} else {200, 303, 400}) and b"<script>alert" not in page.reply.body
            and (location is None or location.startswith("/realms/")) and "tessera_session" not in cookies and "b=c" not in cookies)


def walk(house, browser, path, form, more=()):
    """Every mutation of every field of a form that must not succeed, and of fields it does not have; what was not answered as it should be."""
    wrong = []
    good = list((form | dict(more)).items())
    for number, (name, mutation, body) in enumerate(every(good, [name for name, _ in good] + ["do", "variant", "unheard_of"])):
        if number % OFTEN == 0:
            forget_guesses(house)
        page = post(browser, path, body)
        if not is_harmless(page, mutation):
            wrong.append((name, mutation, page.status, page.reply.headers["Location"], page.text[:80]))
    return wrong


def at_identify(house):
    account = Account(house)
    return account, house.at_sign_in(), {"username": account.email, "password": "wrong"}, {}


def at_forgot(house):
    browser = house.at_sign_in()
    browser.get(next(link for link in browser.page.links if link and "forgot" in link))
    return Account(house), browser, {"username": "not an address"}, {}


def at_mailed_code(house):
    account = Account(house, password=None, log_in_with_password=False)
    browser = house.at_sign_in()
    browser.submit("email_code", username=account.email)
    return account, browser, {"code": "x"}, {"link": "x"}


def at_app_code(house):
    enrolled = Enrolled(house)
    house.rows("UPDATE tessera.sessions SET revoke_time = now() WHERE user_id = %s", [str(enrolled.account.user)])
    return enrolled.account, at_factor(house, enrolled.account), {"code": "x"}, {"recovery_code": "x", "credential": "{}"}


def at_recovery_code(house):
    account, browser, _, more = at_app_code(house)
    browser.submit("recovery", _form="code")
    return account, browser, {"recovery_code": "x"}, more


def at_enrolment(house):
    account = Account(house, require_mfa=True)
    browser = house.at_sign_in()
    browser.submit(username=account.email, password=PASSWORD)
    browser.submit("authenticator", _form="authenticator")
    return account, browser, {"code": "x"}, {"credential": "{}", "name": "x"}


def at_new_password(house):
    account = Account(house)
    browser = house.at_sign_in()
    browser.get(next(link for link in browser.page.links if link and "forgot" in link))
    browser.submit(username=account.email)
    browser.submit(code=house.stack.mailbox.wait_for(account.email).code)
    return account, browser, {"new_password": "a", "new_password_again": "b"}, {}


STEPS = (at_identify, at_forgot, at_mailed_code, at_app_code, at_recovery_code, at_enrolment, at_new_password)


@pytest.mark.parametrize("begin", STEPS)
def test_fields_of_a_step(house, begin):
    forget_guesses(house)
    account, browser, answer, more = begin(house)
    fields = browser.page.form(next(iter(answer)))["fields"] | answer
    assert walk(house, browser, house.oauth.path + "/login", fields, tuple(more.items())) == []
    assert house.sessions(account) == 0
    page = browser.get(f"{house.oauth.path}/login?flow={fields['flow']}")
    assert page.status == 200 and page.url.startswith(house.oauth.issuer + "/login"), "the sign-in goes on"


def test_names_of_a_founded_organization(open_house):
    """Any text is a name or a problem on the page."""
    for name in ("", " ", "x" * 129, "x" * 9000, "\u202e", "\x1b[31m", "a\r\nb", "ü" * 128, "<b>", "\U0001f600" * 64):
        forget_guesses(open_house)
        address = f"f{secrets.token_hex(6)}@example.com"
        browser = open_house.browser()
        open_house.app.begin(browser, prompt="create")
        browser.submit(username=address)
        browser.submit(code=open_house.stack.mailbox.wait_for(address).code)
        page = browser.submit(name=name)
        assert page.status == 200, (name[:20], page.status, page.text)
        assert "new_password" in page.form()["fields"] or "problem" in page.ids, (name[:20], page.text)


def test_links_of_a_sign_in(house):
    browser = house.at_sign_in()
    good = [("flow", browser.page.query["flow"]), ("variant", "forgot"), ("link", "x")]
    for name, mutation, query in every(good, ["flow", "variant", "link", "step", "unheard_of"]):
        page = browser.request("GET", f"{house.oauth.path}/login?{query}")
        assert is_harmless(page, mutation), (name, mutation, page.status)


ACCOUNT_FORMS = ({"do": "change_password", "password": "no", "new_password": "a", "new_password_again": "b"}, {"do": "add_passkey",
                                                                                                               "credential": "{}", "name": "x"},
                 {"do": "rename_passkey", "choice": "passkey_x", "name": "x"}, {"do": "remove_passkey", "choice": "passkey_x"}, {"do": "end_session",
                                                                                                                                 "choice": "session_x"},
                 {"do": "remove_app", "choice": "client_x"}, {"do": "nothing_known"})


@pytest.mark.parametrize("form", ACCOUNT_FORMS, ids=[form["do"] for form in ACCOUNT_FORMS])
def test_fields_of_the_persons_own_page(house, form):
    forget_guesses(house)
    account = Account(house)
    browser, elsewhere = house.signed_in(account), house.signed_in(account)
    hashed = account.value("SELECT string_agg(hash, ' ') FROM tessera.user_passwords WHERE user_id = %s")
    changed = [(name, mutation) for name, mutation, body in every(list(form.items()), [*form, "unheard_of"])
               if not is_harmless(page := post(browser, house.oauth.path + "/account", body), mutation) or page.status >= 500]
    assert not changed, changed
    assert house.sessions(account) == 2 and "code=" in house.app.begin(elsewhere, prompt="none").url
    assert account.value("SELECT string_agg(hash, ' ') FROM tessera.user_passwords WHERE user_id = %s") == hashed


def test_things_of_another_person_are_not_there(house):
    """Passkeys, sessions and apps by their ids: as if they were made up."""
    forget_guesses(house)
    account, other = Account(house), Account(house)
    browser, others = house.signed_in(account), house.signed_in(other)
    house.claims(others)
    (session,) = house.rows("SELECT session_id::text FROM tessera.sessions WHERE user_id = %s", [str(other.user)])
    for do, real, kind in (("end_session", uuid.UUID(session[0]), "session_"), ("remove_app", house.app.client.uuid, "client_")):
        answers = [post(browser, house.oauth.path + "/account", f"do={do}&choice={prefixed(kind, value)}") for value in (real, uuid.uuid4())]
        assert answers[0].status == answers[1].status and without_ids(answers[0]) == without_ids(answers[1]), do
    assert house.sessions(other) == 1


def without_ids(page):
    return re.sub(rb"[a-z]+_[0-9a-z]{25}|[A-Za-z0-9_-]{43}|\d\d:\d\d", b"-", page.reply.body)
