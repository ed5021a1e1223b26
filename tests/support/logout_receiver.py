"""A relying party's back-channel logout endpoint on loopback: what it was sent, and answers as told."""

import http.server
import threading
import urllib.parse

from ports import free_port


class LogoutReceiver:
    """`answers` are statuses to give, in order; then 200. Listens from start() to stop(), and answers when `may_answer` is set."""

    def __init__(self, answers=(), port=0):
        self.answers, self.port = list(answers), port or free_port()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.requests: list[dict] = []  # {"content_type", "form", "path"}
        self.lock = threading.Lock()
        self.server = None

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.port}/backchannel"

    @property
    def tokens(self):
        with self.lock:
            return [request["form"]["logout_token"][0] for request in self.requests]

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with receiver.lock:
                    receiver.requests.append({"content_type": self.headers["Content-Type"], "path": self.path,
                                              "form": urllib.parse.parse_qs(body, strict_parsing=True)})
                    status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.may_answer.wait(60)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.may_answer.set()
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
