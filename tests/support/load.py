"""Clients that ask for tokens over kept-alive connections and remember exactly what they were given."""

import http.client
import json
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass

from jose import claims_of
from realm import Client, Realm, basic
from wait import wait_for

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Seen:
    """One request: when it was answered, after how long, how. Status 0 is a broken connection."""

    at: float
    seconds: float
    status: int
    retry_after: str


class Load:
    """`clients` threads ask for tokens until the `with` block ends."""

    def __init__(self, realm: Realm, client: Client, clients: int = 8, timeout_s: float = 20):
        self.realm = realm
        self.form = urllib.parse.urlencode({"grant_type": "client_credentials", "resource": realm.resource})
        self.headers = FORM | {"Authorization": basic(client.id, client.secret)}
        self.timeout_s = timeout_s
        self.token_ids: set[str] = set()
        self.seen: list[Seen] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(self.timeout_s + 10)
            assert not thread.is_alive(), "a request has no end"

    def _connect(self) -> http.client.HTTPSConnection:
        stack = self.realm.stack
        return http.client.HTTPSConnection("localhost", stack.port, context=stack.tls_context(), timeout=self.timeout_s)

    def _run(self) -> None:
        connection = self._connect()
        while not self._stopping.is_set():
            begun = time.monotonic()
            status, retry_after, token = 0, "", ""
            try:
                connection.request("POST", self.realm.path + "/token", self.form, self.headers)
                answer = connection.getresponse()
                body = answer.read()
                status, retry_after = answer.status, answer.getheader("Retry-After", "")
                if status == 200:
                    token = claims_of(json.loads(body)["access_token"])["jti"]
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = self._connect()
                self._stopping.wait(0.01)
            ended = time.monotonic()
            with self._lock:
                self.seen.append(Seen(ended, ended - begun, status, retry_after))
                if token:
                    self.token_ids.add(token)
        connection.close()

    def statuses(self) -> Counter:
        with self._lock:
            return Counter(each.status for each in self.seen)

    def count(self, status: int = 200) -> int:
        return self.statuses()[status]

    def wait_for_tokens(self, more: int = 20, seconds: float = 60) -> None:
        had = self.count()
        wait_for(f"{more} tokens under load", lambda: self.count() > had + more, seconds)

    def slowest(self) -> float:
        with self._lock:
            return max((each.seconds for each in self.seen), default=0.0)

    def p99(self, status: int = 200) -> float:
        with self._lock:
            taken = sorted(each.seconds for each in self.seen if each.status == status)
        return taken[min(len(taken) - 1, int(len(taken) * 0.99))] if taken else 0.0


def audited_token_ids(realm: Realm) -> set[str]:
    """jti of every token the audit table says was issued in this realm; read past row-level security."""
    printed = realm.stack.postgres.psql(
        "SELECT coalesce(string_agg(e.body::jsonb ->> 'jti', ','), '') FROM tessera.audit_events e JOIN tessera.projects p "
        f"USING (project_id) WHERE p.slug = '{realm.slug}' AND e.type = 'oauth.token.issued'", "postgres")
    return set(filter(None, printed.split(",")))
