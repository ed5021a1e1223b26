"""More than it can bear: 503 at once for the rest, useful work goes on, other realms are hardly touched."""

import pytest

from broken import Broken
from load import Load
from realm import Realm
from wait import wait_for


@pytest.fixture
def narrow(broken):
    """The same front with room for few requests at once."""
    broken.stack.stop("tessera-serve")
    broken.stack.serve_settings = {"in-flight-max": "8", "realm-in-flight-max": "4"}
    broken.stack.start_serve()
    yield broken
    broken.stack.stop("tessera-serve")
    broken.stack.serve_settings = {}
    broken.stack.start_serve()
    broken.wait_for_token()


def test_what_cannot_be_borne_is_refused_with_retry_after_while_the_rest_is_served(narrow):
    with narrow.load(32) as load:
        wait_for("tokens and refusals", lambda: load.count(200) > 200 and load.count(503) > 50, 120)
    assert set(load.statuses()) == {200, 503}, load.statuses()
    assert all(each.retry_after for each in load.seen if each.status == 503)
    narrow.assert_every_token_is_audited(load)


def test_one_realms_flood_does_not_shut_out_another(narrow):
    other = Broken(narrow.stack)
    other.wait_for_token()  # its keys are made
    with narrow.load(32) as flood:
        wait_for("the flood to be refused", lambda: flood.count(503) > 20, 120)
        with Load(other.realm, other.client, 1) as quiet:
            wait_for("answers in the other realm", lambda: len(quiet.seen) >= 100, 120)
    assert quiet.count(200) == len(quiet.seen), quiet.statuses()


def test_a_realm_made_under_load_is_served(broken):
    with broken.load() as load:
        load.wait_for_tokens()
        realm = Realm.create(broken.stack)
        client = realm.create_client()
        wait_for("its first token", lambda: realm.token(client, resource=realm.resource).status == 200, 20)
    assert set(load.statuses()) == {200}, load.statuses()
