"""Processes: running a command as somebody, knowing a process again, stopping, freezing and killing it or a whole tree by /proc."""

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from accounts import Account
from wait import wait_for

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class StackError(Exception):
    """What could not be done and what to do about it."""


def run_as(who: Account, command: list[str]) -> str:
    """What the command printed. Raises StackError with what it complained of."""
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=ENVIRONMENT, **who.for_subprocess())
    if done.returncode != 0:
        raise StackError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def start_ticks(pid: int) -> int | None:
    """When a process started, to tell it from a later one with the same pid; None when it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


@dataclass
class Process:
    """A process we started, known by pid and start time, so that it survives us being run anew."""

    name: str
    pid: int
    started: int
    popen: subprocess.Popen | None = field(default=None, repr=False)

    def is_running(self) -> bool:
        if self.popen is not None and self.popen.poll() is not None:
            return False
        return start_ticks(self.pid) == self.started

    def send(self, number: int) -> None:
        if self.is_running():
            os.kill(self.pid, number)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> None:
        self.send(number)
        try:
            wait_for(f"{self.name} to end", lambda: not self.is_running(), seconds)
        except AssertionError:
            self.send(signal.SIGKILL)
            wait_for(f"{self.name} to be killed", lambda: not self.is_running(), 10)
        if self.popen is not None:
            self.popen.wait()


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found, todo = [], [pid]
    while todo:
        current = todo.pop()
        found.append(current)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{current}/task").iterdir():
                todo.extend(int(child) for child in (task / "children").read_text().split())
    return found


def signal_tree(pid: int, number: int) -> None:
    for each in tree(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, number)


def kill_tree(process: Process) -> None:
    """kill -9 of a process and all below it; none of them is left."""
    killed = tree(process.pid)
    signal_tree(process.pid, signal.SIGKILL)
    if process.popen is not None:
        process.popen.wait()
    wait_for(f"every process of {process.name} to be gone", lambda: all(start_ticks(pid) is None for pid in killed), 20)


@contextlib.contextmanager
def frozen(pid: int):
    """The tree does not run inside the block."""
    signal_tree(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_tree(pid, signal.SIGCONT)
