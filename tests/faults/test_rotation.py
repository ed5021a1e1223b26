"""Rotation on a real token while clients ask for tokens: nobody notices."""

import threading

from jose import verify
from wait import wait_for


def keyring_of(broken):
    return broken.stack.tessera_json("keys", "list", "--issuer", broken.realm.issuer)["keyrings"][0]["id"]


def standby_keys(broken, keyring):
    keys = broken.stack.tessera_json("keys", "show", keyring)["keys"]
    return [key for key in keys if key["algorithm"] == "ES256" and key["state"] in ("published", "ready")]


class Verifier:
    """Verifies every token with the JWKS as it was when the token was made, as a resource server with a cache would."""

    def __init__(self, broken):
        self.broken, self.verified, self.refused = broken, 0, []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.stopping.is_set():
            keys = self.broken.realm.get(f"{self.broken.realm.path}/jwks").json
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
    keyring = keyring_of(broken)
    signing = set()
    with broken.load(4) as load, Verifier(broken) as verifier:
        for _ in range(3):
            wait_for("a standby key", lambda: standby_keys(broken, keyring), 60)
            broken.stack.tessera("keys", "rotate", keyring, "--force", "--algorithm", "ES256")
            before = load.count()
            wait_for("tokens after the rotation", lambda: load.count() > before + 20, 60)
            active = [key["kid"] for key in broken.stack.tessera_json("keys", "show", keyring)["keys"]
                      if key["algorithm"] == "ES256" and key["state"] == "active"]
            signing.update(active)
    assert len(signing) == 3, signing
    assert set(load.statuses()) == {200}, load.statuses()
    assert verifier.verified and not verifier.refused, verifier.refused[:3]
    broken.assert_every_token_is_audited(load)
