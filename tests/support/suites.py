"""The test suites: what each runs, how its cases are counted. The last line printed is "N passed, N failed"."""

import fnmatch
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import builds
from sanitizers import sanitizer_environment

TESTS = builds.ROOT / "tests"
CPP_SUITES = ("unit", "storage", "keyd")
PYTEST_SUITES = {"protocol": ["protocol"], "conformance": ["protocol/conformance"], "faults": ["faults"], "interop": ["interop"],
                 "browser": ["browser"], "tidy": ["tidy"], "faults-long": ["faults", "protocol"]}
LEFT_OUT = {"protocol": "protocol/conformance"}  # a suite of its own
HUNG_AFTER_S = 900  # longer than the longest of the tests on demand: one that waits for ever fails, and the run ends
DEFAULT = ("unit", "storage", "keyd", "tidy", "protocol", "conformance", "faults", "interop", "browser")
ON_DEMAND = ("fuzz", "tsan", "bench", "faults-long")
NAMES = DEFAULT + ON_DEMAND
# Two lanes for two processors. Whoever measures time against a deadline shares a lane with whoever mostly waits.
LANES = (("unit", "storage", "tidy", "interop", "browser", "faults", "conformance"), ("keyd", "protocol"))
FUZZ_SECONDS = 60
TIDY_TARGETS = ("daemon/tessera",)  # what the generated references are made from
FUZZ_BYTES_MAX = 20 * 1024  # above every limit on a single message but keyd's frames


@dataclass
class Outcome:
    suite: str
    passed: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)  # why, which
    took_s: float = 0


def reason_of(case: ElementTree.Element) -> str:
    """Why a case was skipped; nothing when it was not chosen, which Boost.Test reports as skipped too."""
    if message := case.find("skipped").get("message"):
        return message
    found = re.search(r"- reason: '(.*)'", case.findtext("system-out", ""))
    return found[1] if found and found[1] != "disabled" else ""


def read_junit(path: Path, outcome: Outcome) -> None:
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        broken = next((case.find(kind) for kind in ("failure", "error") if case.find(kind) is not None), None)
        if case.find("skipped") is not None:
            if reason := reason_of(case):
                outcome.skipped.append((reason, name))
        elif broken is None:
            outcome.passed += 1
        else:
            outcome.failed += 1
            outcome.failures.append(f"{name}\n{(broken.get('message') or broken.text or '').strip()[:2000]}")


def run_and_log(command: list[str], log: Path, extra: dict[str, str] | None = None) -> int:
    with log.open("w") as out:
        return subprocess.run(command, cwd=builds.ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                              env=builds.environment() | sanitizer_environment() | (extra or {})).returncode


def finish(outcome: Outcome, code: int, log: Path, junit: Path) -> Outcome:
    """Counts what ran; a runner that died without a report, or failed where no case did, is a failure too."""
    if junit.exists():
        read_junit(junit, outcome)
    if code != 0 and outcome.failed == 0:
        outcome.failed += 1
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
        outcome.failures.append(f"{outcome.suite}: the runner ended with {code}; {log}\n{tail}")
    return outcome


def run_cpp(suite: str, pattern: str, built: Path, logs: Path) -> Outcome:
    junit, log = logs / f"{suite}.xml", logs / f"{suite}.log"
    junit.unlink(missing_ok=True)
    command = [str(built / "tests" / suite / f"{suite}_tests"), f"--logger=JUNIT,error,{junit}", "--logger=HRF,test_suite",
               "--catch_system_errors=no", "--color_output=no"]
    if pattern:
        command.append(f"--run_test=*/{pattern}")
    return finish(Outcome(suite), run_and_log(command, log, {"TESSERA_BINARIES": str(built)}), log, junit)


def names_of(chosen: list[str], pattern: str) -> list[str]:
    """pytest's -k takes words, not globs: collect and choose by name."""
    listed = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", *chosen], cwd=builds.ROOT,
                            capture_output=True, text=True, env=builds.environment()).stdout
    return [line for line in listed.splitlines() if "::" in line and fnmatch.fnmatch(line.rsplit("::", 1)[1], pattern)]


def run_pytest(suite: str, pattern: str, built: Path, logs: Path) -> Outcome:
    junit, log = logs / f"{suite}.xml", logs / f"{suite}.log"
    junit.unlink(missing_ok=True)
    chosen = [str(TESTS / name) for name in PYTEST_SUITES[suite] if (TESTS / name).is_dir()]
    if suite in LEFT_OUT:
        chosen.append(f"--ignore={TESTS / LEFT_OUT[suite]}")
    if pattern:
        chosen = names_of(chosen, pattern)
        if not chosen:
            return Outcome(suite)
    marks = "long" if suite == "faults-long" else "not long"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--timeout={HUNG_AFTER_S}", "-m", marks, f"--junitxml={junit}", *chosen]
    code = run_and_log(command, log, {"TESSERA_BINARIES": str(built), "PYTHONDONTWRITEBYTECODE": "1"})
    return finish(Outcome(suite), 0 if code == 5 and suite == "faults-long" else code, log, junit)


