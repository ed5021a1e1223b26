"""The cost of 10,000 realms against 10: latency, start-up, cold documents."""

import http.client
import random
import time

from console import Console
from measure import three_runs
from realm import Realm
from report import Report
from served import Served

REALMS = 10_000
OWN_KEYRINGS = 100
SHARED = "bench-shared"


def ten_thousand_realms(served: Served, report: Report) -> None:
    """On a stack of its own, ES256 keys only: SoftHSM needs seconds for each RSA key and none is asked for here."""
    settings = {"realm-algorithms": "ES256", "realm-keyrings-max": "200", "spare-keys": "2"}
    with Served(served.directory / "many", served.build, served.seconds, settings, served.binaries) as many:
        measure_realms(many, report)


def measure_realms(many: Served, report: Report) -> None:
    realms = [Realm.create(many.stack) for _ in range(9)] + [many.realm]
    few = three_runs(many.token_load(connections=8), many.seconds, many.pids())
    slugs = [realm.slug for realm in realms] + make_realms(many, REALMS - 10)
    restart_s = restart_fronts(many)
    report.add(f"start-up with {REALMS:,} realms", restart_s, "s", goal="<= 2", met=restart_s <= 2)
    cold_ms = cold_jwks_ms(many, random.Random(1).sample(slugs, 100))
    report.add(f"JWKS of a realm of {REALMS:,}, cold: slowest of 100", cold_ms[-1], "ms", goal="<= 5", met=cold_ms[-1] <= 5)
    report.note(f"median {cold_ms[len(cold_ms) // 2]:.2f} ms")
    loaded = three_runs(many.token_load(connections=8), many.seconds, many.pids())
    ratio = loaded.median.p50_us / few.median.p50_us
    report.add(f"client_credentials with {REALMS:,} realms: p50", loaded.median.p50_us / 1000, "ms",
               against=f"with 10 realms {few.median.p50_us / 1000:.2f} ms", peer=few.median.p50_us / 1000, goal="<= 1.10 x", met=ratio <= 1.10)
    began = time.monotonic()
    many.stack.processes.pop("tessera-keyd").stop()
    many.stack.start_keyd()
    report.add(f"keyd start-up with {OWN_KEYRINGS} keyrings and {REALMS:,} issuers", time.monotonic() - began, "s")


def make_realms(many: Served, count: int) -> list[str]:
    console = Console(many.stack.console_socket)
    slugs = []
    for number in range(count):
        slug = f"r{number:05d}"
        shared = {"sharedKeyring": SHARED} if number >= OWN_KEYRINGS else {}
        console.post("/v1/projects", {"project": {"slug": slug, "displayName": slug}} | shared)
        slugs.append(slug)
    return slugs


def restart_fronts(many: Served) -> float:
    for name in ("tessera-plain", "tessera-serve"):
        many.stack.processes.pop(name).stop()
    began = time.monotonic()
    many.start_plain()
    taken = time.monotonic() - began
    many.stack.start_serve()
    many.pin()
    return taken


def cold_jwks_ms(many: Served, slugs: list[str]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", many.plain_port, timeout=10)
    taken = []
    for slug in slugs:
        began = time.monotonic()
        connection.request("GET", f"/realms/{slug}/jwks")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append((time.monotonic() - began) * 1000)
    connection.close()
    return sorted(taken)
