"""A real mail server in this process, with TLS and AUTH."""

import contextlib
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ports import free_port


class Inbox:
    """aiosmtpd's handler: what came, to whom, how, and who logged in."""

    accepted: dict[bytes, bytes] = {}

    def __init__(self):
        self.mails: list[bytes] = []
        self.recipients: list[str] = []
        self.secured: list[bool] = []
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        self.secured.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 kept"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=self.accepted.get(data.login) == data.password)


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
