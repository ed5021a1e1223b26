#!/usr/bin/python3
"""Compiles a TypeScript project: usage: compile.py TSCONFIG CACHE OUT=in1.ts,in2.ts …

The compiler comes from npm by web/package-lock.json, once, into CACHE. Each OUT is the scripts made of its inputs, one after
the other. A type error ends the build.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def compiler(cache: Path) -> Path:
    """Several builds may need it at once: one installs, the others wait."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    directory = cache / f"npm-{digest}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "done").exists():
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, directory)
            run("npm", "ci", "--no-audit", "--no-fund", cwd=directory)
            (directory / "done").touch()
    return directory / "node_modules" / "typescript" / "bin" / "tsc"


def main() -> None:
    project, cache, *wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as made:
        run("node", str(compiler(Path(cache))), "--project", project, "--outDir", made)
        for each in wanted:
            out, sources = each.split("=")
            scripts = [(Path(made) / name).with_suffix(".js").read_text() for name in sources.split(",")]
            Path(out).write_text("".join(scripts))


if __name__ == "__main__":
    main()
