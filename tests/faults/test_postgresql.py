"""PostgreSQL stopped, frozen or full: 503 with Retry-After, no token without its event, recovery by itself."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from broken import Broken
from processes import frozen
from stack import Stack
from wait import wait_for


def stop_postgres(broken) -> None:
    broken.stack.processes.pop("postgres").stop(signal.SIGINT)


def test_without_postgresql_a_token_request_is_503_with_retry_after_and_soon(broken):
    stop_postgres(broken)
    try:
        begun = time.monotonic()
        answer = broken.token()
        assert answer.status == 503, answer
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json["error"] == "temporarily_unavailable"
        assert time.monotonic() - begun < 10
    finally:
        broken.stack.start_postgres()
    broken.wait_for_token()


def test_without_postgresql_what_is_public_is_still_served(broken):
    paths = (f"{broken.realm.path}/jwks", f"{broken.realm.path}/.well-known/openid-configuration")
    broken.settled_keys()  # asks every loop of the front, so that each has the realm in memory
    before = [broken.realm.get(path).body for path in paths]
    stop_postgres(broken)
    try:
        for path, body in zip(paths, before):
            answer = broken.realm.get(path)
            assert answer.status == 200 and answer.body == body, path
    finally:
        broken.stack.start_postgres()


def test_readyz_tells_the_truth_about_postgresql(broken):
    stop_postgres(broken)
    try:
        wait_for("readyz to say 503", lambda: broken.stack.admin.status("/readyz") == 503, 10)
        assert broken.stack.admin.status("/healthz") == 200
    finally:
        broken.stack.start_postgres()
    wait_for("readyz to say 200", lambda: broken.stack.admin.status("/readyz") == 200, 10)


def test_restarts_of_postgresql_under_load_lose_no_event_and_heal(broken):
    with broken.load() as load:
        for _ in range(3):
            had = load.count()
            wait_for("tokens under load", lambda: load.count() > had + 20, 60)
            stop_postgres(broken)
            broken.stack.start_postgres()
            broken.wait_for_token()
    assert set(load.statuses()) <= {200, 503}, load.statuses()
    assert all(each.retry_after for each in load.seen if each.status == 503)
    broken.assert_every_token_is_audited(load)


def test_a_stall_of_one_second_ends_in_answers_and_loses_no_event(broken):
    with broken.load() as load:
        wait_for("tokens under load", lambda: load.count() > 20, 60)
        with frozen(broken.stack.processes["postgres"].pid):
            threading.Event().wait(1.0)  # the fault itself lasts a second
        had = load.count()
        wait_for("tokens after the stall", lambda: load.count() > had + 20, 20)
    assert set(load.statuses()) <= {200, 503}, load.statuses()
    broken.assert_every_token_is_audited(load)


def mounted(directory: Path, megabytes: int) -> bool:
    directory.mkdir(parents=True, exist_ok=True)
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(directory)],
                          capture_output=True).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
def test_a_full_disk_is_503_without_tokens_and_heals_when_space_returns(binaries):
    directory = Path(tempfile.mkdtemp(prefix="tsfull-"))
    directory.chmod(0o755)
    if not mounted(directory / "pg", 160):
        pytest.skip("this machine does not let root mount a tmpfs")
    stack = Stack(directory, binaries, durable=False)
    filler = directory / "pg" / "filler"
    try:
        stack.up()
        full = Broken(stack)
        full.wait_for_token()
        with full.load(4) as load:
            fill(filler)
            wait_for("the full disk to be noticed", lambda: load.count(503) > 0, 120)
            filler.unlink()
            if not stack.processes["postgres"].is_running():  # PostgreSQL panics when the log itself has no room
                stack.start_postgres()
            wait_for("a token after space returned", lambda: full.status() == 200, 60)
        assert set(load.statuses()) <= {200, 503}, load.statuses()
        full.assert_every_token_is_audited(load)
    finally:
        stack.down()
        reports = stack.sanitizer_reports()
        subprocess.run(["umount", str(directory / "pg")], check=True)
        stack.remove()
    assert not reports, "\n".join(reports)


def fill(path: Path) -> None:
    """Writes until the file system has no room."""
    with path.open("wb", buffering=0) as file:
        block = b"\0" * 65536
        while True:
            try:
                if file.write(block) < len(block):
                    return
            except OSError:
                return