def run_fuzz_target(target: Path, logs: Path) -> str:
    """What it found, or nothing. Grows a corpus in the build directory from the committed one."""
    name = target.name.removesuffix("_fuzz")
    corpus, grown = TESTS / "fuzz" / "corpus" / name, builds.ROOT / "build" / "fuzz-corpus" / name
    grown.mkdir(parents=True, exist_ok=True)
    log = logs / f"fuzz-{name}.log"
    command = [str(target), f"-max_total_time={FUZZ_SECONDS}", f"-max_len={FUZZ_BYTES_MAX}", "-timeout=5", "-rss_limit_mb=1024",
               f"-artifact_prefix={logs}/fuzz-{name}-", str(grown), str(corpus)]
    code = run_and_log(command, log, {"ASAN_OPTIONS": sanitizer_environment()["ASAN_OPTIONS"].replace("detect_leaks=0", "detect_leaks=1")})
    said = log.read_text(errors="replace")
    done = re.search(r"^Done (\d+) runs", said, re.M)
    print(f"  {name}: {f'{int(done[1]):,} inputs' if done else 'failed'}", flush=True)
    if code == 0 and done:
        return ""
    found = re.search(r"assertion failed.*|runtime error.*|ERROR: .*", said)
    return f"{name}: {found[0] if found else f'ended with {code}'}\nthe input and its story: {logs}/fuzz-{name}*"


def run_fuzz(pattern: str, logs: Path) -> Outcome:
    built = builds.build(builds.FUZZ, logs, ("fuzz_targets",))
    names = sorted(source.stem for source in (TESTS / "fuzz").glob("*_fuzz.cpp"))
    chosen = [built / "tests" / "fuzz" / name for name in names if fnmatch.fnmatch(name, pattern or "*")]
    outcome = Outcome("fuzz")
    print(f"fuzzing {len(chosen)} targets for {FUZZ_SECONDS} s each …", flush=True)
    with ThreadPoolExecutor(len(LANES)) as pool:
        outcome.failures = [failure for failure in pool.map(lambda target: run_fuzz_target(target, logs), chosen) if failure]
    outcome.failed = len(outcome.failures)
    outcome.passed = len(chosen) - outcome.failed
    return outcome


def run_suite(suite: str, pattern: str, built: Path, logs: Path) -> Outcome:
    begun = time.monotonic()
    try:
        outcome = run_cpp(suite, pattern, built, logs) if suite in CPP_SUITES else run_pytest(suite, pattern, built, logs)
    except (OSError, ElementTree.ParseError) as error:  # no executable, or a report cut short by a crash
        outcome = Outcome(suite, failed=1, failures=[f"{suite}: {error}; the end of {logs / f'{suite}.log'} may say more"])
    outcome.took_s = time.monotonic() - begun
    skipped = f", {len(outcome.skipped)} skipped" if outcome.skipped else ""
    print(f"  {suite}: {outcome.passed} passed, {outcome.failed} failed{skipped} ({outcome.took_s:.0f} s)", flush=True)
    return outcome


def run_on_demand(suite: str, pattern: str, logs: Path) -> list[Outcome]:
    if suite == "fuzz":
        return [run_fuzz(pattern, logs)]
    if suite == "tsan":
        built = builds.build(builds.TSAN, logs)
        return [run_suite(name, pattern, built, logs) for name in ("unit", "keyd", "storage", "protocol", "conformance", "faults")]
    if suite == "bench":
        built = builds.build(builds.RELEASE, logs, builds.BENCH)
        code = subprocess.run([sys.executable, str(TESTS / "bench" / "bench.py"), "--build", str(built)]).returncode
        return [Outcome("bench", passed=int(code == 0), failed=int(code != 0))]
    return [run_suite(suite, pattern, builds.build(builds.SANITIZE, logs), logs)]


def run(suite: str | None, pattern: str, logs: Path) -> int:
    logs.mkdir(parents=True, exist_ok=True)
    try:
        if suite in ON_DEMAND:
            outcomes = run_on_demand(suite, pattern, logs)
        else:
            chosen = (suite,) if suite else DEFAULT
            built = builds.build(builds.SANITIZE, logs, TIDY_TARGETS if chosen == ("tidy",) else ())
            print("testing …", flush=True)
            lanes = [[name for name in lane if name in chosen] for lane in LANES]
            with ThreadPoolExecutor(len(lanes)) as pool:
                done = pool.map(lambda lane: [run_suite(name, pattern, built, logs) for name in lane], lanes)
                outcomes = [outcome for lane in done for outcome in lane]
    except builds.BuildError as error:
        print(error)
        print("0 passed, 1 failed")
        return 1
    return summary(outcomes, logs)


def summary(outcomes: list[Outcome], logs: Path) -> int:
    """What failed, what was skipped and why, and the counts last; the exit status."""
    for outcome in outcomes:
        for failure in outcome.failures:
            print(f"\nFAILED {outcome.suite} {failure}")
    skipped = [each for outcome in outcomes for each in outcome.skipped]
    for reason in dict.fromkeys(reason for reason, _ in skipped):
        names = [name for why, name in skipped if why == reason]
        print(f"{len(names)} skipped: {', '.join(names)}: {reason}")
    passed, failed = sum(each.passed for each in outcomes), sum(each.failed for each in outcomes)
    if failed:
        print(f"\nlogs: {logs}")
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0 or passed == 0)
