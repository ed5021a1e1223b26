"""The clock jumps a day: no token with a foreign lifetime, no key state moves backwards, an alarm, and all is well when it is back."""

import contextlib
import shutil
import time

import pytest

from jose import claims_of
from wait import wait_for

LIFETIME_MAX_S = 3600
DAY_S = 86_400


@contextlib.contextmanager
def shifted_clock(broken, built, names):
    """A file whose content shifts the wall clock of those processes by so many seconds while they run (tests/support/clock_shift)."""
    shift = broken.stack.directory / "conf" / "clock"
    shift.write_text("0")
    library = broken.stack.directory / "bin" / "clock_shift.so"
    library.parent.mkdir(exist_ok=True)
    shutil.copy(built / "tests" / "support" / "clock_shift" / "clock_shift.so", library)
    spawn = broken.stack.spawn

    def spawn_with_clock(name, command, who, extra=None):
        faked = {"LD_PRELOAD": str(library), "CLOCK_SHIFT_FILE": str(shift)}
        return spawn(name, command, who, (extra or {}) | (faked if name in names else {}))

    def start_again():
        for name in names:
            broken.stack.processes.pop(name).stop()
            broken.stack.start(name)
        broken.wait_for_token()

    broken.stack.spawn = spawn_with_clock
    start_again()
    yield shift
    broken.stack.spawn = spawn
    start_again()


@pytest.fixture
def clock(broken, built):
    with shifted_clock(broken, built, ["tessera-keyd"]) as shift:
        yield shift


@pytest.fixture
def machine_clock(broken, built):
    """Of keyd and the front: they agree with one another, as they do on a machine whose clock jumps."""
    with shifted_clock(broken, built, ["tessera-keyd", "tessera-serve"]) as shift:
        yield shift


def published(broken) -> set[str]:
    return {key["kid"] for key in broken.realm.get(f"{broken.realm.path}/jwks").json["keys"]}


@pytest.mark.parametrize("shift", [DAY_S, -DAY_S])
def test_a_jump_of_a_day_signs_nothing_and_changes_no_key(broken, clock, shift):
    before = published(broken)
    clock.write_text(str(shift))
    wait_for("keyd to refuse what its clock does not fit", lambda: broken.status() == 503, 20)
    assert published(broken) == before
    clock.write_text("0")
    broken.wait_for_token()
    assert published(broken) == before
    claims = claims_of(broken.token().json["access_token"])
    assert abs(claims["iat"] - time.time()) < 60
    assert claims["exp"] - claims["iat"] <= LIFETIME_MAX_S


def test_no_token_is_issued_while_the_machine_is_a_day_ahead(broken, machine_clock):
    """Front and keyd agree about `iat`, and everybody else would hold the token for a day longer than its lifetime."""
    machine_clock.write_text(str(DAY_S))
    for _ in range(20):
        assert broken.status() == 503
    machine_clock.write_text("0")
    broken.wait_for_token()
    claims = claims_of(broken.token().json["access_token"])
    assert abs(claims["iat"] - time.time()) < 60


def test_a_jump_of_a_day_raises_an_alarm(broken, clock):
    clock.write_text(str(DAY_S))
    wait_for("keyd's log to tell of the clock",
             lambda: "clock" in broken.stack.log_file("tessera-keyd").read_text(errors="replace").lower(), 90)
    clock.write_text("0")
