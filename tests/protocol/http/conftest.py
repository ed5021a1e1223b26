"""A front alone, on plain HTTP, without keyd and PostgreSQL: what these tests drive needs neither."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from raw_http import Connection
from stack import SANITIZER_ENV, free_port
from wait import wait_for


class Front:
    def __init__(self, binaries: Path, **settings):
        self.directory = Path(tempfile.mkdtemp(prefix="tsh-"))
        self.port, self.admin_port = free_port(), free_port()
        self.address = ("127.0.0.1", self.port)
        self.settings = {
            "plain-http": "true", "issuer-base": f"http://localhost:{self.port}", "listen": f"127.0.0.1:{self.port}",
            "admin-listen": f"127.0.0.1:{self.admin_port}", "console-socket": self.directory / "console.sock",
            "keyd-socket": self.directory / "absent.sock", "database-url": f"host={self.directory} dbname=absent",
            "threads": 2, "idle-timeout": 30,
        } | {name.replace("_", "-"): value for name, value in settings.items()}
        self.log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(
            [str(binaries / "daemon" / "tessera"), "serve"] + [f"--{name}={value}" for name, value in self.settings.items()],
            stderr=self.log, env=os.environ | SANITIZER_ENV)
        wait_for("the front to listen", lambda: self.process.poll() is not None or self.admin("/healthz")[0] == 200)
        assert self.process.poll() is None, self.log_text()

    def connect(self, timeout=20.0) -> Connection:
        return Connection(self.address, timeout)

    def ask(self, data: bytes):
        with self.connect() as connection:
            connection.send(data)
            return connection.response()

    def get(self, path: str, method="GET", fields=""):
        with self.connect() as connection:
            connection.send(f"{method} {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode())
            return connection.response(head_only=method == "HEAD")

    def admin(self, path: str):
        with Connection(("127.0.0.1", self.admin_port)) as connection:
            connection.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            return connection.response()

    def metric(self, name: str) -> float:
        for line in self.admin("/metrics")[2].decode().split("\n"):
            if line.startswith(name + " "):
                return float(line.split(" ")[1])
        raise AssertionError(f"no metric {name}")

    def log_text(self) -> str:
        return (self.directory / "log").read_text()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            self.process.wait(20)
        self.log.close()
        text = self.log_text()
        shutil.rmtree(self.directory)
        assert "AddressSanitizer" not in text and "runtime error" not in text, text
        assert self.process.returncode == 0, text


@pytest.fixture(scope="module")
def front(binaries):
    made = Front(binaries)
    yield made
    made.stop()


@pytest.fixture
def start_front(binaries):
    """Makes fronts with settings of their own."""
    made = []

    def start(**settings):
        made.append(Front(binaries, **settings))
        return made[-1]

    yield start
    for each in made:
        each.stop()
