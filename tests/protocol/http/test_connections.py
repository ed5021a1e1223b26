"""Deadlines, the connection cap, drain and hand-over."""

import concurrent.futures
import contextlib
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from processes import start_ticks
from raw_http import Connection
from sanitizers import sanitizer_environment
from wait import wait_for

REQUEST = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


def test_a_header_that_does_not_end_is_a_408(start_front):
    front = start_front(header_timeout=1)
    with front.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\nHo")
        started = time.monotonic()
        assert connection.response()[0] == 408
        assert time.monotonic() - started < 5
        assert connection.is_closed()


def test_one_byte_at_a_time_does_not_extend_the_deadline(start_front):
    front = start_front(header_timeout=1)
    with front.connect(timeout=0.1) as connection:
        connection.send(b"GET / HTTP/1.1\r\n")

        def answered():
            try:
                connection.send(b"X")
                return connection.response()
            except TimeoutError:
                return None

        assert wait_for("the deadline", answered, seconds=10)[0] == 408


def test_a_body_that_does_not_end_is_a_408(start_front):
    front = start_front(body_timeout=1)
    with front.connect() as connection:
        connection.send(b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        assert connection.response()[0] == 408


def test_bodies_on_their_way_have_a_budget_together(start_front):
    """32 MiB for each event loop (daemon/http/limits.hpp): beyond it 503 at once, and room again when they are gone."""
    front = start_front(threads=1, body_timeout=120)
    body = b"x" * 65536
    head = b"POST /realms/a/token HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n"
    with contextlib.ExitStack() as held:
        connections = [held.enter_context(front.connect()) for _ in range(32 * 1024 * 1024 // len(body) + 4)]
        for connection in connections:
            connection.send(head + body[:-1])
        answered, _, _ = select.select([each.socket for each in connections], [], [], 20)
        refused = next(each for each in connections if each.socket in answered)
        status, fields, text = refused.response()
        assert status == 503 and fields["retry-after"] == "1" and b"bodies" in text
        assert front.get("/x")[0] == 404

    def answer_to_a_whole_body():
        with front.connect() as connection:
            connection.send(head + body)
            return connection.response()[2]

    wait_for("room again", lambda: b"bodies" not in answer_to_a_whole_body())


def test_idle_connections_are_closed_without_a_word(start_front):
    front = start_front(idle_timeout=1)
    with front.connect() as connection:
        connection.send(REQUEST)
        assert connection.response()[0] == 404
        assert connection.response() is None


def test_at_the_cap_the_connection_idle_longest_makes_room(start_front):
    front = start_front(connections_max=4, threads=1)
    connections = []
    for _ in range(4):
        connections.append(front.connect())
        connections[-1].send(REQUEST)
        assert connections[-1].response()[0] == 404
    with front.connect() as newest:
        newest.send(REQUEST)
        assert newest.response()[0] == 404
    assert connections[0].response() is None
    connections[3].send(REQUEST)
    assert connections[3].response()[0] == 404
    for connection in connections:
        connection.close()


def idle_connections(front, count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 500), hard))
    held = []
    try:
        for i in range(count):
            connection = front.connect()
            held.append(connection)
            if i % 3 == 0:
                connection.send(b"GET / HTTP/1.1\r\nHost")
        wait_for("all to be accepted", lambda: front.admin.metric("tessera_connections_open") >= count)
        times = []
        with front.connect() as busy:
            for _ in range(300):
                started = time.monotonic()
                busy.send(REQUEST)
                assert busy.response()[0] == 404
                times.append(time.monotonic() - started)
        assert sorted(times)[-3] < 0.1
        return front.admin.metric("process_resident_memory_bytes")
    finally:
        for connection in held:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_500_slow_and_idle_connections_harm_nobody(start_front):
    front = start_front(header_timeout=30)
    idle_connections(front, 500)
    wait_for("them to be gone", lambda: front.admin.metric("tessera_connections_open") <= 1)


@pytest.mark.long
def test_10000_slow_and_idle_connections_harm_nobody(start_front):
    front = start_front(header_timeout=60, idle_timeout=60)
    before = front.admin.metric("process_resident_memory_bytes")
    assert idle_connections(front, 10_000) - before < 400 * 1024 * 1024


def load(address, stop, requests_per_connection=sys.maxsize):
    """Requests on connections until told to stop or refused; (answered, lost)."""
    answered = lost = 0
    while not stop.is_set():
        try:
            connection = Connection(address, 10)
        except ConnectionRefusedError:
            return answered, lost
        except ConnectionResetError:
            lost += 1
            continue
        with connection:
            for _ in range(requests_per_connection):
                try:
                    connection.send(REQUEST)
                    response = connection.response()
                except OSError:
                    response = None
                if response is None:
                    lost += 1
                    break
                answered += 1
                if stop.is_set() or response[1].get("connection") == "close":
                    break
    return answered, lost


def under_load(address, action, seconds, **load_options):
    stop = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(load, address, stop, **load_options) for _ in range(8)]
        stop.wait(0.3)
        action()
        stop.wait(seconds)
        stop.set()
        results = [client.result() for client in clients]
    return sum(answered for answered, _ in results), sum(lost for _, lost in results)


