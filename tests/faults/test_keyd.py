"""tessera-keyd absent, frozen, talking garbage or another version: a bounded error and a log line that says what to do."""

import contextlib
import os
import re
import socket
import struct
import threading

from processes import frozen
from wait import wait_for

ANSWER_MAX_S = 15.0
MAGIC = b"TSKD"


def without_keyd(broken):
    return broken.without("tessera-keyd")


def front_log_since(broken, offset: int) -> str:
    return broken.stack.log_file("tessera-serve").read_text(errors="replace")[offset:]


def log_size(broken) -> int:
    return len(broken.stack.log_file("tessera-serve").read_text(errors="replace"))


@contextlib.contextmanager
def impostor(path, answer):
    """Listens where keyd's front socket was; `answer(connection)` is what it says to each that connects."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    os.chmod(path, 0o666)
    listener.listen(16)
    stopping = threading.Event()

    def serve():
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        path.unlink(missing_ok=True)


def test_without_keyd_a_token_request_is_503_and_the_log_says_what_to_do(broken):
    before = log_size(broken)
    with without_keyd(broken):
        broken.assert_unavailable(ANSWER_MAX_S)
        assert re.search(r"keyd", front_log_since(broken, before)), "the log does not mention keyd"
    broken.wait_for_token()


def test_without_keyd_the_published_keys_are_still_served(broken):
    before = broken.settled_keys()
    with without_keyd(broken):
        answer = broken.realm.get(f"{broken.realm.path}/jwks")
        assert answer.status == 200 and answer.body == before
    broken.wait_for_token()


def test_after_a_restart_keyd_signs_with_the_same_keys(broken):
    before = broken.settled_keys()
    with without_keyd(broken):
        pass
    broken.wait_for_token()
    assert broken.settled_keys() == before


def test_a_frozen_keyd_is_a_bounded_503_and_heals_when_it_thaws(broken):
    with frozen(broken.stack.processes["tessera-keyd"].pid):
        broken.assert_unavailable(ANSWER_MAX_S)
    broken.wait_for_token()


def test_garbage_from_keyd_is_a_bounded_503(broken):
    def garbage(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 50)

    before = log_size(broken)
    with without_keyd(broken):
        with impostor(broken.stack.keyd_front_socket, garbage):
            broken.assert_unavailable(ANSWER_MAX_S)
            wait_for("a log line on what keyd's socket said", lambda: "keyd" in front_log_since(broken, before), 10)
    broken.wait_for_token()


def test_a_keyd_of_another_version_is_a_bounded_503(broken):
    def other_version(connection):
        header = connection.recv(4096)[:20]
        connection.sendall(struct.pack(">4sHBBI8s", MAGIC, 9, 2, 0, 0, header[12:20]))

    with without_keyd(broken):
        with impostor(broken.stack.keyd_front_socket, other_version):
            broken.assert_unavailable(ANSWER_MAX_S)
    broken.wait_for_token()


def test_a_keyd_that_accepts_and_says_nothing_is_a_bounded_503(broken):
    with without_keyd(broken):
        with impostor(broken.stack.keyd_front_socket, lambda connection: connection.recv(1 << 20) and connection.recv(1)):
            broken.assert_unavailable(ANSWER_MAX_S)
    broken.wait_for_token()


def test_restarts_of_keyd_under_load_lose_no_event_and_heal(broken):
    with broken.load() as load:
        for _ in range(3):
            load.wait_for_tokens()
            with without_keyd(broken):
                pass
            broken.wait_for_token()
    assert set(load.statuses()) <= {200, 503}, load.statuses()
    broken.assert_every_token_is_audited(load)
