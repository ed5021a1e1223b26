"""The cost of many realms: 10,000 against 10 (latency, start-up, cold documents), and keyrings of their own."""

import http.client
import random
import time

from console import Console
from crowd_rows import Crowd, beside_crowds
from measure import three_runs
from realm import Realm
from report import Report
from served import Served

REALMS = 10_000
OWN_KEYRINGS = 100
SHARED = "bench-shared"
KEYRING_STEPS = (50, 100, 200, 400, 800)


def ten_thousand_realms(served: Served, report: Report) -> None:
    """On a stack of its own, ES256 keys only: SoftHSM needs seconds for each RSA key and none is asked for here."""
    settings = {"realm-algorithms": "ES256", "realm-keyrings-max": "200", "spare-keys": "2"}
    with Served(served.directory / "many", served.build, served.seconds, settings, served.binaries) as many:
        measure_realms(many, report)


def measure_realms(many: Served, report: Report) -> None:
    realms = [Realm.create(many.stack) for _ in range(9)] + [many.realm]
    few = three_runs(many.token_load(connections=8), many.seconds, many.pids())
    crowd = Crowd(many)
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
    report.add(f"keyd start-up with {OWN_KEYRINGS} keyrings and {REALMS:,} issuers", restart_keyd(many), "s")
    beside_crowds(crowd, report)


def keyrings_of_their_own(served: Served, report: Report) -> None:
    """How many SoftHSM carries: keyd's start-up and a realm's first token, realms of two ES256 keys each."""
    settings = {"realm-algorithms": "ES256", "realm-keyrings-max": str(KEYRING_STEPS[-1] + 10), "spare-keys": "2"}
    with Served(served.directory / "own", served.build, served.seconds, settings, served.binaries) as own:
        console = Console(own.stack.console_socket)
        made = 1
        for step in KEYRING_STEPS:
            began = time.monotonic()
            for number in range(made, step):
                create_project(console, f"k{number:04d}")
            each_ms = (time.monotonic() - began) * 1000 / (step - made)
            made = step
            started_s = restart_keyd(own)
            last = Realm.create(own.stack)
            client = last.create_client()
            began = time.monotonic()
            assert last.token(client, resource=last.resource).status == 200
            first_ms = (time.monotonic() - began) * 1000
            made += 1
            report.add(f"{step} keyrings of their own: keyd start-up", started_s, "s")
            report.note(f"first token of a new realm {first_ms:.1f} ms; making a realm {each_ms:.0f} ms")


def restart_keyd(served: Served) -> float:
    served.stack.processes.pop("tessera-keyd").stop()
    began = time.monotonic()
    served.stack.start_keyd()
    taken = time.monotonic() - began
    served.pin()
    return taken


def create_project(console: Console, slug: str, **more) -> None:
    answer = console.post("/v1/projects", {"project": {"slug": slug, "displayName": slug}} | more)
    assert answer.status == 200, (slug, answer.body)


def make_realms(many: Served, count: int) -> list[str]:
    many.stack.tessera("keys", "create", "--label", SHARED, "--shared", "--algorithm", "ES256")
    console = Console(many.stack.console_socket)
    slugs = []
    for number in range(count):
        slug = f"r{number:05d}"
        create_project(console, slug, **({"sharedKeyring": SHARED} if number >= OWN_KEYRINGS else {}))
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