def test_drain_loses_no_request_under_load(start_front):
    front = start_front()
    answered, lost = under_load(front.address, lambda: front.signal(signal.SIGTERM), 0.5)
    assert answered > 100
    assert lost == 0
    assert front.process.wait(20) == 0


def test_drain_resets_nobody_the_kernel_let_in(start_front):
    """A request for each connection: whoever could connect is answered, the rest is refused."""
    front = start_front()
    answered, lost = under_load(front.address, lambda: front.signal(signal.SIGTERM), 0.5, requests_per_connection=1)
    assert answered > 100
    assert lost == 0
    assert front.process.wait(20) == 0


def test_drain_answers_what_was_pipelined_and_says_close_last(start_front):
    front = start_front()
    with front.connect() as connection:
        connection.send(REQUEST)
        assert connection.response()[0] == 404
        front.signal(signal.SIGTERM)
        wait_for("the drain", lambda: "draining" in front.log_text())
        connection.send(REQUEST * 20)
        responses = [connection.response() for _ in range(20)]
        assert [status for status, _, _ in responses] == [404] * 20
        assert responses[-1][1]["connection"] == "close"
        assert connection.response() is None
    assert front.process.wait(20) == 0


def test_a_successor_takes_the_sockets_over_and_nothing_is_lost(start_front):
    front = start_front()

    def replaced():
        front.signal(signal.SIGUSR2)
        assert front.process.wait(20) == 0

    successor = None
    try:
        answered, lost = under_load(front.address, replaced, 0.5)
        line = next(line for line in front.log_text().split("\n") if '"successor_started"' in line)
        successor = int(line.split('"pid":')[1].split(",")[0].rstrip("}"))
        assert answered > 100
        assert lost == 0
        assert front.get("/x")[0] == 404
        assert front.admin.status("/healthz") == 200
    finally:
        if successor:
            os.kill(successor, signal.SIGTERM)
            wait_for("the successor to end", lambda: start_ticks(successor) is None)


def test_sockets_are_inherited_by_name(binaries, start_front, tmp_path):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        port = listening.getsockname()[1]
        script = 'exec 3<&%d; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http; exec "$@"' % listening.fileno()
        process = subprocess.Popen(
            ["/bin/bash", "-c", script, "bash", str(binaries / "daemon" / "tessera"), "serve", "--plain-http", "--issuer-base=http://localhost:1",
             "--admin-listen=", f"--console-socket={tmp_path}/c.sock", f"--database-url=host={tmp_path}"],
            pass_fds=[listening.fileno()], env=os.environ | sanitizer_environment(), stderr=subprocess.DEVNULL)
        try:
            with Connection(("127.0.0.1", port)) as connection:
                connection.send(REQUEST)
                assert connection.response()[0] == 404
        finally:
            process.terminate()
            assert process.wait(20) == 0


def test_a_taken_port_is_a_clear_error(binaries, front, tmp_path):
    result = subprocess.run([str(binaries / "daemon" / "tessera"), "serve", "--plain-http", "--issuer-base=http://localhost:1",
                             f"--listen=127.0.0.1:{front.port}", f"--console-socket={tmp_path}/c"], capture_output=True, text=True)
    assert result.returncode == 1
    assert f"cannot listen on 127.0.0.1:{front.port}" in result.stderr
