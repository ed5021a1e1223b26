"""A session or a consent that ends while a code is being made: no family outlives what it stands on (T-07, L-04)."""

import threading

import psycopg2
import pytest

from code_flow import App, Person, relying_party, signed_in_browser
from wait import wait_for


@pytest.fixture
def person(oauth):
    return Person(oauth)


@pytest.fixture
def app(oauth, person):
    """One the person has allowed before."""
    app = App(oauth, relying_party(oauth))
    assert "code" in app.answer(signed_in_browser(oauth, person))
    return app


class Ending:
    """A transaction that has ended something and has not committed yet."""

    def __init__(self, oauth, statement, parameters):
        self.connection = psycopg2.connect(oauth.database_url("tessera_owner"))
        self.cursor = self.connection.cursor()
        self.cursor.execute("SELECT set_config('tessera.project_id', %s, true)", [str(oauth.project)])
        self.cursor.execute(statement, parameters)

    def is_waited_for(self):
        self.cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
        return self.cursor.fetchone()[0] > 0

    def commit(self):
        self.connection.commit()
        self.connection.close()


def answer_across(ending, app, browser):
    """What an authorization is answered that began before `ending` was committed, and could not be answered before it was."""
    answers = []
    asking = threading.Thread(target=lambda: answers.append(app.answer(browser, prompt="none")))
    asking.start()
    wait_for("the answer to wait", lambda: answers or ending.is_waited_for(), 20)
    ending.commit()
    asking.join(20)
    return answers[0]


def families_of(oauth, person):
    return oauth.execute("SELECT count(*) FROM tessera.token_families WHERE user_id = %s AND revoke_time IS NULL", [str(person.user)])[0][0]


def test_no_code_is_made_on_a_session_that_ends_meanwhile(oauth, person, app):
    ending = Ending(oauth, "UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'test' WHERE session_id = %s", [str(person.session)])
    assert answer_across(ending, app, signed_in_browser(oauth, person))["error"] == "interaction_required"
    assert families_of(oauth, person) == 0


def test_no_code_is_made_on_a_consent_that_is_withdrawn_meanwhile(oauth, person, app):
    ending = Ending(oauth, "DELETE FROM tessera.grants WHERE user_id = %s", [str(person.user)])
    assert answer_across(ending, app, signed_in_browser(oauth, person))["error"] == "interaction_required"
    assert families_of(oauth, person) == 0


@pytest.mark.parametrize("offline", [False, True])
def test_a_family_that_its_sessions_end_did_not_find_gives_nothing(oauth, person, offline):
    """However it came to be: the code and the refresh token look at the session themselves."""
    client = relying_party(oauth)
    code, tokens = person.authorize(client, offline=offline), person.tokens(client, offline=offline)
    oauth.execute("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'test' WHERE session_id = %s", [str(person.session)])
    oauth.execute("UPDATE tessera.token_families SET revoke_time = NULL, revoke_reason = NULL WHERE user_id = %s", [str(person.user)])
    expected = (200, 200) if offline else (400, 400)
    assert (code.redeem().status, tokens.renew().status) == expected
