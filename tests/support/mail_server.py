"""A real mail server in this process: TLS, AUTH, and a hook at each mail."""

import contextlib
import ssl
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ports import free_port


class Inbox:
    """aiosmtpd's handler. `answer` may hold a mail back, or refuse it."""

    def __init__(self):
        self.mails: list[bytes] = []
        self.recipients: list[str] = []
        self.secured: list[bool] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.picked = threading.Event()  # a mail has come as far as its end
        self.answer = "250 kept"

    async def handle_DATA(self, server, session, envelope):
        self.picked.set()
        if self.answer.startswith("250"):
            self.mails.append(envelope.content)
            self.recipients += envelope.rcpt_tos
            self.secured.append(session.ssl is not None)
        return self.answer

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=self.accepts(data.login, data.password))

    accepted: dict[bytes, bytes] = {}

    def accepts(self, login, password):
        return self.accepted.get(login) == password


def server_context(stack) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(stack.directory / "tls" / "server.pem", stack.directory / "tls" / "server.key")
    return context


@contextlib.contextmanager
def mail_server(inbox: Inbox, *, port: int = 0, starttls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None,
                users: dict[bytes, bytes] | None = None):
    """Listens on localhost inside the block; yields the port. With `users` nothing is taken without AUTH."""
    inbox.accepted = users or {}
    options = {"require_starttls": True, "tls_context": starttls} if starttls else {}
    if users:
        options |= {"authenticator": inbox.authenticate, "auth_required": True, "auth_require_tls": implicit is None}
    controller = Controller(inbox, hostname="127.0.0.1", port=port or free_port(), ssl_context=implicit, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
