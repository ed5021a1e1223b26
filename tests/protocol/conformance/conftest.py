"""The OP under test: Tessera, or npm's oidc-provider with TESSERA_CONFORMANCE_OP=oidc-provider.

TESSERA_CONFORMANCE_REGISTRATION=dynamic lets every client register itself, as the suite's variant client_registration=dynamic_client does.
TESSERA_CONFORMANCE_RESULTS names a file for the verdicts, as JSON.
"""

import json
import os
import time
from pathlib import Path

import pytest

import expectations
from logout_receiver import LogoutReceiver
from modules_basic import REGISTER_THEMSELVES
from ours import tessera
from peer_op import oidc_provider
from rp import run
from wait import wait_for


def pytest_collection_modifyitems(items):
    """The module that comes back after 30 s is the last one of this folder, so that there is little left to wait for."""
    here = [index for index, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    for index, item in zip(here, sorted((items[index] for index in here), key=lambda item: "codereuse-30seconds" in item.name)):
        items[index] = item


@pytest.fixture(scope="session")
def op(request, tmp_path_factory):
    with LogoutReceiver() as receiver:
        if os.environ.get("TESSERA_CONFORMANCE_OP", "tessera") == "oidc-provider":
            with oidc_provider(tmp_path_factory.mktemp("peer"), receiver) as peer:
                yield peer
        else:
            yield tessera(request.getfixturevalue("stack"), request.getfixturevalue("nodes"), receiver)


@pytest.fixture(scope="session")
def used_codes(op):
    """{mode: (flow, when)}: codes redeemed now, for the module that comes back to them 30 s later."""
    flows = {}

    def redeemed(mode):
        def module(rp):
            flows[mode] = (rp.flow(), time.monotonic())
        run(op, module, mode)
        return mode in flows
    for mode in ("query", "form_post"):
        wait_for("the OP's first tokens", lambda mode=mode: redeemed(mode), 60)  # whatever a server does when it has just begun
    return flows


@pytest.fixture(scope="session")
def verdicts():
    """{test: [verdict, why]}"""
    found = {}
    yield found
    if path := os.environ.get("TESSERA_CONFORMANCE_RESULTS"):
        Path(path).write_text(json.dumps(found, indent=1))


@pytest.fixture
def judge(op, verdicts, request):
    """judge(name, module): runs it and holds its verdict against what is expected of this OP."""
    def judged(name, module, mode="query"):
        dynamic = os.environ.get("TESSERA_CONFORMANCE_REGISTRATION") == "dynamic" or name in REGISTER_THEMSELVES
        registration = "dynamic" if dynamic else "static"
        report = run(op, module, mode, registration)
        verdicts[request.node.name] = [report.verdict.value, str(report)]
        expected = expectations.expected(op.name, name, registration, mode)
        assert report.verdict == expected, f"{report.verdict.value}, expected was {expected.value}: {report}"
    return judged
