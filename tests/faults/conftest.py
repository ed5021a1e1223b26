"""One Tessera for each file of fault tests, because its tests break it; they leave it working."""

import pytest

from broken import Broken
from scratch import scratch_stack


@pytest.fixture(scope="module")
def broken(binaries):
    with scratch_stack(binaries) as stack:
        stack.up()
        yield Broken(stack)


@pytest.fixture(autouse=True)
def it_works_before(broken):
    """A test that left something broken is found at the next one, by name."""
    broken.wait_for_token()
