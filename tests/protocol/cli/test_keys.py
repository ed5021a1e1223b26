"""`tessera keys`: rotation, revocation and policy over keyd's admin socket, seen in the JWKS the front serves."""

from jose import header_of
from wait import wait_for


def signing_kid(realm, client):
    """A token of SoftHSM that makes an RSA key may be busy for longer than a request waits: then the client comes again."""
    replies = []

    def is_answered():
        replies.append(realm.token(client, resource=realm.resource))
        return replies[-1].status != 503

    wait_for("an answer of the key service", is_answered, 10)
    assert replies[-1].status == 200, replies[-1].body
    return header_of(replies[-1].json["access_token"])["kid"]


def test_a_forced_rotation_signs_with_the_standby_and_keeps_the_old_key_published(stack, realm):
    client, keyring = realm.create_client(), realm.keyring_id()
    before = signing_kid(realm, client)
    wait_for("a standby key", realm.standby_keys, 30)
    stack.tessera("keys", "rotate", keyring, "--force", "--algorithm", "ES256")
    wait_for("another key to sign", lambda: signing_kid(realm, client) != before, 10)
    after = signing_kid(realm, client)
    assert {before, after} <= realm.published_kids()


def test_a_revoked_key_leaves_the_jwks_at_once(stack, realm):
    client, keyring = realm.create_client(), realm.keyring_id()
    kid = signing_kid(realm, client)
    stack.tessera("keys", "revoke", keyring, kid, "--reason", "test")
    wait_for("the key to be gone", lambda: kid not in realm.published_kids(), 5)
    assert signing_kid(realm, client) != kid
    entries = stack.tessera_json("keys", "journal")["entries"]
    assert any(entry["kid"] == kid and "revoke" in entry["operation"] for entry in entries)


def test_destroying_asks_for_the_id_again(stack, realm):
    keyring = realm.keyring_id()
    refused = stack.tessera("keys", "destroy", keyring, check=False)
    assert refused.returncode == 2 and f"--yes {keyring}" in refused.stderr


def test_a_policy_changes_what_is_given_only(stack, realm):
    keyring = realm.keyring_id()
    before = stack.tessera_json("keys", "show", keyring)
    after = stack.tessera_json("keys", "policy", keyring, "--rotation-period", "1209600")
    assert after["policy"]["rotation_period_s"] == 1209600
    assert {**before["policy"], "rotation_period_s": 0} == {**after["policy"], "rotation_period_s": 0}


def test_health_and_self_test_speak_of_every_token(stack):
    assert stack.tessera_json("keys", "health")["state"] == "operational"
    assert stack.tessera("keys", "self-test").returncode == 0
    assert [token["label"] for token in stack.tessera_json("keys", "tokens")["tokens"]] == ["main"]
