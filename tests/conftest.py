"""Fixtures for every suite that drives real processes: one stack a run, and realms that tests make themselves or share by folder."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS / "support"))

import builds  # noqa: E402
from realm import Realm  # noqa: E402
from scratch import scratch_stack  # noqa: E402
from stack import Stack  # noqa: E402

LOG_LINES_SHOWN = 12


def pytest_configure(config):
    config.addinivalue_line("markers", "long: on demand only (./tessera-dev test --suite faults-long)")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the processes said last: their logs go with the stack."""
    report = (yield).get_result()
    if not report.failed:
        return
    known = getattr(item, "funcargs", {}).values()
    for stack in {each for each in (getattr(value, "stack", value) for value in known) if isinstance(each, Stack)}:
        for log in sorted(stack.logs.glob("tessera-*.log")):
            lines = log.read_text(errors="replace").splitlines()
            report.sections.append((f"end of {log.name}", "\n".join(lines[-LOG_LINES_SHOWN:])))


def built_binaries() -> Path:
    return Path(os.environ.get("TESSERA_BINARIES", builds.ROOT / "build" / "sanitize"))


@pytest.fixture(scope="session")
def built():
    """The build directory under test."""
    return built_binaries()


@pytest.fixture(scope="session")
def binaries(tmp_path_factory):
    """The two binaries where every user may run them."""
    with tempfile.TemporaryDirectory(prefix="tessera-bin-") as directory:
        os.chmod(directory, 0o755)
        builds.install_binaries(built_binaries(), Path(directory))
        yield Path(directory)


@pytest.fixture(scope="session")
def stack(binaries):
    """A whole Tessera shared by the run. A test that breaks it takes own_stack instead."""
    with scratch_stack(binaries) as made:
        # What relying parties of the tests listen on; no other address that is not public is opened.
        made.serve_settings["outbound-allow"] = "http://127.0.0.1/32"
        made.keyd_settings["realm-keyrings-max"] = 1000  # many tests make a realm of their own
        made.keyd_settings["rsa-bits"] = 2048  # made in half the time of the 3,072 that fault tests, benchmarks and keyd's own keep to
        made.up()
        yield made


@pytest.fixture
def own_stack(binaries):
    """A Tessera of the test's own, to stop, starve and kill. Not started yet: call up()."""
    with scratch_stack(binaries) as made:
        yield made


@pytest.fixture
def realm(stack):
    return Realm.create(stack)
