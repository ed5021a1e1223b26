"""Waiting for an event: polling with a deadline, the only place in the tests that sleeps."""

import time

SANITIZER_FACTOR = 3  # sanitizers on two busy cores: what the product promises within a time may take this much longer


class Timeout(AssertionError):
    pass


def wait_for(what: str, condition, seconds: float = 20.0, every: float = 0.02):
    """Returns the first true value of condition(), which may raise OSError while it is not so yet."""
    end = time.monotonic() + seconds
    last = None
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
        except OSError as error:
            last = error
        time.sleep(every)
    raise Timeout(f"waited {seconds:g} s for {what}" + (f" ({last})" if last else ""))
