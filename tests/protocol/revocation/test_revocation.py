"""Token revocation: RFC 7009. Everything that follows from it is in test_table.py."""

import pytest

from oauth_client import basic_header
from signed_in import Person, introspector, relying_party
from wait import SANITIZER_FACTOR, wait_for

AT_ONCE = 1 * SANITIZER_FACTOR  # s


@pytest.fixture
def person(oauth):
    return Person(oauth)


@pytest.fixture
def ask(oauth):
    return introspector(oauth)


def revoke(oauth, client, token, node=0, **parameters):
    form = {"token": token, **parameters}
    if client.method == "none":
        return oauth.post(form | {"client_id": client.id}, (), node, "/revoke")
    return oauth.post(form, [basic_header(client.id, client.secret)], node, "/revoke")


def is_inactive(ask, token, node=0):
    return lambda: ask(token, node) == {"active": False}


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("hint", [None, "refresh_token", "access_token", "pizza"])
def test_a_revoked_refresh_token_is_refused_and_its_access_tokens_end(oauth, person, ask, hint, public):
    """SR-19: 200 means that it was done."""
    tokens = person.tokens(relying_party(oauth, public=public), offline=True)
    assert ask(tokens.access)["active"]
    reply = revoke(oauth, tokens.client, tokens.refresh, **({"token_type_hint": hint} if hint else {}))
    assert (reply.status, reply.body) == (200, b"") and reply.headers["Cache-Control"] == "no-store"
    refused = tokens.renew()
    assert refused.status == 400 and refused.json["error"] == "invalid_grant"
    wait_for("the access token to end", is_inactive(ask, tokens.access), AT_ONCE)


def test_revocation_takes_effect_on_the_other_node_at_once(oauth, person, ask):
    """SR-19."""
    tokens = person.tokens(relying_party(oauth), offline=True)
    assert ask(tokens.access, 0)["active"] and ask(tokens.access, 1)["active"]
    assert revoke(oauth, tokens.client, tokens.refresh, node=0).status == 200
    assert tokens.renew(node=1).status == 400
    wait_for("the other node", is_inactive(ask, tokens.access, 1), AT_ONCE)
    assert ask(tokens.access, 0) == {"active": False}


def test_an_access_token_ends_alone(oauth, person, ask):
    tokens = person.tokens(relying_party(oauth), offline=True)
    sibling = tokens.renew().json["access_token"]
    assert ask(tokens.access)["active"] and ask(tokens.access, 1)["active"]
    for hint in ("refresh_token", "access_token"):  # the second time it has ended already
        assert revoke(oauth, tokens.client, tokens.access, token_type_hint=hint).status == 200
    for node in (0, 1):
        wait_for("the access token to end", is_inactive(ask, tokens.access, node), AT_ONCE)
    assert ask(sibling)["active"]
    assert tokens.renew().status == 200


def test_a_clients_own_token_can_be_revoked(oauth, ask):
    client = oauth.add_client()
    token = oauth.token(client).json["access_token"]
    assert ask(token)["active"]
    assert revoke(oauth, client, token).status == 200
    wait_for("the token to end", is_inactive(ask, token), AT_ONCE)


def test_another_clients_token_is_refused_and_lives(oauth, person, ask):
    tokens, thief = person.tokens(relying_party(oauth), offline=True), relying_party(oauth)
    for token in (tokens.access, tokens.refresh):
        reply = revoke(oauth, thief, token)
        assert reply.status == 400 and reply.json["error"] == "unauthorized_client"
    assert ask(tokens.access)["active"] and tokens.renew().status == 200
    (event, _) = oauth.events(type="oauth.request.refused", client_id=thief.id)
    assert event["body"]["endpoint"] == "revocation"


def test_what_is_no_token_of_ours_is_200_and_nothing(oauth, other_oauth, person, ask):
    tokens = person.tokens(relying_party(oauth), offline=True)
    foreign = other_oauth.token(other_oauth.add_client()).json["access_token"]
    for token in ("x", "a.b.c", tokens.access[:-2], tokens.refresh[:-1], tokens.refresh + "A", foreign, "A" * 20000):
        assert revoke(oauth, tokens.client, token).status == 200, token[:40]
    assert ask(tokens.access)["active"] and tokens.renew().status == 200


def test_the_client_must_authenticate_and_the_form_be_strict(oauth, person):
    tokens = person.tokens(relying_party(oauth), offline=True)
    reply = oauth.post({"token": tokens.refresh}, [basic_header(tokens.client.id, "wrong")], path="/revoke")
    assert reply.status == 401 and reply.json["error"] == "invalid_client"
    # A confidential client is no public one.
    assert oauth.post({"token": tokens.refresh, "client_id": tokens.client.id}, path="/revoke").status == 401
    auth = [basic_header(tokens.client.id, tokens.client.secret)]
    for form, path in (({}, "/revoke"), ([("token", "a"), ("token", "b")], "/revoke"), ({"token": "a"}, "/revoke?token=b")):
        reply = oauth.post(form, auth, path=path)
        assert reply.status == 400 and reply.json["error"] == "invalid_request", form
    assert oauth.get(oauth.path + "/revoke").status == 405
    assert tokens.renew().status == 200


def test_a_page_of_another_origin_may_call_it(oauth, person):
    tokens = person.tokens(relying_party(oauth, public=True), offline=True)
    reply = oauth.post({"token": tokens.refresh, "client_id": tokens.client.id}, [("Origin", "https://app.example")], path="/revoke")
    assert reply.status == 200 and reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in reply.headers


def test_every_revocation_is_in_the_trail(oauth, person):
    tokens = person.tokens(relying_party(oauth), offline=True)
    revoke(oauth, tokens.client, tokens.access)
    revoke(oauth, tokens.client, tokens.refresh)
    kinds = [event["body"]["kind"] for event in oauth.events(type="oauth.token.revoked", client_id=tokens.client.id)]
    assert kinds == ["access_token", "refresh_token"]


def test_a_password_an_operator_sets_ends_offline_tokens_too(stack, oauth, person, ask):
    tokens = person.tokens(relying_party(oauth), offline=True)
    stack.tessera_json("user", "set-password", "--project", oauth.slug, person.id, stdin="correct horse battery staple 42")
    assert tokens.renew().status == 400
    wait_for("the access token to end", is_inactive(ask, tokens.access), AT_ONCE)
