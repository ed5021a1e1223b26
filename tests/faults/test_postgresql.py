"""PostgreSQL stopped, frozen or full: 503 with Retry-After, no token without its event, recovery by itself."""

import threading

from broken import Broken
from processes import frozen
from scratch import fill, small_disk
from wait import wait_for

ANSWER_MAX_S = 10.0


def without_postgresql(broken):
    return broken.without("postgres")


def test_without_postgresql_a_token_request_is_503_with_retry_after_and_soon(broken):
    with without_postgresql(broken):
        broken.assert_unavailable(ANSWER_MAX_S)
    broken.wait_for_token()


def test_without_postgresql_what_is_public_is_still_served(broken):
    paths = (f"{broken.realm.path}/jwks", f"{broken.realm.path}/.well-known/openid-configuration")
    broken.settled_keys()  # asks every loop of the front, so that each has the realm in memory
    before = [broken.realm.get(path).body for path in paths]
    with without_postgresql(broken):
        for path, body in zip(paths, before):
            answer = broken.realm.get(path)
            assert answer.status == 200 and answer.body == body, path


def test_readyz_tells_the_truth_about_postgresql(broken):
    admin = broken.stack.admin
    with without_postgresql(broken):
        wait_for("readyz to say 503", lambda: admin.status("/readyz") == 503, 10)
        assert admin.status("/healthz") == 200
    wait_for("readyz to say 200", lambda: admin.status("/readyz") == 200, 10)


def test_restarts_of_postgresql_under_load_lose_no_event_and_heal(broken):
    with broken.load() as load:
        for _ in range(3):
            load.wait_for_tokens()
            with without_postgresql(broken):
                pass
            broken.wait_for_token()
    assert set(load.statuses()) <= {200, 503}, load.statuses()
    assert all(each.retry_after for each in load.seen if each.status == 503)
    broken.assert_every_token_is_audited(load)


def test_a_stall_of_one_second_ends_in_answers_and_loses_no_event(broken):
    with broken.load() as load:
        load.wait_for_tokens()
        with frozen(broken.stack.processes["postgres"].pid):
            threading.Event().wait(1.0)  # the fault itself lasts a second
        load.wait_for_tokens(20, 20)
    assert set(load.statuses()) <= {200, 503}, load.statuses()
    broken.assert_every_token_is_audited(load)


def test_a_full_disk_is_503_without_tokens_and_heals_when_space_returns(own_stack):
    with small_disk(own_stack, "pg", 160) as place:
        own_stack.up()
        full, filler = Broken(own_stack), place / "filler"
        full.wait_for_token()
        with full.load(4) as load:
            fill(filler)
            wait_for("the full disk to be noticed", lambda: load.count(503) > 0, 120)
            filler.unlink()
            if not own_stack.processes["postgres"].is_running():  # PostgreSQL panics when the log itself has no room
                own_stack.start("postgres")
            wait_for("a token after space returned", lambda: full.status() == 200, 60)
        assert set(load.statuses()) <= {200, 503}, load.statuses()
        full.assert_every_token_is_audited(load)
