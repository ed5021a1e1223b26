"""What a code and a refresh token are worth when their tokens could not be signed (design: consume, commit, sign, else release)."""

import pytest

from code_flow import App, relying_party
from wait import SANITIZER_FACTOR, wait_for


def wait_for_answer(ask):
    """keyd is back: the same request again until it is served."""
    replies = []
    wait_for("tokens after keyd came back", lambda: replies.append(ask()) or replies[-1].status == 200, 5 * SANITIZER_FACTOR)
    assert {reply.status for reply in replies[:-1]} <= {503}, [reply.body for reply in replies]
    return replies[-1].json


@pytest.mark.parametrize("public", [False, True])
def test_a_code_whose_tokens_could_not_be_signed_is_good_again(broken, oauth, browser, public):
    app = App(oauth, relying_party(oauth, public=public))
    code = app.code(browser)
    with broken.without("tessera-keyd"):
        reply = app.redeem(code)
        assert reply.status == 503 and reply.error == "temporarily_unavailable"
    tokens = wait_for_answer(lambda: app.redeem(code))
    assert app.refresh(tokens["refresh_token"]).status == 200
    released = oauth.events(type="oauth.token.released", client_id=app.client.id)
    assert released and all(event["result"] == "failed" for event in released)
    assert app.redeem(code).status == 400


def test_a_rotation_that_could_not_be_signed_for_leaves_one_lineage(broken, oauth, browser):
    app = App(oauth, relying_party(oauth, public=True))
    token = app.tokens(browser)["refresh_token"]
    with broken.without("tessera-keyd"):
        assert app.refresh(token).status == 503
    # However long keyd is away: the retry is not a reuse.
    oauth.execute("UPDATE tessera.refresh_tokens SET create_time = create_time - interval '1 hour' WHERE rotate_time IS NOT NULL")
    successor = wait_for_answer(lambda: app.refresh(token))["refresh_token"]
    again = app.refresh(successor)
    assert again.status == 200
    assert app.refresh(token).status == 400
    assert app.refresh(again.json["refresh_token"]).status == 400


def test_while_postgresql_is_away_nothing_is_consumed(broken, oauth, browser):
    app = App(oauth, relying_party(oauth, public=True))
    token = app.tokens(browser)["refresh_token"]
    code = app.code(browser)
    with broken.without("postgres"):
        assert app.refresh(token).status == 503
        assert app.redeem(code).status == 503
    assert wait_for_answer(lambda: app.redeem(code))["access_token"]
    assert wait_for_answer(lambda: app.refresh(token))["access_token"]
