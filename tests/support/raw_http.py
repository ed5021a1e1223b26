"""HTTP over a raw socket: what a well-behaved library would not send."""

import socket


class Connection:
    """A raw socket that reads HTTP responses one by one."""

    def __init__(self, address, timeout=20.0):
        self.socket = socket.create_connection(address, timeout=timeout)
        self.buffer = b""

    def send(self, data: bytes):
        self.socket.sendall(data)

    def _more(self) -> bool:
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def response(self, head_only=False):
        """(status, headers in lower case, body); None at the end of the stream."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._more():
                assert not self.buffer, self.buffer
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        size = 0 if head_only else int(headers.get("content-length", 0))
        while len(self.buffer) < size:
            assert self._more(), "the stream ended inside a body"
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return int(lines[0].split(" ")[1]), headers, body

    def is_closed(self) -> bool:
        """Waits for the end of the stream."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
