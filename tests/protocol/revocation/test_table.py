"""docs/reference/revocation.md, cell by cell: an event, and what of a person's things is left afterwards."""

import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from oauth_client import OauthRealm, basic_header
from signed_in import Person, introspector, relying_party
from wait import SANITIZER_FACTOR, wait_for

ONE_SECOND = 1 * SANITIZER_FACTOR
PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "revocation.md"


@dataclass
class House:
    """One person, two browsers, two authorizations of one client and a code not yet used."""

    oauth: object
    ask: object

    def __post_init__(self):
        self.person = Person(self.oauth)
        self.other_session, self.other_cookie = self.person.sign_in()
        self.client = relying_party(self.oauth)
        self.grant = uuid.uuid4()
        self.oauth.execute("INSERT INTO tessera.grants (project_id, grant_id, user_id, client_id) VALUES (%s, %s, %s, %s)",
                           [str(self.oauth.project), str(self.grant), str(self.person.user), str(self.client.uuid)])
        self.bound = self.person.tokens(self.client, grant=self.grant)
        self.offline = self.person.tokens(self.client, grant=self.grant, offline=True)
        self.bound_code = self.person.authorize(self.client, grant=self.grant)
        self.offline_code = self.person.authorize(self.client, grant=self.grant, offline=True)
        for node in (0, 1):  # remembered everywhere, which is the harder case
            assert self.ask(self.bound.access, node)["active"] and self.ask(self.offline.access, node)["active"]

    def set(self, table, column, value, row=None):
        ids = {"users": ("user_id", self.person.user), "organizations": ("organization_id", self.person.organization),
               "clients": ("client_id", self.client.uuid), "sessions": ("session_id", self.person.session)}
        key, own = ids[table]
        self.oauth.execute(f"UPDATE tessera.{table} SET {column} = {value} WHERE {key} = %s", [str(row or own)])

    def is_signed_in(self, cookie, node=1):
        reply = self.oauth.get(self.oauth.path + "/logout", node, [cookie])
        return b'id="logout-confirm"' in reply.body

    # The columns of the table. Each is looked at on the node the event did not come through.
    def cells(self):
        return {
            "cookie": lambda: self.is_signed_in(self.person.cookie),
            "access": lambda: self.ask(self.bound.access, 1)["active"],
            "offline access": lambda: self.ask(self.offline.access, 1)["active"],
            "refresh": lambda: self.bound.renew(1).status == 200,
            "offline refresh": lambda: self.offline.renew(1).status == 200,
            "code": lambda: self.bound_code.redeem(1).status == 200,
            "offline code": lambda: self.offline_code.redeem(1).status == 200,
            "other": lambda: self.is_signed_in(self.other_cookie),
        }


def logout(house):
    reply = house.oauth.get(house.oauth.path + "/logout?id_token_hint=" + house.bound.id_token, headers=[house.person.cookie])
    assert reply.status == 200


def revoked_by_person(house):
    house.set("sessions", "(revoke_time, revoke_reason)", "(now(), 'revoked')")


def everything_revoked(house):
    house.oauth.execute("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'all' WHERE user_id = %s", [str(house.person.user)])


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
def test_an_event_ends_what_the_table_says_and_nothing_else(oauth, ask, event, ended):
    house = House(oauth, ask)
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


def family_ends(house, tokens, others):
    wait_for("the access token to end", lambda: house.ask(tokens.access, 1) == {"active": False}, ONE_SECOND)
    assert tokens.renew(1).json["error"] == "invalid_grant"
    assert house.ask(others.access, 1)["active"] and others.renew(1).status == 200
    assert house.is_signed_in(house.person.cookie)


@pytest.mark.parametrize("which,other", [("bound", "offline"), ("offline", "bound")])
def test_a_code_shown_twice_ends_what_was_issued_for_it(oauth, ask, which, other):
    """T-10."""
    house = House(oauth, ask)
    tokens = getattr(house, which)
    again = tokens.redeem()
    assert again.status == 400 and again.json["error"] == "invalid_grant"
    family_ends(house, tokens, getattr(house, other))


def test_a_refresh_token_revoked_by_its_client_ends_its_family(oauth, ask):
    house = House(oauth, ask)
    reply = oauth.post({"token": house.offline.refresh}, [basic_header(house.client.id, house.client.secret)], path="/revoke")
    assert reply.status == 200
    family_ends(house, house.offline, house.bound)


def test_an_access_token_revoked_by_its_client_ends_alone(oauth, ask):
    house = House(oauth, ask)
    assert oauth.post({"token": house.offline.access}, [basic_header(house.client.id, house.client.secret)], path="/revoke").status == 200
    wait_for("the access token to end", lambda: ask(house.offline.access, 1) == {"active": False}, ONE_SECOND)
    assert house.offline.renew(1).status == 200 and ask(house.bound.access, 1)["active"]


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


def test_every_row_of_the_page_is_walked_here():
    rows = re.findall(r"^\| ([^|]+) \| (?:at once|1 s|–)", PAGE.read_text(), re.M)
    assert len(rows) == 16, rows
