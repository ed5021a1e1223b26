"""Where a browser comes back to: an app of another site that only notes what it is sent."""

import http.server
import ssl
import threading
import urllib.parse
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Visit:
    method: str
    path: str
    parameters: dict


class Landing:
    """An HTTPS server with the stack's certificate; `visits` are those of apps, newest last."""

    def __init__(self, certificates: Path):
        self.visits: list[Visit] = []
        landing = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.note(urllib.parse.urlsplit(self.path).query)

            def do_POST(self):
                self.note(self.rfile.read(int(self.headers["content-length"])).decode())

            def note(self, form):
                path = urllib.parse.urlsplit(self.path).path
                if path != "/favicon.ico":
                    landing.visits.append(Visit(self.command, path, dict(urllib.parse.parse_qsl(form))))
                body = b"<!doctype html><html lang=en><title>An app</title><link rel=icon href=data:,><p>Back at the app."
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
