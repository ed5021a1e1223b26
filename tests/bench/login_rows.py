"""Signing in: as many as the processor hashes passwords, beside others who must not notice, and the page itself."""

import json
import re
import subprocess
import threading

from measure import SERVER_CORE, Load, cpu_us, run_wrk, three_runs
from passwords import Parameters, raw_rate
from people import People
from realm import request
from report import Report
from served import Served
from sign_in import Door

AT_ONCE = 8
KIB = 1024


def password_login(served: Served, report: Report) -> None:
    """With the parameters this machine gets at set-up, and with the least there are, where the rest of a sign-in weighs most."""
    measured = measured_parameters(served)
    people = People.of(served)
    with people.hashing(measured):
        rows_of_logins(served, report, f"password login, {measured}", measured, rate_goal=0.9)
    rows_of_logins(served, report, f"password login, {Parameters()}", Parameters())


def measured_parameters(served: Served) -> Parameters:
    command = [str(served.stack.binary("tessera")), "measure-passwords", "--json"]
    measured = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return Parameters(measured["memory_kib"], measured["iterations"], measured["parallelism"])


def rows_of_logins(served: Served, report: Report, name: str, parameters: Parameters, rate_goal: float = 0) -> None:
    door = Door(People.of(served))
    raw = raw_rate(SERVER_CORE, served.seconds, parameters)
    door.rate([door.begin() for _ in range(AT_ONCE)], AT_ONCE)  # warm-up
    count = max(AT_ONCE, int(raw * served.seconds))
    runs = []
    for _ in range(3):
        prepared = [door.begin() for _ in range(count)]
        before = {process: cpu_us(pid) for process, pid in served.pids().items()}
        rate = door.rate(prepared, AT_ONCE)
        runs.append((rate, {process: (cpu_us(pid) - before[process]) / count for process, pid in served.pids().items()}))
    rate, cpu = sorted(runs, key=lambda run: run[0])[1]
    report.add(f"{name}: rate", rate, "1/s", against=f"Argon2id alone {raw:,.1f}/s", peer=raw,
               goal=f">= {rate_goal:.0%} of Argon2id alone" if rate_goal else None, met=rate >= rate_goal * raw if rate_goal else None)
    report.add(f"{name}: CPU", sum(cpu.values()), "us", against=f"one hash {1e6 / raw:,.0f} us", peer=1e6 / raw)
    report.note("CPU " + ", ".join(f"{process} {value:,.0f} us" for process, value in cpu.items()))


def others_beside_logins(served: Served, report: Report) -> None:
    """Tokens asked for at a modest rate, without and with every hash slot busy."""
    door = Door(People.of(served))
    door.next = 100_000  # other browsers than those before
    quiet = served.token_load(connections=4, pause_ms=20)
    calm = three_runs(quiet, served.seconds, served.pids()).median
    ended = threading.Event()
    problems: list[str] = []

    def sign_in_on_and_on() -> None:
        try:
            while not ended.is_set():
                door.finish(door.begin())
        except Exception as error:  # shown with the figure
            problems.append(str(error))

    threads = [threading.Thread(target=sign_in_on_and_on) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        beside = sorted((run_wrk(quiet, served.seconds, served.pids()) for _ in range(3)), key=lambda run: run.p99_us)[1]
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    if problems:
        raise RuntimeError(problems[0])
    report.add("tokens while every hash slot is busy: p99", beside.p99_us / 1000, "ms", against=f"p99 otherwise {calm.p99_us / 1000:.1f} ms",
               peer=calm.p99_us / 1000, goal="<= 2 x", met=beside.p99_us <= 2 * calm.p99_us and beside.failed == 0)
    report.note(f"{beside.rate:,.0f}/s asked for")


def page_weight(served: Served, path: str, page: str) -> tuple[int, int]:
    """Bytes of the page with all it loads, and of the same without script."""
    whole = without_script = len(page.encode())
    # What a sheet or a script names in turn is listed by the page's own policy: nothing else is loaded.
    for place in sorted(set(re.findall(r'(?:href|src)="([^"]+\.(?:css|js|png|svg|woff2)[^"]*)"', page))):
        reply = request(served.stack, "GET", place if place.startswith("/") else f"{path}/{place}")
        assert reply.status == 200, (place, reply.status)
        whole += len(reply.body)
        without_script += 0 if ".js" in place else len(reply.body)
    return whole, without_script


def login_page(served: Served, report: Report) -> None:
    sign_in = Door(People.of(served)).begin()
    place = f"{sign_in.path}?flow={sign_in.flow}"
    reply = request(served.stack, "GET", place, headers={"Cookie": sign_in.cookie})
    assert reply.status == 200, reply.body
    load = Load(served.origin() + place, cookie=sign_in.cookie, connections=4, pause_ms=10)
    run = three_runs(load, served.seconds, served.pids()).median
    report.add("login page: p99", run.p99_us / 1000, "ms", goal="<= 5", met=run.p99_us <= 5000)
    report.note(f"at {run.rate:,.0f}/s; p50 {run.p50_us / 1000:.2f} ms; CPU "
                + ", ".join(f"{process} {value:.0f} us" for process, value in run.cpu_us_per_operation.items()))
    whole, without_script = page_weight(served, served.realm.path, reply.body.decode())
    report.add("login page: weight", whole / KIB, "KiB", goal="<= 60", met=whole <= 60 * KIB)
    report.add("login page: weight without script", without_script / KIB, "KiB", goal="<= 20", met=without_script <= 20 * KIB)
