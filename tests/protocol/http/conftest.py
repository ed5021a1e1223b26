"""A front alone, on plain HTTP, without keyd and PostgreSQL: what these tests drive needs neither."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from admin import AdminListener
from ports import free_port
from raw_http import Connection
from sanitizers import sanitizer_environment, sanitizer_reports
from wait import wait_for


class Front:
    def __init__(self, binaries: Path, **settings):
        self.directory = Path(tempfile.mkdtemp(prefix="tsh-"))
        self.port, self.admin = free_port(), AdminListener(free_port())
        self.address = ("127.0.0.1", self.port)
        self.settings = {
            "plain-http": "true", "issuer-base": f"http://localhost:{self.port}", "listen": f"127.0.0.1:{self.port}",
            "admin-listen": f"127.0.0.1:{self.admin.port}", "console-socket": self.directory / "console.sock",
            "keyd-socket": self.directory / "absent.sock", "database-url": f"host={self.directory} dbname=absent",
            "threads": 2, "idle-timeout": 30,
        } | {name.replace("_", "-"): value for name, value in settings.items()}
        self.log = (self.directory / "serve.log").open("ab")
        self.process = subprocess.Popen(
            [str(binaries / "daemon" / "tessera"), "serve"] + [f"--{name}={value}" for name, value in self.settings.items()],
            stderr=self.log, env=os.environ | sanitizer_environment())
        wait_for("the front to listen", lambda: self.process.poll() is not None or self.admin.status("/healthz") == 200)
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

    def log_text(self) -> str:
        return (self.directory / "serve.log").read_text(errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            self.process.wait(20)
        self.log.close()
        text, reports = self.log_text(), sanitizer_reports(self.directory)
        shutil.rmtree(self.directory)
        assert not reports and self.process.returncode == 0, text


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
