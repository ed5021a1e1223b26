"""A Tessera that a test may break, and what must hold of it afterwards."""

import contextlib
import time
from collections import Counter

from load import Load, audited_token_ids
from realm import Realm
from stack import Stack
from wait import SANITIZER_FACTOR, Timeout, wait_for

# From the return of what was missing: no shorter than the longest pause between attempts (retry_max of keyd/pkcs11/module.hpp;
# back_off_max of keyd/client/reconnect.hpp is less).
RECOVERY_S = 2.0
REALM_ALGORITHMS = ("ES256", "RS256")  # realm-algorithms by default, keyd/settings/keyd_settings.cpp
KEYS_OF_A_REALM = 2 * len(REALM_ALGORITHMS)  # an active and a standby key each


class Broken:
    """A stack to break, with a realm and a client on it."""

    def __init__(self, stack: Stack):
        self.stack = stack
        self.realm = Realm.create(stack)
        self.client = self.realm.create_client()

    def token(self, **parameters):
        return self.realm.token(self.client, resource=self.realm.resource, **parameters)

    def status(self) -> int:
        """Of one token request; 0 when the connection broke."""
        try:
            return self.token().status
        except OSError:
            return 0

    def load(self, clients: int = 8) -> Load:
        return Load(self.realm, self.client, clients)

    def wait_for_token(self, seconds: float = RECOVERY_S * SANITIZER_FACTOR) -> None:
        answers = Counter()

        def has_token() -> bool:
            begun = time.monotonic()
            status = self.status()
            answers[status, round(time.monotonic() - begun)] += 1
            return status == 200

        try:
            wait_for("a token after recovery", has_token, seconds)
        except Timeout as timeout:
            seen = ", ".join(f"{count} times {status} after {took} s" for (status, took), count in answers.items())
            raise Timeout(f"{timeout}: {seen}") from timeout

    @contextlib.contextmanager
    def without(self, name: str):
        """That process does not run inside the block."""
        self.stack.stop(name)
        try:
            yield
        finally:
            self.stack.start(name)

    def assert_unavailable(self, seconds: float) -> None:
        """A token request is a 503 that says when to come again, and soon."""
        begun = time.monotonic()
        answer = self.token()
        assert answer.status == 503, answer
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json["error"] == "temporarily_unavailable"
        assert time.monotonic() - begun < seconds

    def settled_keys(self) -> bytes:
        """The JWKS once every loop of the front serves the same one with an active and a standby key of each algorithm."""
        def same_everywhere():
            bodies = {self.realm.get(f"{self.realm.path}/jwks").body for _ in range(8)}
            return bodies.pop() if len(bodies) == 1 and len(self.realm.published_kids()) == KEYS_OF_A_REALM else None

        return wait_for("the realm's standby keys in every loop's JWKS", same_everywhere, 60)

    def assert_every_token_is_audited(self, load: Load) -> None:
        missing = load.token_ids - audited_token_ids(self.realm)
        assert not missing, f"{len(missing)} of {len(load.token_ids)} tokens were received without their event: {sorted(missing)[:3]}"
