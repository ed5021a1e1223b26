"""The rows of docs/reference/revocation.md that are about one authorization or one key, and that no row is without a test."""

import re
import uuid
from pathlib import Path

import pytest

from jose import header_of
from oauth_client import OauthRealm, wait_for_keys
from revocable import House
from signed_in import introspector, relying_party
from wait import SANITIZER_FACTOR, wait_for

ONE_SECOND = 1 * SANITIZER_FACTOR
PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "revocation.md"
WALKED_BY_EVENTS = "test_table.py::test_an_event_ends_what_the_table_says_and_nothing_else"

# A row of the page, and the test that walks its cells.
ROWS = {
    "logout, session revoked by its person": WALKED_BY_EVENTS, "all sessions revoked, password changed by its person": WALKED_BY_EVENTS,
    "password reset, or set by an operator": WALKED_BY_EVENTS,
    "session expired (absolute end)": WALKED_BY_EVENTS, "user disabled": WALKED_BY_EVENTS, "user or organization deleted": WALKED_BY_EVENTS,
    "organization's sign-in switched off": WALKED_BY_EVENTS, "client disabled": WALKED_BY_EVENTS, "client deleted": WALKED_BY_EVENTS,
    "consent withdrawn": WALKED_BY_EVENTS,
    "project's sign-in switched off": "test_table.py::test_a_projects_sign_in_switched_off_ends_cookies_and_leaves_tokens",
    "project disabled": "test_table.py::test_a_project_switched_off_answers_nothing_and_everything_is_back",
    "code shown twice": "test_table_families.py::test_an_event_of_one_authorization_ends_it_alone",
    "rotated refresh token shown again after its grace": "test_table_families.py::test_an_event_of_one_authorization_ends_it_alone",
    "refresh token revoked by its client (RFC 7009)": "test_table_families.py::test_an_event_of_one_authorization_ends_it_alone",
    "access token revoked by its client (RFC 7009)": "test_table_families.py::test_an_access_token_revoked_by_its_client_ends_alone",
    "access to a resource, or a scope, withdrawn from a client":
        "../refresh/test_withdrawn.py::test_a_resource_withdrawn_from_the_client_is_in_no_token_any_more",
    "signing key revoked": "test_table_families.py::test_a_revoked_key_ends_the_access_tokens_it_signed_and_nothing_else",
}


@pytest.fixture
def ask(oauth):
    return introspector(oauth)


def code_shown_twice(house, tokens):
    assert tokens.redeem().json["error"] == "invalid_grant"


def rotated_token_shown_again(house, tokens):
    """As a public client's: rotated, and its grace long over."""
    old = tokens.refresh
    tokens.refresh, tokens.access = (renewed := tokens.renew().json)["refresh_token"], renewed["access_token"]
    house.oauth.execute("UPDATE tessera.refresh_tokens SET rotate_time = rotate_time - interval '1 minute' WHERE rotate_time IS NOT NULL AND family_id = %s",
                        [str(tokens.family)])
    shown = tokens.oauth.post({"grant_type": "refresh_token", "refresh_token": old, "client_id": tokens.client.id})
    assert shown.json["error"] == "invalid_grant"


def refresh_token_revoked(house, tokens):
    assert house.oauth.post({"token": tokens.refresh, "client_id": tokens.client.id}, path="/revoke").status == 200


def access_token_revoked(house, tokens):
    assert house.oauth.post({"token": tokens.access, "client_id": tokens.client.id}, path="/revoke").status == 200


@pytest.fixture
def house(oauth, ask):
    return House(oauth, ask, relying_party(oauth, public=True))


def goes_on(house, tokens, code):
    """Everything but what was issued from the other authorization."""
    assert house.is_signed_in(house.person.cookie) and house.is_signed_in(house.other_cookie)
    assert house.ask(tokens.access, 1)["active"] and tokens.renew(1).status == 200 and code.redeem(1).status == 200
    return True


@pytest.mark.parametrize("which, other", [("bound", "offline"), ("offline", "bound")])
@pytest.mark.parametrize("event", [code_shown_twice, rotated_token_shown_again, refresh_token_revoked])
def test_an_event_of_one_authorization_ends_it_alone(house, event, which, other):
    tokens = getattr(house, which)
    event(house, tokens)
    assert tokens.renew(1).json["error"] == "invalid_grant"
    assert tokens.redeem(1).json["error"] == "invalid_grant"
    wait_for("the access token to end", lambda: house.ask(tokens.access, 1) == {"active": False}, ONE_SECOND)
    assert goes_on(house, getattr(house, other), getattr(house, other + "_code")) and getattr(house, which + "_code").redeem(1).status == 200


def test_an_access_token_revoked_by_its_client_ends_alone(house):
    access_token_revoked(house, house.bound)
    wait_for("the access token to end", lambda: house.ask(house.bound.access, 1) == {"active": False}, ONE_SECOND)
    assert goes_on(house, house.offline, house.offline_code)
    assert house.bound.renew(1).status == 200 and house.bound_code.redeem(1).status == 200


def own_realm(stack, nodes):
    slug = f"key-{uuid.uuid4().hex[:12]}"
    stack.tessera_json("project", "create", "--slug", slug, "--display-name", slug)
    oauth = OauthRealm(f"{stack.issuer_base}/realms/{slug}", nodes, stack.postgres.database_url)
    return oauth, wait_for_keys(stack, oauth.issuer)


def test_a_revoked_key_ends_the_access_tokens_it_signed_and_nothing_else(stack, nodes):
    oauth, keyring = own_realm(stack, nodes)
    house = House(oauth, introspector(oauth))
    kid = header_of(house.bound.access)["kid"]
    stack.tessera("keys", "revoke", keyring, kid, "--reason", "test")
    for tokens in (house.bound, house.offline):
        wait_for("what it signed to end", lambda tokens=tokens: house.ask(tokens.access, 1) == {"active": False}, 5 * ONE_SECOND)
    cells = house.cells()
    for name in ("cookie", "other", "refresh", "offline refresh", "code", "offline code"):
        wait_for(f"{name} to go on", cells[name], 30)
    renewed = house.bound.renew(1).json["access_token"]
    assert header_of(renewed)["kid"] != kid and house.ask(renewed, 1)["active"]


def test_no_row_of_the_page_is_without_its_test():
    rows = re.findall(r"^\| ([^|]+) \| (?:at once|1 s|–)", PAGE.read_text(), re.M)
    assert set(rows) == set(ROWS)
    here = Path(__file__).parent
    assert not [test for file, test in (name.split("::") for name in ROWS.values()) if f"def {test}(" not in (here / file).read_text()]
