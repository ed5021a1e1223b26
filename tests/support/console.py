"""The console API as an operator's program sees it: HTTP over the console's Unix socket."""

import http.client
import json
import socket
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from wire import Reply, exchange


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str):
        super().__init__("console", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


@dataclass
class Console:
    socket_path: Path

    def call(self, method: str, path: str, body=None, headers: dict[str, str] | None = None, **query) -> Reply:
        """`body` is JSON to be, or bytes sent as they are."""
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"Content-Type": "application/json"} | (headers or {})
        return exchange(UnixConnection(str(self.socket_path)), method, path, sent, fields.items())

    def get(self, path: str, **query) -> Reply:
        return self.call("GET", path, **query)

    def post(self, path: str, body=None, **query) -> Reply:
        return self.call("POST", path, {} if body is None else body, **query)

    def patch(self, path: str, body, **query) -> Reply:
        return self.call("PATCH", path, body, **query)

    def pages(self, path: str, **query):
        """The answers of a list, page by page."""
        token = ""
        while True:
            answer = self.get(path, **query, **({"pageToken": token} if token else {}))
            assert answer.status == 200, answer.body
            yield answer.json
            token = answer.json.get("nextPageToken", "")
            if not token:
                return

    def events(self, project: str, **filters) -> list[dict]:
        """Newest first."""
        query = {f"filter.{name}": value for name, value in filters.items()}
        return self.get(f"/v1/projects/{project}/audit", **query).json.get("events", [])
