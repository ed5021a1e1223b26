"""What T-07 and T-27 ask for and no module of the suite tries: the error by its name, a client_id beside the hint, a hint that has expired."""

import contextlib
import shutil
import time

import pytest

from jose import claims_of
from modules_logout import signed_in
from op import POST_LOGOUT_REDIRECT_URI
from ports import free_port
from rp import RelyingParty
from verdict import Report
from wire import Node

AHEAD_S = 1200  # twice the life of an ID token, and less than a session idles


@pytest.fixture
def rp(op):
    party = RelyingParty(op, Report())
    yield party.discover()
    assert not party.report.failures, str(party.report)


def is_signed_out(rp, flow):
    request = rp.request(flow.client, prompt="none")
    rp.refused(request, rp.authorize(request), "login_required")
    return not rp.report.failures


def test_prompt_none_after_a_logout_is_answered_login_required(rp):
    flow = signed_in(rp)
    assert "code" in rp.authorize(rp.request(flow.client, prompt="none")).answer
    visit = rp.confirm(rp.logout(id_token_hint=flow.tokens["id_token"], post_logout_redirect_uri=POST_LOGOUT_REDIRECT_URI))
    assert visit.uri == POST_LOGOUT_REDIRECT_URI and visit.answer == {}
    assert is_signed_out(rp, flow)


def test_a_logout_may_name_its_client_and_must_name_the_hints(rp):
    flow = signed_in(rp)
    asked = {"id_token_hint": flow.tokens["id_token"], "post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI}
    visit = rp.confirm(rp.logout(**asked, client_id=rp.op.clients["second"].id))
    assert visit.answer is None and rp.is_error_page(visit)
    visit = rp.confirm(rp.logout(**asked, client_id=flow.client.id))
    assert visit.uri == POST_LOGOUT_REDIRECT_URI and is_signed_out(rp, flow)


def test_the_tokens_of_the_session_end_with_it(rp):
    flow = rp.flow(rp.client("first"))
    refresh = flow.tokens.get("refresh_token")
    rp.confirm(rp.logout(id_token_hint=flow.tokens["id_token"]))
    assert is_signed_out(rp, flow)
    if refresh:
        assert rp.token(flow.client, grant_type="refresh_token", refresh_token=refresh).error == "invalid_grant"


@contextlib.contextmanager
def front_of_later(stack, built, seconds):
    """A front whose wall clock is ahead by so much (tests/support/clock_shift)."""
    library, shift = stack.directory / "bin" / "clock_shift.so", stack.directory / "conf" / "later"
    library.parent.mkdir(exist_ok=True)
    shutil.copy(built / "tests" / "support" / "clock_shift" / "clock_shift.so", library)
    shift.write_text(str(seconds))
    ahead, port, spawn = {"LD_PRELOAD": str(library), "CLOCK_SHIFT_FILE": str(shift)}, free_port(), stack.spawn
    stack.spawn = lambda name, command, who, extra=None: spawn(name, command, who, (extra or {}) | ahead)
    try:
        stack.start_serve("tessera-serve-later", port=port, admin_port=free_port())
    finally:
        stack.spawn = spawn
    try:
        yield Node("localhost", port, str(stack.ca_file))
    finally:
        stack.stop("tessera-serve-later")


@pytest.fixture(scope="module")
def later(op, request):
    """Where every ID token of now has expired."""
    if op.name != "tessera":
        pytest.skip("another OP's clock is not ours to move")
    with front_of_later(request.getfixturevalue("stack"), request.getfixturevalue("built"), AHEAD_S) as node:
        yield node


def signed_in_a_while_ago(rp, later):
    flow = signed_in(rp)
    assert claims_of(flow.tokens["id_token"])["exp"] < time.time() + AHEAD_S
    rp.browser.nodes = [later]
    return flow


def test_an_expired_hint_signs_its_own_session_out(rp, later):
    """RP-Initiated Logout §2: the RP need not keep its ID tokens fresh."""
    flow = signed_in_a_while_ago(rp, later)
    visit = rp.logout(id_token_hint=flow.tokens["id_token"], post_logout_redirect_uri=POST_LOGOUT_REDIRECT_URI, state="s")
    assert visit.uri == POST_LOGOUT_REDIRECT_URI and visit.answer == {"state": "s"}, (visit.page.status, visit.page.text)
    rp.browser.nodes = rp.op.nodes
    assert is_signed_out(rp, flow)


def test_an_expired_hint_names_its_person(rp, later):
    """OpenID Connect Core §3.1.2.2: at the authorization endpoint, too."""
    flow = signed_in_a_while_ago(rp, later)
    request = rp.request(flow.client, prompt="none", id_token_hint=flow.tokens["id_token"])
    assert "code" in rp.callback(request, rp.authorize(request))
