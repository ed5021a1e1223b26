"""SR-13 over the wire: a registered URL never makes the appliance connect to what is not public, however it is written."""

import contextlib
import socket
import threading

from ports import has_ipv6
from signed_in import Person, relying_party
from wait import SANITIZER_FACTOR, wait_for


class CountingListener:
    """Takes connections on every address of the machine and says nothing."""

    def __init__(self, family, address):
        self.socket = socket.create_server((address, 0), family=family)
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        self.thread = threading.Thread(target=self._count)

    def _count(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections += 1
                connection.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


def urls(v4_port, v6_port):
    hosts = ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.9.9.9", "0.0.0.0", "[::ffff:127.0.0.1]"]
    made = [f"https://{host}:{v4_port}/logout" for host in hosts]
    return made + ([f"https://{host}:{v6_port}/logout" for host in ("[::1]", "[::]", "localhost")] if v6_port else [])


def test_no_spelling_of_a_private_address_is_connected_to(oauth):
    person = Person(oauth)
    with contextlib.ExitStack() as listeners:
        v4 = listeners.enter_context(CountingListener(socket.AF_INET, "0.0.0.0"))
        v6 = listeners.enter_context(CountingListener(socket.AF_INET6, "::")) if has_ipv6() else None
        clients = {url: relying_party(oauth, backchannel_logout_uri=url) for url in urls(v4.port, v6 and v6.port)}
        for client in clients.values():
            person.tokens(client)
        oauth.execute("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'test' WHERE session_id = %s", [str(person.session)])

        def given_up():
            rows = oauth.execute("SELECT last_error FROM tessera.logout_deliveries WHERE failed_time IS NOT NULL AND client_id = ANY(%s::uuid[])",
                                 [[str(client.uuid) for client in clients.values()]])
            return rows if len(rows) == len(clients) else None
        errors = wait_for("every delivery to be given up", given_up, 15 * SANITIZER_FACTOR)
        assert v4.connections == 0 and (v6 is None or v6.connections == 0)
    for (error,) in errors:
        assert "127." not in (error or "") and "::" not in (error or ""), error
