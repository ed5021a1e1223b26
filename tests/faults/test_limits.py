"""What runs out: the database's time, keyd's disk, the right to write."""

import os
import subprocess
import tempfile
from pathlib import Path

import psycopg2
import pytest

from broken import Broken
from stack import Stack
from wait import wait_for


def test_a_read_only_database_is_503_without_tokens_and_heals(broken):
    owner = "ALTER DATABASE tessera SET default_transaction_read_only = {}"
    kick = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'tessera' AND pid <> pg_backend_pid()"
    broken.stack.postgres.psql(owner.format("on"), "postgres", "postgres")
    broken.stack.postgres.psql(kick, "postgres", "postgres")
    try:
        wait_for("503 of a database that takes nothing", lambda: broken.status() == 503, 20)
        assert int(broken.token().headers["retry-after"]) >= 1
    finally:
        broken.stack.postgres.psql(owner.format("off"), "postgres", "postgres")
        broken.stack.postgres.psql(kick, "postgres", "postgres")
    broken.wait_for_token(20)


def test_a_locked_audit_table_ends_in_503_within_the_statement_limit_and_loses_no_event(broken):
    with psycopg2.connect(broken.stack.postgres.database_url("postgres")) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tessera.audit_events IN ACCESS EXCLUSIVE MODE")
        with broken.load(8) as load:
            wait_for("answers although the trail is locked", lambda: load.count(503) >= 8, 60)
        assert load.count(200) == 0 and load.slowest() < 20
        connection.rollback()
    broken.wait_for_token(20)
    broken.assert_every_token_is_audited(load)


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
def test_keyd_with_a_full_disk_goes_on_signing_and_makes_keys_again_when_space_returns(binaries):
    directory = Path(tempfile.mkdtemp(prefix="tskeyd-"))
    directory.chmod(0o755)
    place = directory / "keyd"
    place.mkdir(mode=0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", str(place)], capture_output=True).returncode != 0:
        pytest.skip("this machine does not let root mount a tmpfs")
    stack = Stack(directory, binaries, durable=False)
    try:
        stack.up()
        full = Broken(stack)
        full.wait_for_token(30)
        filler = place / "filler"
        with pytest.raises(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        for _ in range(5):
            assert full.status() == 200
        refused = stack.tessera("project", "create", "--slug", "late", "--display-name", "Late", check=False)
        assert refused.returncode in (1, 3) and refused.stderr
        assert full.status() == 200
        filler.unlink()
        wait_for("a realm with keys of its own", lambda: stack.tessera(
            "project", "create", "--slug", "late", "--display-name", "Late", check=False).returncode == 0, 60)
        assert stack.admin.status("/readyz") in (200, 503)
    finally:
        stack.down()
        reports = stack.sanitizer_reports()
        subprocess.run(["umount", str(place)], check=True)
        stack.remove()
    assert not reports, "\n".join(reports)
