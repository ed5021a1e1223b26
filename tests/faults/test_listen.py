"""The front does not hear of changes: what it has in memory is not believed for longer than a second."""

from wait import wait_for


def test_a_client_disabled_while_nobody_listens_is_refused_soon(broken):
    stack = broken.stack
    assert broken.status() == 200
    stack.postgres.psql("ALTER ROLE tessera_app CONNECTION LIMIT 1", "postgres", "postgres")  # the pool's connections stay
    try:
        stack.postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tessera-listen'", "postgres", "postgres")
        wait_for("the log to tell", lambda: "invalidations_lost" in stack.log_file("tessera-serve").read_text(), 10)
        assert broken.status() == 200
        client = broken.realm.create_client()
        wait_for("the new client to work", lambda: broken.realm.token(client, resource=broken.realm.resource).status == 200, 5)
        stack.postgres.psql("UPDATE tessera.clients SET disabled = true", "postgres")
        wait_for("the disabled client to be refused", lambda: broken.realm.token(client, resource=broken.realm.resource).status == 401, 3)
    finally:
        stack.postgres.psql("ALTER ROLE tessera_app CONNECTION LIMIT -1", "postgres", "postgres")
        stack.postgres.psql("UPDATE tessera.clients SET disabled = false", "postgres")
    broken.wait_for_token(20)
