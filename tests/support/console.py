"""The console API over its Unix socket, as an operator's own program would call it."""

import http.client
import json
import socket
import urllib.parse
from pathlib import Path


class Refused(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, body: dict):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float = 60):
        super().__init__("localhost", timeout=seconds)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Console:
    """One kept-alive connection. Bodies are protojson: lowerCamelCase members."""

    def __init__(self, socket_path: Path):
        self.connection = UnixConnection(socket_path)

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()  # the next call connects anew
            raise
        found = json.loads(text) if text else {}
        if answer.status >= 300:
            raise Refused(answer.status, found)
        return found

    def get(self, path: str, **query) -> dict:
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return self.call("GET", path + ("?" + urllib.parse.urlencode(given, doseq=True) if given else ""))

    def post(self, path: str, body: dict | None = None) -> dict:
        return self.call("POST", path, body or {})

    def patch(self, path: str, body: dict) -> dict:
        return self.call("PATCH", path, body)

    def put(self, path: str, body: dict) -> dict:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> dict:
        return self.call("DELETE", path)

    def close(self) -> None:
        self.connection.close()
