"""The servers under test: release binaries, durable PostgreSQL, SoftHSM; plain HTTP and TLS fronts on one core."""

import urllib.parse
from pathlib import Path

from measure import SERVER_CORE, Load, cpu_us, pin
from ports import free_port
from realm import Client, Realm, basic
from stack import Stack
from wait import wait_for

QUIET_US = 20_000  # of processor in a second
QUIET_WITHIN_S = 60
CACHE = Path.home() / ".cache" / "tessera-bench"


class Served:
    """One stack with two fronts. Used as a context; everything is pinned to the servers' core."""

    def __init__(self, directory: Path, build: Path, seconds: int, keyd_settings: dict[str, str] | None = None,
                 binaries: Path | None = None):
        self.build = build
        self.seconds = seconds
        self.directory = directory
        self.plain_port = free_port()
        self.plain_admin_port = free_port()
        self.binaries = binaries or directory / "binaries"
        self.stack = Stack(directory / "stack", self.binaries, durable=True)
        self.stack.keyd_settings = {"sessions": "2"} | (keyd_settings or {})
        self.cache = CACHE
        self.people = None  # people.People.of

    def __enter__(self) -> "Served":
        self.cache.mkdir(parents=True, exist_ok=True)
        self.stack.directory.mkdir(parents=True, exist_ok=True)
        self.stack.serve_settings = {"threads": "1", "log-level": "warning"}
        self.stack.up()
        self.start_plain()
        self.realm = Realm.create(self.stack)
        self.client = self.realm.create_client()
        self.pin()
        self.wait_quiet("tessera-keyd")
        return self

    def wait_quiet(self, name: str) -> None:
        """Until the process does nothing for a second: keyd makes its spare keys after it has started."""
        pid = self.stack.processes[name].pid
        seen = [0, cpu_us(pid)]

        def is_quiet() -> bool:
            seen.append(cpu_us(pid))
            return seen[-3] > 0 and seen[-1] - seen[-2] < QUIET_US

        wait_for(f"{name} to be quiet", is_quiet, QUIET_WITHIN_S, every=1.0)

    def __exit__(self, *_) -> None:
        self.stack.down()

    def start_plain(self) -> None:
        before = self.stack.serve_settings
        self.stack.serve_settings = before | {"plain-http": "true", "listen": f"127.0.0.1:{self.plain_port}"}
        self.stack.start_serve("tessera-plain", self.plain_port, self.plain_admin_port)
        self.stack.serve_settings = before

    def restart_plain(self, settings: dict[str, str]) -> None:
        """With these settings besides."""
        self.stack.stop("tessera-plain")
        before = self.stack.serve_settings
        self.stack.serve_settings = before | settings
        self.start_plain()
        self.stack.serve_settings = before
        self.pin()

    def pin(self) -> None:
        for process in self.stack.processes.values():
            pin(process.pid, SERVER_CORE)

    def pids(self, tls: bool = False) -> dict[str, int]:
        front = "tessera-serve" if tls else "tessera-plain"
        return {name: self.stack.processes[known].pid
                for name, known in (("front", front), ("keyd", "tessera-keyd"), ("postgres", "postgres"))}

    def origin(self, tls: bool = False) -> str:
        return self.stack.issuer_base if tls else f"http://127.0.0.1:{self.plain_port}"

    def form(self, realm: Realm | None = None, **more) -> str:
        return urllib.parse.urlencode({"grant_type": "client_credentials", "resource": (realm or self.realm).resource, "scope": "read"} | more)

    def token_load(self, realm: Realm | None = None, client: Client | None = None, *, tls: bool = False, connections: int = 32,
                   close: bool = False, pause_ms: int = 0) -> Load:
        realm, client = realm or self.realm, client or self.client
        return Load(f"{self.origin(tls)}{realm.path}/token", self.form(realm), basic(client.id, client.secret), connections, close, pause_ms)
