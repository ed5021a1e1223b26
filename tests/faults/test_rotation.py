"""Rotation on a real token while clients ask for tokens: nobody notices."""

import threading

from jose import verify
from wait import wait_for


class Verifier:
    """Verifies every token with the JWKS as it was when the token was made, as a resource server with a cache would."""

    def __init__(self, broken):
        self.broken, self.verified, self.refused = broken, 0, []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.stopping.is_set():
            keys = self.broken.realm.jwks()
            answer = self.broken.token()
            try:
                verify(answer.json["access_token"], keys)
                self.verified += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a verifier's outage
                self.refused.append((answer.status, repr(error)))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(30)


def test_rotations_under_load_lose_no_request_and_every_token_verifies_with_the_keys_published_before_it(broken):
    keyring = broken.realm.keyring_id()
    signing = set()
    with broken.load(4) as load, Verifier(broken) as verifier:
        for _ in range(3):
            wait_for("a standby key", broken.realm.standby_keys, 60)
            broken.stack.tessera("keys", "rotate", keyring, "--force", "--algorithm", "ES256")
            load.wait_for_tokens()
            signing.update(key["kid"] for key in broken.realm.signing_keys("active"))
    assert len(signing) == 3, signing
    assert set(load.statuses()) == {200}, load.statuses()
    assert verifier.verified and not verifier.refused, verifier.refused[:3]
    broken.assert_every_token_is_audited(load)
