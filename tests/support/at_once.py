"""Requests that leave together: what is good once is tried by many at the same moment, over every front."""

import threading
from concurrent.futures import ThreadPoolExecutor

MANY = 50


def at_once(call, count=MANY) -> list:
    """call(0) to call(count - 1), each on a thread of its own, released together."""
    ready = threading.Barrier(count)

    def released(number):
        ready.wait()
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(released, range(count)))
