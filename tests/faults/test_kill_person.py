"""kill -9 in the middle of a step of the sign-in, of a code's redemption and of a refresh: nothing told is lost, nothing happens twice."""

import http.client
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from code_flow import App, relying_party
from jose import claims_of
from login_house import PASSWORD, Account, Enrolled, House, at_factor, next_code
from ports import free_port
from processes import kill_tree
from wait import wait_for
from wire import Node

SHORT_MOMENTS = 2
LONG_MOMENTS = 25
MOMENT_MAX_S = 0.15
BACK_S = 30
VICTIMS = ("tessera-serve", "postgres", "tessera-keyd")


@pytest.fixture
def house(broken, oauth):
    return House(broken.stack, oauth)


class Chaos:
    """Kills a process while a request is on its way, and starts it again."""

    def __init__(self, broken, victim, seed=None):
        self.broken, self.victim = broken, victim
        self.seed = random.randrange(1 << 30) if seed is None else seed
        self.chance = random.Random(self.seed)
        print(f"seed {self.seed}")  # shown when it fails

    def kill_during(self, step):
        """What the step answered; None when nothing came of it."""
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(answer_or_nothing, step)
            threading.Event().wait(MOMENT_MAX_S * self.chance.random() ** 3)  # the random moment, more often an early one
            kill_tree(self.broken.stack.processes.pop(self.victim))
            reply = asked.result()
        print(f"answered with {getattr(reply, 'status', 'nothing')}")
        return reply

    def start_again(self):
        self.broken.stack.start(self.victim)
        self.broken.wait_for_token(BACK_S)

    def kill_and_start_during(self, step):
        reply = self.kill_during(step)
        self.start_again()
        return reply


def answer_or_nothing(step):
    try:
        return step()
    except (OSError, http.client.HTTPException):
        return None


def until_served(ask):
    """The step again, while the appliance says that it cannot right now."""
    return wait_for("an answer after the kill", lambda: served(answer_or_nothing(ask)), BACK_S)


def served(reply):
    return None if reply is None or reply.status == 503 else reply


def each_moment(test):
    """Each victim, a few random moments; many on demand."""
    test = pytest.mark.parametrize("victim", VICTIMS)(test)
    return pytest.mark.parametrize("moments", [SHORT_MOMENTS, pytest.param(LONG_MOMENTS, marks=pytest.mark.long)])(test)


# What a code's tokens could not be signed for is over with the release of the code.
LIVE = ("SELECT count(*) FROM tessera.refresh_tokens r JOIN tessera.token_families f USING (project_id, family_id) "
        "WHERE f.client_id = %s AND r.expire_time > now()")


def count(oauth, sql, *values):
    return oauth.execute(sql, [str(value) for value in values])[0][0]


@each_moment
def test_a_code_is_redeemed_once_whatever_is_killed(broken, oauth, browser, victim, moments):
    chaos, app = Chaos(broken, victim), App(oauth, relying_party(oauth))
    for _ in range(moments):
        code = app.code(browser)
        reply = chaos.kill_and_start_during(lambda: app.redeem(code))
        told = reply is not None and reply.status == 200
        again = until_served(lambda: app.redeem(code))
        assert again.status in ((400,) if told else (200, 400)), again.body
        got = [each for each in (reply, again) if each is not None and each.status == 200]
        ids = [claims_of(each.json["access_token"])["jti"] for each in got]
        audited = [event["body"]["jti"] for event in oauth.events(type="oauth.token.issued", client_id=app.client.id)]
        assert len(got) <= 1 and set(ids) <= set(audited)
        assert count(oauth, LIVE, app.client.uuid) <= 1
        oauth.execute("DELETE FROM tessera.token_families WHERE client_id = %s", [str(app.client.uuid)])


