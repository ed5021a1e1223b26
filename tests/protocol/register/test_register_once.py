"""What a registration is done with counts once, however many use it at the same moment over two fronts."""

import hashlib
import os
import uuid

import pytest

from at_once import MANY, at_once
from jose import b64url
from registrar import CALLBACK, Registrar

USES = 3


@pytest.fixture
def registrar(stack, nodes):
    return Registrar(stack, nodes, "token")


def initial_token(registrar, uses):
    token = b64url(os.urandom(32))
    registrar.oauth.execute("INSERT INTO tessera.initial_access_tokens (project_id, token_id, digest, uses_left, expire_time) "
                            "VALUES (%s, %s, %s, %s, now() + interval '1 hour')",
                            [str(registrar.oauth.project), str(uuid.uuid4()), hashlib.sha256(token.encode()).digest(), uses])
    return token


def statuses(replies):
    return sorted(reply.status for reply in replies)


@pytest.mark.parametrize("uses", [1, USES])
def test_of_fifty_who_show_one_initial_access_token_as_many_register_as_it_allows(registrar, uses):
    token = initial_token(registrar, uses)
    path = registrar.oauth.path + "/register"
    replies = at_once(lambda number: registrar.call("POST", path, {"redirect_uris": [CALLBACK]}, token, node=number % 2))
    assert statuses(replies) == [201] * uses + [401] * (MANY - uses)
    assert registrar.oauth.execute("SELECT count(*) FROM tessera.clients") == [(uses,)]
    assert len(registrar.oauth.events(type="client.created")) == uses


def test_of_fifty_deletions_of_one_client_one_is_told_that_it_did(registrar):
    client = registrar.register(initial_token(registrar, 1)).json
    replies = at_once(lambda number: registrar.manage(client, "DELETE", node=number % 2))
    assert statuses(replies) == [204] + [401] * (MANY - 1)
    assert len(registrar.oauth.events(type="client.deleted", client_id=client["client_id"])) == 1


def test_of_fifty_updates_of_one_client_none_is_lost_unsaid(registrar):
    client = registrar.register(initial_token(registrar, 1)).json
    (before,) = registrar.oauth.execute("SELECT revision FROM tessera.clients")

    def rename(number):
        body = {"client_id": client["client_id"], "redirect_uris": [CALLBACK], "client_name": f"name {number}"}
        return registrar.manage(client, "PUT", body, node=number % 2)

    replies = at_once(rename)
    assert set(statuses(replies)) <= {200, 409} and 200 in statuses(replies)
    said = {reply.json["client_name"] for reply in replies if reply.status == 200}
    (kept,) = registrar.oauth.execute("SELECT display_name, revision FROM tessera.clients")
    assert kept[0] in said and kept[1] == before[0] + len(said)
    assert len(registrar.oauth.events(type="client.updated", client_id=client["client_id"])) == len(said)
