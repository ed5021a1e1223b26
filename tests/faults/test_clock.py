"""The clock jumps a day: no token with a foreign lifetime, no key state moves backwards, an alarm, and all is well when it is back."""

import time
from pathlib import Path

import pytest

from load import claims_of
from wait import wait_for

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
LIFETIME_MAX_S = 3600

pytestmark = pytest.mark.skipif(not FAKETIME.exists(), reason="libfaketime is in .ci/debian-packages; other architectures differ in path")


@pytest.fixture
def clock(broken):
    """A file whose content shifts keyd's wall clock while it runs: "+1d", "-1d", "+0"."""
    shift = broken.stack.directory / "conf" / "clock"
    shift.write_text("+0\n")
    spawn = broken.stack.spawn

    def spawn_with_clock(name, command, who, extra=None):
        faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(shift), "FAKETIME_NO_CACHE": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        return spawn(name, command, who, (extra or {}) | (faked if name == "tessera-keyd" else {}))

    broken.stack.processes.pop("tessera-keyd").stop()
    broken.stack.spawn = spawn_with_clock
    broken.stack.start_keyd()
    broken.wait_for_token()
    yield shift
    broken.stack.spawn = spawn
    broken.stack.processes.pop("tessera-keyd").stop()
    broken.stack.start_keyd()
    broken.wait_for_token()


def published(broken) -> set[str]:
    return {key["kid"] for key in broken.realm.get(f"{broken.realm.path}/jwks").json["keys"]}


@pytest.mark.parametrize("shift", ["+1d", "-1d"])
def test_a_jump_of_a_day_signs_nothing_and_changes_no_key(broken, clock, shift):
    before = published(broken)
    clock.write_text(shift + "\n")
    wait_for("keyd to refuse what its clock does not fit", lambda: broken.status() == 503, 20)
    assert published(broken) == before
    clock.write_text("+0\n")
    broken.wait_for_token()
    assert published(broken) == before
    claims = claims_of(broken.token().json["access_token"])
    assert abs(claims["iat"] - time.time()) < 60
    assert claims["exp"] - claims["iat"] <= LIFETIME_MAX_S


def test_a_jump_of_a_day_raises_an_alarm(broken, clock):
    clock.write_text("+1d\n")
    wait_for("keyd's log to tell of the clock",
             lambda: "clock" in broken.stack.log_file("tessera-keyd").read_text(errors="replace").lower(), 90)
    clock.write_text("+0\n")
