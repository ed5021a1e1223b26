"""What runs out: the database's time, keyd's disk, the right to write."""

import psycopg2

from broken import Broken
from scratch import fill, small_disk
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


def test_keyd_with_a_full_disk_goes_on_signing_and_makes_keys_again_when_space_returns(own_stack):
    with small_disk(own_stack, "keyd", 16) as place:
        own_stack.up()
        full = Broken(own_stack)
        full.wait_for_token(30)
        filler = place / "filler"
        fill(filler)
        for _ in range(5):
            assert full.status() == 200
        create = ("project", "create", "--slug", "late", "--display-name", "Late")
        refused = own_stack.tessera(*create, check=False)
        assert refused.returncode in (1, 3) and refused.stderr
        assert full.status() == 200
        filler.unlink()
        wait_for("a realm with keys of its own", lambda: own_stack.tessera(*create, check=False).returncode == 0, 60)
        assert own_stack.admin.status("/readyz") in (200, 503)
