"""HTTP as it goes over the wire: one request on a connection of its own, with exactly the header fields given."""

import http.client
import json
import ssl
from dataclasses import dataclass


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage  # asked for in any case; None when absent
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The code of an OAuth error."""
        return self.json.get("error")


def exchange(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None, headers=()) -> Reply:
    """`headers` are pairs: a field may come twice."""
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        names = {name.lower() for name, _ in headers}
        if body is not None and "content-length" not in names:
            connection.putheader("Content-Length", str(len(body)))
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


@dataclass
class Node:
    """One `tessera serve`: where it listens, and the CA that vouches for it."""

    host: str
    port: int
    ca_file: str

    def request(self, method: str, path: str, body: bytes | None = None, headers=()) -> Reply:
        context = ssl.create_default_context(cafile=self.ca_file)
        connection = http.client.HTTPSConnection(self.host, self.port, timeout=30, context=context)
        return exchange(connection, method, path, body, headers)
