"""The modules of the three logout plans, by the names the suite gives them."""

import secrets

import checks
from jose import Key, b64url, verify
from modules_basic import NEEDS_A_PERSON
from modules_config import logout_discovery
from op import FRONTCHANNEL_LOGOUT_URI, POST_LOGOUT_REDIRECT_URI
from rp import Flow, RelyingParty, Visit
from signed_in import query_of
from wait import SANITIZER_FACTOR, wait_for

SOON_S = 10 * SANITIZER_FACTOR
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def signed_in(rp: RelyingParty, name="logout", **metadata) -> Flow:
    return rp.flow(rp.client(name, **metadata), state="s" * 64 + "T" * 64)


def is_signed_out(rp: RelyingParty, flow: Flow) -> None:
    """prompt=none finds nobody."""
    request = rp.request(flow.client, prompt="none", state="s" * 64 + "T" * 64)
    rp.refused(request, rp.authorize(request), *NEEDS_A_PERSON)


def new_state() -> str:
    return "~!$'()*,-./:@_" + secrets.token_urlsafe(20)


def came_back(rp: RelyingParty, visit: Visit, state: str | None) -> None:
    """At the post_logout_redirect_uri, with the state that was sent and nothing else."""
    rp.report.require(visit.answer is not None, f"not sent back: {visit.page.status} {visit.page.text[:200]}")
    rp.report.must(visit.uri == POST_LOGOUT_REDIRECT_URI, f"sent to {visit.uri}")
    rp.report.must(visit.answer.get("state") == state, f"state is {visit.answer.get('state')!r}, {state!r} was sent")
    rp.report.should(set(visit.answer) <= {"state"}, f"more than a state: {sorted(visit.answer)}")


def happy(sends_state):
    def module(rp: RelyingParty):
        flow = signed_in(rp)
        state = new_state() if sends_state else None
        visit = rp.logout(id_token_hint=flow.tokens["id_token"], post_logout_redirect_uri=POST_LOGOUT_REDIRECT_URI, state=state)
        came_back(rp, rp.followed(rp.confirm(visit)), state)
        is_signed_out(rp, flow)
    return module


