"""SoftHSM's tokens: their configuration, and making one without the PIN ever standing in an argument."""

import os
import pty
import secrets
from pathlib import Path

from accounts import Account
from processes import StackError

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PROMPTS = (b"SO PIN", b"SO PIN", b"user PIN", b"user PIN")


def write_softhsm_conf(conf: Path, tokens: Path) -> None:
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n")


def make_pin(pin_file: Path) -> str:
    """The PIN in a file only its owner reads, made when there is none."""
    if pin_file.exists():
        return pin_file.read_text()
    pin = secrets.token_urlsafe(24)
    with os.fdopen(os.open(pin_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(pin)
    return pin


def init_token(label: str, pin: str, conf: Path, who: Account) -> None:
    """Makes a token of `who`. The PINs go over a terminal, as if typed."""
    child, terminal = pty.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(who.gid)
            os.setuid(who.uid)
        os.execve("/usr/bin/softhsm2-util", ["softhsm2-util", "--init-token", "--free", "--label", label],
                  {"SOFTHSM2_CONF": str(conf), "PATH": "/usr/bin:/bin"})
    so_pin = secrets.token_urlsafe(24)
    said = b""
    for prompt, answer in zip(PROMPTS, (so_pin, so_pin, pin, pin)):
        while prompt not in said:
            chunk = os.read(terminal, 1024)
            if not chunk:
                break
            said += chunk
        said = b""
        os.write(terminal, answer.encode() + b"\n")
    try:
        while chunk := os.read(terminal, 1024):
            said += chunk
    except OSError:
        pass  # the terminal is gone with the child
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise StackError(f"softhsm2-util could not make token {label}: {said.decode(errors='replace')}")
