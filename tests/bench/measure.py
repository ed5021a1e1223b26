"""Measuring by wrk and /proc: rates, latencies, CPU microseconds per operation and process.

Servers are pinned to one core, the load generator to the other, so that a rate means "what one core carries".
"""

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from processes import tree

HERE = Path(__file__).resolve().parent
SERVER_CORE = 0
LOAD_CORE = 1
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_us(pid: int) -> int:
    """CPU time of a process tree, including children that ended, in microseconds."""
    total_ticks = 0
    for each in tree(pid):
        try:
            stat = Path(f"/proc/{each}/stat").read_text()
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        total_ticks += sum(int(value) for value in fields[11:15])
    return total_ticks * 1_000_000 // TICKS_PER_S


def rss_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024


def pin(pid: int, core: int) -> None:
    """Pins every thread of a process tree to one core."""
    for each in tree(pid):
        subprocess.run(["taskset", "-a", "-p", "-c", str(core), str(each)], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


@dataclass
class Load:
    """One wrk run: what to ask for and how hard."""

    url: str
    body: str = ""            # empty = GET; "@file" = one body a line
    authorization: str = ""
    connections: int = 32
    close: bool = False       # a new connection for each request
    pause_ms: int = 0         # before each request of a connection: a rate below the peak
    cookie: str = ""          # of a GET
    tokens: Path | None = None  # refresh tokens, one a line: `body` ends where one of them goes, and each answer brings the next
    keep: Path | None = None  # where the access tokens of the answers are written, one a line

    def script(self) -> list[str]:
        """wrk's arguments."""
        authorization = self.authorization or "-"
        if self.tokens:
            return ["-s", str(HERE / "chain.lua"), self.url, "--", str(self.tokens), self.body, authorization]
        kept = "close" if self.close else "keep"
        if self.body:
            return ["-s", str(HERE / "load.lua"), self.url, "--", self.body, authorization, kept, str(self.pause_ms),
                    *([str(self.keep)] if self.keep else [])]
        return ["-s", str(HERE / "get.lua"), self.url, "--", kept, authorization, self.cookie or "-", str(self.pause_ms)]


@dataclass
class Run:
    rate: float
    rate_2xx: float
    p50_us: int
    p99_us: int
    failed: int
    cpu_us_per_operation: dict[str, float] = field(default_factory=dict)

    @property
    def cpu_total(self) -> float:
        return sum(self.cpu_us_per_operation.values())


def run_wrk(load: Load, seconds: int, pids: dict[str, int]) -> Run:
    before = {name: cpu_us(pid) for name, pid in pids.items()}
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "10s"]
    command += load.script()
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"^RESULT (.*)$", printed, re.M)
    if not found:
        raise RuntimeError(f"wrk printed no result:\n{printed}")
    result = json.loads(found.group(1))
    done = max(result["requests"], 1)
    after = {name: cpu_us(pid) for name, pid in pids.items()}
    seconds_taken = result["duration_us"] / 1e6
    return Run(rate=result["requests"] / seconds_taken,
               rate_2xx=(result["requests"] - result["non_2xx"]) / seconds_taken, p50_us=result["p50_us"], p99_us=result["p99_us"],
               failed=result["non_2xx"] + result["broken"],
               cpu_us_per_operation={name: (after[name] - before[name]) / done for name in pids})


@dataclass
class Median:
    """Three runs: the median one by rate, and the range."""

    median: Run
    rate_min: float
    rate_max: float


def three_runs(load: Load | Callable[[], Load], seconds: int, pids: dict[str, int]) -> Median:
    """`load` is a function where each run needs one of its own."""
    make = load if callable(load) else lambda: load
    run_wrk(make(), 1, pids)  # warm-up
    runs = sorted((run_wrk(make(), seconds, pids) for _ in range(3)), key=lambda run: run.rate)
    failed = sum(run.failed for run in runs)
    if failed:
        raise RuntimeError(f"{failed} requests failed at {make().url}")
    return Median(median=runs[1], rate_min=runs[0].rate, rate_max=runs[2].rate)


def three_fresh_runs(make: Callable[[int], Load], rate_guess: float, seconds: int, pids: dict[str, int]) -> Median:
    """Of requests that are once-only: `make(count)` prepares so many of them."""
    def fresh_run(rate: float) -> Run:
        count = int(rate * seconds * 1.5)
        run = run_wrk(make(count), seconds, pids)
        if run.failed and run.rate * seconds >= count:  # they ran out and came a second time
            return fresh_run(run.rate)
        if run.failed:
            raise RuntimeError(f"{run.failed} once-only requests failed")
        return run

    first = run_wrk(make(int(rate_guess * 2)), 1, pids)
    runs = sorted((fresh_run(max(first.rate, rate_guess / 4)) for _ in range(3)), key=lambda run: run.rate)
    return Median(runs[1], runs[0].rate, runs[2].rate)
