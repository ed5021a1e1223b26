"""docs/reference/revocation.md, cell by cell: an event, and what of a person's things is left afterwards."""

import time
import uuid

import pytest

from oauth_client import OauthRealm
from revocable import House
from signed_in import Person, introspector, relying_party
from wait import SANITIZER_FACTOR, wait_for

ONE_SECOND = 1 * SANITIZER_FACTOR


def logout(house):
    reply = house.oauth.get(house.oauth.path + "/logout?id_token_hint=" + house.bound.id_token, headers=[house.person.cookie])
    assert reply.status == 200


def revoked_by_person(house):
    house.set("sessions", "(revoke_time, revoke_reason)", "(now(), 'revoked')")


def everything_revoked(house):
    house.oauth.execute("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'all' WHERE user_id = %s", [str(house.person.user)])


def password_set_by_operator(house):
    house.stack.tessera_json("user", "set-password", "--project", house.oauth.slug, house.person.id, stdin="a quite different phrase 9")


def session_expired(house):
    house.set("sessions", "expire_time", "now()")
    # As redeeming did: a family ends with the session it is bound to.
    house.oauth.execute("UPDATE tessera.token_families SET expire_time = now() WHERE session_id = %s AND NOT offline", [str(house.person.session)])


def user_disabled(house):
    house.set("users", "disabled", "true")


def user_deleted(house):
    house.oauth.execute("DELETE FROM tessera.users WHERE user_id = %s", [str(house.person.user)])


def organization_deleted(house):
    house.oauth.execute("DELETE FROM tessera.organizations WHERE organization_id = %s", [str(house.person.organization)])


def organization_off(house):
    house.set("organizations", "logins_disabled", "true")


def client_disabled(house):
    house.set("clients", "disabled", "true")


def client_deleted(house):
    for table in ("client_access", "client_secrets", "clients"):
        house.oauth.execute(f"DELETE FROM tessera.{table} WHERE client_id = %s", [str(house.client.uuid)])


def consent_withdrawn(house):
    house.oauth.execute("DELETE FROM tessera.grants WHERE grant_id = %s", [str(house.grant)])


BOUND = {"cookie", "access", "refresh", "code"}
OFFLINE = {"offline access", "offline refresh", "offline code"}
ISSUED = {"access", "refresh", "code"} | OFFLINE

# Event, what it ends; everything else must go on. Of the table's rows these are the ones about a whole person, session or client.
EVENTS = [
    (logout, BOUND),
    (revoked_by_person, BOUND),
    (everything_revoked, BOUND | {"other"}),
    (password_set_by_operator, BOUND | OFFLINE | {"other"}),
    (session_expired, BOUND),
    (user_disabled, BOUND | OFFLINE | {"other"}),
    (user_deleted, BOUND | OFFLINE | {"other"}),
    (organization_deleted, BOUND | OFFLINE | {"other"}),
    (organization_off, BOUND | OFFLINE | {"other"}),
    (client_disabled, ISSUED),
    (client_deleted, ISSUED),
    (consent_withdrawn, ISSUED),
]
# Told by a notice; the rest is asked of PostgreSQL each time. What a client does depends on the client's record in memory.
REMEMBERED = {"access", "offline access"}
BY_CLIENT = {"refresh", "offline refresh", "code", "offline code"}


def fresh_realm(stack, nodes):
    slug = f"table-{uuid.uuid4().hex[:12]}"
    stack.tessera_json("project", "create", "--slug", slug, "--display-name", slug)
    oauth = OauthRealm(f"{stack.issuer_base}/realms/{slug}", nodes, stack.postgres.database_url)
    # Its RSA key may still be in the making.
    person, client = Person(oauth), relying_party(oauth)
    wait_for("ID tokens to be signed", lambda: person.authorize(client).redeem().status == 200, 60)
    return oauth


@pytest.fixture
def ask(oauth):
    return introspector(oauth)


@pytest.mark.parametrize("event,ended", EVENTS, ids=[event.__name__ for event, _ in EVENTS])
def test_an_event_ends_what_the_table_says_and_nothing_else(stack, oauth, ask, event, ended):
    house = House(oauth, ask, stack=stack)
    event(house)
    happened = time.monotonic()
    cells = house.cells()
    late = REMEMBERED | (BY_CLIENT if event in (client_disabled, client_deleted) else set())
    for name in [*(set(cells) & ended - late), *(ended & late)]:
        if name in late:
            wait_for(f"{name} to end", lambda: not cells[name](), max(0.05, happened + ONE_SECOND - time.monotonic()) + 0.5)
        else:
            assert not cells[name](), name
    for name in set(cells) - ended:
        assert cells[name](), name


def test_what_was_switched_off_is_back_when_it_is_switched_on(oauth, ask):
    for table, column in (("organizations", "logins_disabled"), ("clients", "disabled")):
        house = House(oauth, ask)
        house.set(table, column, "true")
        wait_for("the tokens to end", lambda: not house.cells()["access"](), ONE_SECOND)
        house.set(table, column, "false")
        wait_for("the tokens to be back", house.cells()["access"], ONE_SECOND)
        wait_for("refreshing to be back", house.cells()["refresh"], ONE_SECOND)


def test_a_disabled_user_who_returns_has_to_sign_in_again(oauth, ask):
    house = House(oauth, ask)
    house.set("users", "disabled", "true")
    house.set("users", "disabled", "false")
    cells = house.cells()
    wait_for("the access token to end", lambda: not cells["access"](), ONE_SECOND)
    assert not any(cells[name]() for name in ("cookie", "refresh", "offline refresh", "code", "other"))


def test_a_project_switched_off_answers_nothing_and_everything_is_back(stack, nodes):
    oauth = fresh_realm(stack, nodes)
    house = House(oauth, introspector(oauth))
    oauth.execute("UPDATE tessera.projects SET disabled = true")
    wait_for("the realm to go", lambda: oauth.get(oauth.path + "/logout", 1).status == 404, ONE_SECOND)
    assert house.offline.renew(1).status == 404
    oauth.execute("UPDATE tessera.projects SET disabled = false")
    wait_for("the realm to return", lambda: oauth.get(oauth.path + "/logout", 1).status == 200, ONE_SECOND)
    assert house.offline.renew(1).status == 200


def test_a_projects_sign_in_switched_off_ends_cookies_and_leaves_tokens(stack, nodes):
    oauth = fresh_realm(stack, nodes)
    house = House(oauth, introspector(oauth))
    oauth.execute("UPDATE tessera.projects SET logins_disabled = true")
    wait_for("the cookies", lambda: not house.is_signed_in(house.person.cookie) and not house.is_signed_in(house.other_cookie), ONE_SECOND)
    cells = house.cells()
    assert all(cells[name]() for name in ("access", "refresh", "offline refresh", "code"))
