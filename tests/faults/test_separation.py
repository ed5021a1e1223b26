"""Who may open what: the front's user nothing of keyd's but its front socket, another user neither socket."""

import os

import pytest

from accounts import NOBODY, Account, current_account
from processes import run_as

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which starts each process under a user of its own")

TRY_OPEN = """
import os, sys
path = sys.argv[1]
try:
    os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read()
except OSError as error:
    print(type(error).__name__)
else:
    print('opened')
"""
# What a peer can have: an error at connect, or a connection closed without an answer.
TRY_CONNECT = """
import socket, sys
try:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(sys.argv[1])
    connection.sendall(bytes.fromhex(sys.argv[2]))
    print('answered' if connection.recv(1) else 'closed')
except ConnectionError:
    print('closed')
except OSError as error:
    print(type(error).__name__)
"""
# A Hello in a frame of version 1; the body need not even parse: any answer would be too much.
FRAME = (b"TSKD" + (1).to_bytes(2, "big") + b"\x01\x00" + (0).to_bytes(4, "big") + (7).to_bytes(8, "big")).hex()
GET = b"GET /v1/projects HTTP/1.1\r\nHost: localhost\r\n\r\n".hex()


def as_user(who: Account, program: str, *arguments: str) -> str:
    return run_as(who, ["/usr/bin/python3", "-I", "-c", program, *arguments]).strip()


def test_keyd_and_front_run_as_users_of_their_own(broken):
    ours = {name: process for name, process in broken.stack.processes.items() if name != "mail-catcher"}
    uids = {name: os.stat(f"/proc/{process.pid}").st_uid for name, process in ours.items()}
    assert len(set(uids.values())) == 3 and 0 not in uids.values(), uids


@pytest.mark.parametrize("place", ["keyd/pin", "keyd/tokens", "keyd/state", "keyd"])
def test_the_front_cannot_read_what_keyd_keeps(broken, place):
    assert (broken.stack.directory / place).exists()
    assert as_user(broken.stack.serve_account, TRY_OPEN, str(broken.stack.directory / place)) == "PermissionError"


def test_the_pin_is_keyds_alone(broken):
    status = broken.stack.pin_file.stat()
    assert (status.st_uid, status.st_mode & 0o777) == (broken.stack.keyd_account.uid, 0o600)


def test_the_front_cannot_open_the_admin_socket(broken):
    assert as_user(broken.stack.serve_account, TRY_CONNECT, str(broken.stack.keyd_admin_socket), FRAME) == "PermissionError"


def test_the_front_may_use_the_front_socket(broken):
    assert as_user(broken.stack.serve_account, TRY_CONNECT, str(broken.stack.keyd_front_socket), FRAME) == "answered"


@pytest.mark.parametrize("name", ["keyd_front_socket", "keyd_admin_socket", "console_socket"])
def test_another_user_reaches_no_socket(broken, name):
    path = str(getattr(broken.stack, name))
    assert as_user(NOBODY, TRY_CONNECT, path, GET if name == "console_socket" else FRAME) == "PermissionError"


def test_the_file_mode_is_not_what_guards_the_sockets(broken):
    """Root passes every file mode and is still refused on the front socket, because its uid is not on the list."""
    assert 0 not in (broken.stack.serve_account.uid, broken.stack.keyd_account.uid)
    assert as_user(current_account(), TRY_CONNECT, str(broken.stack.keyd_front_socket), FRAME) == "closed"


def test_the_front_opens_no_pkcs11_library_and_keyd_no_network(broken):
    maps = open(f"/proc/{broken.stack.processes['tessera-serve'].pid}/maps").read()
    assert "softhsm" not in maps
    keyd = broken.stack.processes["tessera-keyd"].pid
    inodes = {os.readlink(f"/proc/{keyd}/fd/{fd}") for fd in os.listdir(f"/proc/{keyd}/fd")}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        open_sockets = {f"socket:[{line.split()[9]}]" for line in open(f"/proc/{keyd}/net/{table}").read().splitlines()[1:]}
        assert not inodes & open_sockets, table


def test_a_pin_is_in_no_argument_and_no_environment(broken):
    pin = broken.stack.pin_file.read_text().strip().encode()
    for process in broken.stack.processes.values():
        for name in ("cmdline", "environ"):
            assert pin not in open(f"/proc/{process.pid}/{name}", "rb").read()
