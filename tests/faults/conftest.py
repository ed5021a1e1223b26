"""One Tessera for each file of fault tests, because its tests break it; they leave it working."""

import tempfile
from pathlib import Path

import pytest

from broken import Broken
from stack import Stack


@pytest.fixture(scope="module")
def broken(binaries):
    directory = Path(tempfile.mkdtemp(prefix="tsf-"))
    directory.chmod(0o755)
    stack = Stack(directory, binaries, durable=False)
    try:
        stack.up()
        yield Broken(stack)
    finally:
        stack.down()
        reports = stack.sanitizer_reports()
        if not reports:
            stack.remove()
    assert not reports, f"logs kept in {directory}:\n" + "\n".join(reports)


@pytest.fixture(autouse=True)
def it_works_before(broken):
    """A test that left something broken is found at the next one, by name."""
    broken.wait_for_token()