def stays(change):
    """The OP shows an error or asks; it does not send the browser back, not even after a yes."""
    def module(rp: RelyingParty):
        flow = signed_in(rp)
        usual = {"id_token_hint": flow.tokens["id_token"], "post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI, "state": new_state()}
        visit = rp.logout(**(usual | change(rp, flow)))
        rp.report.require(visit.answer is None, f"sent back to {visit.uri}")
        rp.report.require(rp.is_error_page(visit) or rp.asked_to_confirm(visit), f"neither error nor question: {visit.page.status} {visit.page.text[:200]}")
        if rp.asked_to_confirm(visit):
            visit = rp.followed(rp.confirm(visit))
            rp.report.require(visit.answer is None, f"sent back to {visit.uri} after the question")
        rp.report.review("the error page or the question")
    return module


def ends_here(**left_out):
    """Without a way back the OP signs the person out and says so."""
    def module(rp: RelyingParty):
        flow = signed_in(rp)
        usual = {"id_token_hint": flow.tokens["id_token"], "post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI, "state": new_state()}
        visit = rp.confirm(rp.logout(**(usual | left_out)))
        rp.report.require(visit.answer is None, f"sent back to {visit.uri}")
        rp.report.require(visit.page.status == 200 and rp.op.pages.logout_done in visit.page.ids, f"no page that says so: {visit.page.text[:200]}")
        is_signed_out(rp, flow)
        rp.report.review("the page that says so")
    return module


def hint_of_another_key(rp: RelyingParty, flow: Flow) -> dict:
    now = flow.claims["iat"]
    return {"id_token_hint": Key("RS256").sign({"iss": flow.client.id, "sub": "SubjectID", "aud": rp.metadata["issuer"], "nonce": "flibble",
                                                "iat": now, "exp": now + 300})}


def hint_without_signature(rp: RelyingParty, flow: Flow) -> dict:
    payload = flow.tokens["id_token"].split(".")[1]
    return {"id_token_hint": b64url(b'{"alg": "none"}') + f".{payload}."}


def frontchannel(rp: RelyingParty):
    flow = signed_in(rp, "frontchannel", frontchannel_logout_uri=FRONTCHANNEL_LOGOUT_URI, frontchannel_logout_session_required=True)
    state = new_state()
    visit = rp.confirm(rp.logout(id_token_hint=flow.tokens["id_token"], post_logout_redirect_uri=POST_LOGOUT_REDIRECT_URI, state=state))
    frames = [frame for frame in rp.frames(visit) if frame.startswith(FRONTCHANNEL_LOGOUT_URI)] if visit.answer is None else []
    rp.report.require(len(frames) == 1, f"no frame of the RP's: {frames}")
    told = query_of(frames[0])
    rp.report.should(set(told) <= {"iss", "sid"}, f"more than iss and sid: {sorted(told)}")
    rp.report.must(told.get("iss") == rp.metadata["issuer"], f"iss is {told.get('iss')}")
    rp.report.must(told.get("sid") and told["sid"] == flow.claims.get("sid"), f"sid is {told.get('sid')}, the ID token's is {flow.claims.get('sid')}")
    came_back(rp, rp.followed(visit), state)
    is_signed_out(rp, flow)


def backchannel(rp: RelyingParty):
    before = len(rp.op.receiver.tokens)
    flow = signed_in(rp, "backchannel", backchannel_logout_uri=rp.op.receiver.uri, backchannel_logout_session_required=True)
    state = new_state()
    visit = rp.logout(id_token_hint=flow.tokens["id_token"], post_logout_redirect_uri=POST_LOGOUT_REDIRECT_URI, state=state)
    came_back(rp, rp.followed(rp.confirm(visit)), state)
    wait_for("the logout token", lambda: len(rp.op.receiver.tokens) > before, SOON_S)
    rp.report.must(len(rp.op.receiver.tokens) == before + 1, "the RP was told more than once")
    sent = rp.op.receiver.requests[-1]
    rp.report.must(sent["content_type"].split(";")[0] == "application/x-www-form-urlencoded", f"sent as {sent['content_type']}")
    rp.report.should(set(sent["form"]) == {"logout_token"}, f"more than a logout_token: {sorted(sent['form'])}")
    logout_token(rp, flow, sent["form"]["logout_token"][0])
    is_signed_out(rp, flow)


def logout_token(rp: RelyingParty, flow: Flow, token: str) -> None:
    """Back-Channel Logout §2.4."""
    header, claims = verify(token, rp.jwks)
    report = rp.report
    report.must(header.get("alg") == "RS256", f"alg is {header.get('alg')}")
    report.must(claims.get("iss") == rp.metadata["issuer"], f"iss is {claims.get('iss')}")
    audience = claims.get("aud")
    report.must(audience == flow.client.id or (isinstance(audience, list) and flow.client.id in audience), f"aud is {audience}")
    report.must(checks.is_number(claims.get("iat")) and abs(claims["iat"] - flow.claims["iat"]) < checks.SKEW_S, f"iat is {claims.get('iat')}")
    report.must(checks.is_text(claims.get("jti")), "no jti")
    report.must(claims.get("events") == {EVENT: {}}, f"events is {claims.get('events')}")
    report.must("nonce" not in claims, "a nonce")
    report.must("sub" in claims or "sid" in claims, "neither sub nor sid")
    report.must(claims.get("sub", flow.claims["sub"]) == flow.claims["sub"], f"sub is {claims.get('sub')}")
    report.must(claims.get("sid", flow.claims.get("sid")) == flow.claims.get("sid"), f"sid is {claims.get('sid')}")


RP_INITIATED = {f"oidcc-rp-initiated-logout{name}": module for name, module in {
    "-discovery-endpoint-verification": logout_discovery(),
    "": happy(True),
    "-bad-post-logout-redirect-uri": stays(lambda rp, flow: {"post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI.replace("post_", "bad_post_") + "_uri"}),
    "-modified-id-token-hint": stays(hint_without_signature),
    "-no-id-token-hint": stays(lambda rp, flow: {"id_token_hint": None}),
    "-no-params": ends_here(id_token_hint=None, post_logout_redirect_uri=None, state=None),
    "-no-post-logout-redirect-uri": ends_here(post_logout_redirect_uri=None),
    "-no-state": happy(False),
    "-only-state": ends_here(id_token_hint=None, post_logout_redirect_uri=None),
    "-query-added-to-post-logout-redirect-uri": stays(lambda rp, flow: {"post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI + "?foo=bar"}),
    "-bad-id-token-hint": stays(hint_of_another_key),
}.items()}
FRONTCHANNEL = {
    "oidcc-frontchannel-logout-discovery-endpoint-verification": logout_discovery("frontchannel_logout_supported", "frontchannel_logout_session_supported"),
    "oidcc-frontchannel-rp-initiated-logout": frontchannel}
BACKCHANNEL = {
    "oidcc-backchannel-logout-discovery-endpoint-verification": logout_discovery("backchannel_logout_supported", "backchannel_logout_session_supported"),
    "oidcc-backchannel-rp-initiated-logout": backchannel}
