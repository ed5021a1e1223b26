"""Figures of the processes: memory, start, rotation under load, more load than they can bear."""

import concurrent.futures
import http.client
import threading
import time

from console import Console
from measure import Load, Run, rss_bytes, run_wrk, three_runs
from realm import Realm, basic
from report import Report
from served import Served

MIB = 1 << 20


def memory(served: Served, report: Report) -> None:
    """Idle is after a restart: what was loaded before must not count."""
    restart(served)
    rows = (("front", "tessera-plain", 30), ("keyd", "tessera-keyd", 15))
    for name, process, goal in rows:
        value = rss_bytes(served.stack.processes[process].pid) / MIB
        report.add(f"{name}: RSS idle", value, "MiB", goal=f"<= {goal}", met=value <= goal)
    run_wrk(served.token_load(connections=64), served.seconds, served.pids())
    for name, process, _ in rows:
        report.add(f"{name}: RSS after load", rss_bytes(served.stack.processes[process].pid) / MIB, "MiB")


def restart(served: Served) -> None:
    for name in ("tessera-plain", "tessera-serve", "tessera-keyd"):
        served.stack.stop(name)
    served.stack.start_keyd()
    served.stack.start_serve()
    served.start_plain()
    served.pin()


def cold_start(served: Served, report: Report) -> None:
    """Both daemons from nothing to the first token, PostgreSQL up."""
    taken = []
    for _ in range(3):
        for name in ("tessera-plain", "tessera-serve", "tessera-keyd"):
            served.stack.stop(name)
        begun = time.monotonic()
        served.stack.start_keyd()
        served.start_plain()
        assert token_status(served) == 200
        taken.append(time.monotonic() - begun)
        served.stack.start_serve()
    served.pin()
    value = sorted(taken)[1]
    report.add("cold start to the first token", value, "s", goal="<= 0.3", met=value <= 0.3)


def token_status(served: Served) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", served.plain_port, timeout=10)
    connection.request("POST", served.realm.path + "/token", served.form(),
                       {"Content-Type": "application/x-www-form-urlencoded", "Authorization": basic(served.client.id, served.client.secret)})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def rotation_under_load(served: Served, report: Report) -> None:
    """Keys of new realms (RSA among them) are generated and the loaded realm's keyring is rotated while tokens are asked for."""
    normal = three_runs(served.token_load(connections=8), served.seconds, served.pids())
    keyring = Console(served.stack.console_socket).get(f"/v1/projects/{served.realm.slug}/keyring").json["id"]
    done, problems = [], []

    def make_keys() -> None:
        while not done:
            try:
                Realm.create(served.stack)
                rotated = served.stack.tessera("keys", "rotate", keyring, "--force", check=False)
                if rotated.returncode != 0:
                    problems.append(rotated.stderr.strip())
            except Exception as error:  # shown with the figure
                problems.append(str(error))

    thread = threading.Thread(target=make_keys)
    thread.start()
    run = run_wrk(served.token_load(connections=8), served.seconds * 2, served.pids())
    done.append(True)
    thread.join()
    report.add("while keys are generated and rotated: failed requests", run.failed, "", goal="0", met=run.failed == 0)
    report.add("while keys are generated and rotated: p99", run.p99_us / 1000, "ms", against=f"p99 otherwise {normal.median.p99_us / 1000:.1f} ms",
               peer=normal.median.p99_us / 1000, goal="<= 2 x", met=run.p99_us <= 2 * normal.median.p99_us)
    for problem in sorted(set(problems))[:3]:
        report.note(f"note: {problem}")


def ten_times_the_load(served: Served, report: Report) -> None:
    """One realm with the connections that reach the peak, then with ten times as many; beside it another realm's few."""
    other = Realm.create(served.stack)
    quiet = served.token_load(other, other.create_client(), connections=2, pause_ms=20)
    three_runs(quiet, served.seconds, served.pids())  # the new realm's spare keys are made meanwhile

    def both(load: Load) -> tuple[Run, Run]:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            loading = pool.submit(run_wrk, load, served.seconds + 1, served.pids())
            beside = run_wrk(quiet, served.seconds, served.pids())
            return loading.result(), beside

    pairs = [(both(served.token_load()), both(served.token_load(connections=320))) for _ in range(3)]
    (peak, calm), (over, beside) = sorted(pairs, key=lambda pair: pair[1][0].rate_2xx)[1]
    report.add("ten times the load: tokens", over.rate_2xx, "1/s", against=f"peak {peak.rate:,.0f}/s", peer=peak.rate,
               goal=">= 90 % of the peak", met=over.rate_2xx >= 0.9 * peak.rate)
    report.note(f"{over.failed:,} requests refused; p50 {over.p50_us / 1000:.1f} ms")
    report.add("ten times the load: p99 of another realm", beside.p99_us / 1000, "ms", against=f"p99 beside the peak {calm.p99_us / 1000:.1f} ms",
               peer=calm.p99_us / 1000, goal="<= 2 x", met=beside.p99_us <= 2 * calm.p99_us and beside.failed == 0)
