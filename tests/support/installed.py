"""Packages of other registries than Debian's, installed once by lock file into .tessera."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import builds


def installed(place: str, sources: list[Path], install) -> Path:
    """A directory under .tessera that `install` filled from exactly these files."""
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    directory = builds.ROOT / ".tessera" / f"{place}-{digest}"
    if not (directory / "done").exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        install(directory)
        (directory / "done").touch()
    return directory


def run(*command, **options) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
    return done.stdout
