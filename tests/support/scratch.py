"""Stacks that tests make and throw away."""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from stack import Stack


@contextlib.contextmanager
def scratch_stack(binaries: Path):
    """A Tessera in a directory of its own, not started: call up(). Kept when a sanitizer spoke, or by TESSERA_KEEP."""
    directory = Path(tempfile.mkdtemp(prefix="tsr-"))
    directory.chmod(0o755)
    stack = Stack(directory, binaries, durable=False)
    try:
        yield stack
    finally:
        stack.down()
        reports = stack.sanitizer_reports()
        if not reports and not os.environ.get("TESSERA_KEEP"):
            stack.remove()
    assert not reports, f"logs kept in {directory}:\n" + "\n".join(reports)


@contextlib.contextmanager
def small_disk(stack: Stack, folder: str, megabytes: int):
    """A file system of that size under a folder of a stack not started yet; at the end the stack is down."""
    place = stack.directory / folder
    place.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a file system of its own needs a root that may mount one")
    try:
        yield place
    finally:
        stack.down()
        subprocess.run(["umount", str(place)], check=True)


def fill(path: Path) -> None:
    """Writes until the file system has no room."""
    block = b"\0" * 65536
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(block) == len(block):
            pass
