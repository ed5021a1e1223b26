"""Building: one directory a flavour, progress on the terminal, everything else in a log."""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Flavour:
    name: str
    options: tuple[str, ...]


RELEASE = Flavour("release", ("--buildtype=release",))
SANITIZE = Flavour("sanitize", ("--buildtype=debug", "-Db_sanitize=address,undefined", "-Db_lundef=false"))
TSAN = Flavour("tsan", ("--buildtype=debugoptimized", "-Db_sanitize=thread", "-Db_lundef=false"))
FUZZ = Flavour("fuzz", ("--buildtype=debugoptimized", "-Db_sanitize=address,undefined", "-Db_lundef=false", "-Dfuzz=true"))
# What an instance runs, and what the benchmark runs beside it: the rest of a build is tests.
PRODUCT = ("daemon/tessera", "keyd/tessera-keyd")
BENCH = (*PRODUCT, "tests/bench/raw_sign")


class BuildError(Exception):
    pass


def environment() -> dict[str, str]:
    settings = {
        "CXX": "ccache clang++-19", "CC": "ccache clang-19", "CXX_LD": "mold", "CC_LD": "mold",
        # A precompiled header names absolute paths, so what one checkout compiled is of no use to another.
        "CCACHE_SLOPPINESS": "pch_defines,time_macros", "CCACHE_NAMESPACE": str(ROOT),
    }
    return {**os.environ, **settings}


def run_logged(command: list[str], log: Path, what: str) -> None:
    """Runs a command with its output in `log`, showing ninja's [n/m] now and then. Raises BuildError with the log's end."""
    interactive = sys.stdout.isatty()
    shown = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, errors="replace")
        for line in process.stdout:
            out.write(line)
            step = re.match(r"\[(\d+)/(\d+)\]", line)
            if step and time.monotonic() - shown > (0.5 if interactive else 20):
                shown = time.monotonic()
                print(f"  {what} {step[1]}/{step[2]}", end="\r" if interactive else "\n", flush=True)
    if process.wait() != 0:
        tail = log.read_text(errors="replace").splitlines()
        first = next((index for index, line in enumerate(tail) if "FAILED" in line or "error:" in line or "ERROR" in line), max(len(tail) - 30, 0))
        raise BuildError(f"{what} failed; the whole log is {log}\n" + "\n".join(tail[first:first + 30]))


def build(flavour: Flavour, logs: Path, targets: tuple[str, ...] = ()) -> Path:
    """Configures when needed, builds, returns the build directory."""
    directory = ROOT / "build" / flavour.name
    logs.mkdir(parents=True, exist_ok=True)
    if not (directory / "build.ninja").exists():
        shutil.rmtree(directory, ignore_errors=True)
        print(f"configuring {flavour.name} …", flush=True)
        run_logged(["meson", "setup", str(directory), *flavour.options], logs / f"configure-{flavour.name}.log", "configuring")
    print(f"building {flavour.name} …", flush=True)
    run_logged(["ninja", "-C", str(directory), *targets], logs / f"build-{flavour.name}.log", "building")
    return directory


def install_binaries(built: Path, into: Path) -> list[str]:
    """Copies the two binaries where every user may run them. Returns the names of those that changed."""
    changed = []
    for folder, name in (("daemon", "tessera"), ("keyd", "tessera-keyd")):
        source, target = built / folder / name, into / folder / name
        if target.exists() and same_content(source, target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        for parent in (into, target.parent):
            parent.chmod(0o755)
        partial = target.with_suffix(".new")
        shutil.copyfile(source, partial)
        partial.chmod(0o755)
        partial.replace(target)
        changed.append(name)
    return changed


def same_content(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
