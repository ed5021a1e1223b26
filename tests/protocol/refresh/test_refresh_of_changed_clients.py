"""AB-06, AB-09: a refresh token is worth what its client may do now, and nobody guesses one."""

import base64

import pytest

from code_flow import App, Person, relying_party, signed_in_browser
from wait import SANITIZER_FACTOR, wait_for

SOON_S = 1.0 * SANITIZER_FACTOR
SAMPLE = 200


@pytest.fixture
def browser(oauth):
    return signed_in_browser(oauth, Person(oauth))


@pytest.fixture
def app(oauth):
    return App(oauth, relying_party(oauth), scope="openid email profile")


def change(oauth, app, assignment):
    oauth.execute(f"UPDATE tessera.clients SET {assignment} WHERE client_id = %s", [str(app.client.uuid)])


@pytest.mark.parametrize("assignment, status, error", [
    ("grant_types = '{authorization_code}'", 400, "unauthorized_client"), ("disabled = true", 401, "invalid_client"),
    ("token_endpoint_auth_method = 'client_secret_post'", 401, "invalid_client")])
def test_a_client_that_lost_what_it_needs_refreshes_nothing(oauth, app, browser, assignment, status, error):
    token = app.tokens(browser)["refresh_token"]
    change(oauth, app, assignment)
    for node in (0, 1):
        wait_for("both fronts to know", lambda node=node: app.refresh(token, node).status != 200, SOON_S)
        reply = app.refresh(token, node)
        assert (reply.status, reply.error) == (status, error)


def test_a_client_without_its_secret_refreshes_nothing(oauth, app, browser):
    token = app.tokens(browser)["refresh_token"]
    oauth.execute("DELETE FROM tessera.client_secrets WHERE client_id = %s", [str(app.client.uuid)])
    wait_for("the secret to be gone", lambda: app.refresh(token).status == 401, SOON_S)


def test_scopes_taken_from_a_client_are_in_no_token_it_refreshes(oauth, app, browser):
    """They shrink, and never grow."""
    token = app.tokens(browser)["refresh_token"]
    change(oauth, app, "scopes = '{openid,profile,address,phone}'")
    wait_for("the scope to shrink", lambda: "email" not in app.refresh(token).json["scope"].split(), SOON_S)
    assert set(app.refresh(token).json["scope"].split()) == {"openid", "profile"}


def test_no_two_codes_and_refresh_tokens_are_alike_and_each_has_256_bits(app, browser):
    app.answer(browser)
    codes = [app.code(browser) for _ in range(SAMPLE)]
    tokens = [app.redeem(code).json["refresh_token"].removeprefix("tessera_refresh_") for code in codes[-10:]]
    assert len({*codes, *tokens}) == SAMPLE + 10
    assert all(len(base64.urlsafe_b64decode(each + "=")) == 32 for each in codes + tokens)
    # No place of it is the same in all, nor one of few.
    assert all(len({code[place] for code in codes}) > 8 for place in range(42))
