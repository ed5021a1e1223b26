"""What a registration makes us fetch: nothing before it is admitted, and not often (RG-04, SR-13)."""

import contextlib
import socket
import threading

import pytest

from registrar import Registrar


class Listener:
    """A server on loopback that hangs up; how often it was connected to."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def uri(self):
        return f"https://127.0.0.1:{self.socket.getsockname()[1]}/sector.json"

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections += 1
                connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@pytest.mark.parametrize("token", [None, "unknown"])
def test_nothing_is_fetched_for_who_has_no_initial_access_token(stack, nodes, token):
    registrar = Registrar(stack, nodes, "token")
    with Listener() as listener:
        assert registrar.register(token=token, sector_identifier_uri=listener.uri).status == 401
        assert listener.connections == 0


def test_so_many_documents_are_fetched_for_one_address_and_no_more(stack, nodes):
    registrar = Registrar(stack, nodes, "open")
    client = registrar.made()
    with Listener() as listener:
        statuses = [registrar.register(sector_identifier_uri=listener.uri).status for _ in range(21)]
        assert statuses == [400] * 20 + [429] and listener.connections == 20
        # Nor by way of managing what is registered.
        update = {name: client[name] for name in ("client_id", "client_secret", "redirect_uris")} | {"sector_identifier_uri": listener.uri}
        assert registrar.manage(client, "PUT", update).status == 429 and listener.connections == 20
    assert registrar.register().status == 201