@each_moment
def test_a_refresh_that_was_cut_off_leaves_one_lineage(broken, oauth, browser, victim, moments):
    chaos, app = Chaos(broken, victim), App(oauth, relying_party(oauth, public=True))
    token = app.tokens(browser)["refresh_token"]
    generations = "SELECT count(*) FROM tessera.refresh_tokens JOIN tessera.token_families USING (project_id, family_id) WHERE client_id = %s"
    for rotated in range(1, moments + 1):
        reply = chaos.kill_and_start_during(lambda: app.refresh(token))
        again = until_served(lambda: app.refresh(token))
        assert again.status == 200, again.body
        if reply is not None and reply.status == 200:
            assert reply.json["refresh_token"] == again.json["refresh_token"]
            audited = [event["body"]["jti"] for event in oauth.events(type="oauth.token.issued", client_id=app.client.id)]
            assert claims_of(reply.json["access_token"])["jti"] in audited
        assert count(oauth, generations, app.client.uuid) == 1 + rotated
        token = again.json["refresh_token"]
    assert app.refresh(token).status == 200


def at_password(house):
    account = Account(house)
    return account, house.at_sign_in(), {"username": account.email, "password": PASSWORD}


def at_app_code(house):
    enrolled = Enrolled(house)
    house.rows("UPDATE tessera.sessions SET revoke_time = now() WHERE user_id = %s", [str(enrolled.account.user)])
    return enrolled.account, at_factor(house, enrolled.account), {"code": next_code(house, enrolled)}


def at_recovery_code(house):
    enrolled = Enrolled(house)
    house.rows("UPDATE tessera.sessions SET revoke_time = now() WHERE user_id = %s", [str(enrolled.account.user)])
    browser = at_factor(house, enrolled.account)
    browser.submit("recovery", _form="code")
    return enrolled.account, browser, {"recovery_code": enrolled.recovery_codes[0]}


def at_mailed_code(house):
    account = Account(house, password=None, log_in_with_password=False)
    browser = house.at_sign_in()
    browser.submit("email_code", username=account.email)
    return account, browser, {"code": house.stack.mailbox.wait_for(account.email).code}


STEPS = (at_password, at_app_code, at_recovery_code, at_mailed_code)


def trail(house, account, kind):
    return count(house.oauth, "SELECT count(*) FROM tessera.audit_events WHERE type = %s AND principal_id = %s", kind, account.id)


@pytest.mark.parametrize("begin", STEPS)
@each_moment
def test_a_step_of_a_sign_in_that_was_cut_off_is_taken_once(broken, house, victim, moments, begin):
    chaos = Chaos(broken, victim)
    for _ in range(moments if begin is at_password else 1):
        house.rows("DELETE FROM tessera.rate_counters")
        account, browser, answer = begin(house)
        page, before = browser.page, trail(house, account, "session.started")
        reply = chaos.kill_and_start_during(lambda: browser.submit(**answer))
        if reply is None or not house.is_back(browser):
            browser.page = page
            until_served(lambda: browser.submit(**answer))
        sessions, started = house.sessions(account), trail(house, account, "session.started") - before
        assert sessions == started <= 1
        if house.is_back(browser):
            assert sessions == 1 and house.claims(browser)["sub"] == account.id
        else:
            # Its answer was lost on the way: the session is there, the browser has no cookie of it. What was spent stays spent.
            assert_can_begin_again(house, account)


def assert_can_begin_again(house, account):
    browser = house.at_sign_in()
    assert browser.page.form("username") and house.sessions(account) <= 1


@pytest.fixture
def second(broken):
    """Another front on the same database."""
    port = free_port()
    broken.stack.start_serve("tessera-serve-2", port=port, admin_port=free_port())
    yield Node("localhost", port, str(broken.stack.ca_file))
    broken.stack.stop("tessera-serve-2")


@pytest.mark.parametrize("begin", STEPS)
def test_a_sign_in_goes_on_at_the_other_front(broken, house, second, begin):
    """FI-05: the front the step was sent to is dead and stays so."""
    chaos = Chaos(broken, "tessera-serve")
    account, browser, answer = begin(house)
    page, before = browser.page, trail(house, account, "session.started")
    reply = chaos.kill_during(lambda: browser.submit(**answer))
    browser.nodes = house.oauth.nodes = [second]
    if reply is None or not house.is_back(browser):
        browser.page = page
        until_served(lambda: browser.submit(**answer))
    assert house.sessions(account) == trail(house, account, "session.started") - before <= 1
    assert not house.is_back(browser) or house.claims(browser)["sub"] == account.id
    chaos.start_again()
