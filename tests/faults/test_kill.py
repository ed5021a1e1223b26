"""kill -9 of each process under load at random moments: what a client holds is in the audit table, and the next request works."""

import random
import threading

import pytest

from processes import kill_tree
from wait import wait_for

SHORT_MOMENTS = 6
LONG_MOMENTS = 50
PAUSE_MAX_S = 0.5


def kill(broken, name: str) -> None:
    kill_tree(broken.stack.processes.pop(name))


def kill_at_random_moments(broken, moments: int, seed: int) -> None:
    chance = random.Random(seed)
    print(f"seed {seed}")  # shown when it fails
    names = ["postgres", "tessera-keyd", "tessera-serve"]
    with broken.load() as load:
        for moment in range(moments):
            load.wait_for_tokens(5)
            threading.Event().wait(chance.uniform(0, PAUSE_MAX_S))  # the random moment
            name = names[moment % len(names)] if moment < len(names) else chance.choice(names)
            kill(broken, name)
            broken.stack.start(name)
            broken.wait_for_token(20)
    assert set(load.statuses()) <= {0, 200, 503}, load.statuses()
    broken.assert_every_token_is_audited(load)
    assert broken.realm.published_kids()


def test_killed_processes_lose_no_event_and_come_back(broken):
    kill_at_random_moments(broken, SHORT_MOMENTS, random.randrange(1 << 30))


@pytest.mark.long
def test_fifty_killed_processes_lose_no_event_and_come_back(broken):
    kill_at_random_moments(broken, LONG_MOMENTS, random.randrange(1 << 30))


def test_positions_in_the_trail_have_no_gap_after_kills(broken):
    kill(broken, "tessera-serve")
    broken.stack.start("tessera-serve")
    broken.wait_for_token(20)

    def unpositioned() -> int:
        return int(broken.stack.postgres.psql(
            "SELECT count(*) FROM tessera.audit_events e LEFT JOIN tessera.audit_positions p USING (project_id, event_id) "
            "WHERE p.event_id IS NULL", "postgres"))

    wait_for("every event to have its position", lambda: unpositioned() == 0, 30)
    gaps = broken.stack.postgres.psql("SELECT count(*) FROM (SELECT project_id FROM tessera.audit_positions GROUP BY project_id "
                             "HAVING max(position) <> count(*) OR min(position) <> 1) broken", "postgres")
    assert gaps == "0"
