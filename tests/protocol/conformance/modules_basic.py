"""The modules of the plans `basic` and `formpost-basic`, by the names the suite gives them."""

import json
import time

import checks
from code_flow import challenge_of, new_verifier
from jose import b64url, header_of, part
from op import REDIRECT_URI
from rp import Flow, RelyingParty
from wait import wait_for

NEEDS_A_PERSON = ("interaction_required", "login_required", "account_selection_required", "consent_required")


def later(seconds: float, since: float | None = None) -> None:
    """Returns when so much time has passed, now or since then."""
    end = (time.monotonic() if since is None else since) + seconds
    wait_for(f"{seconds} s to pass", lambda: time.monotonic() >= end, seconds + 60)


# Happy flows --------------------------------------------------------------------------------------------------------------


def server(rp: RelyingParty):
    flow = rp.flow()
    checks.random_enough(rp.report, flow.code, 96, "the code")
    rp.report.should("expires_in" in flow.tokens, "no expires_in")
    rp.report.should("name" not in flow.claims, "the ID token has a name nobody asked for")
    checks.at_hash(rp.report, flow.claims, flow.tokens["access_token"], flow.tokens["id_token"])
    checks.only_asked_for(rp.report, flow.claims, flow.request["scope"])


def idtoken_signature(rp: RelyingParty):
    flow = rp.flow()
    header = header_of(flow.tokens["id_token"])
    rp.report.must("kid" in header, "the ID token's header has no kid")
    rp.report.must(header.get("alg") == "RS256", f"the ID token is signed with {header.get('alg')}")


def idtoken_unsigned(rp: RelyingParty):
    if "none" not in rp.metadata.get("id_token_signing_alg_values_supported", []):
        rp.report.skip("none is not in id_token_signing_alg_values_supported")
    client = rp.client(id_token_signed_response_alg="none")
    flow = rp.to_code(rp.request(client), client)
    rp.report.must(header_of(rp.redeem(flow).json["id_token"]).get("alg") == "none", "the ID token is signed")


def with_parameters(**parameters):
    """A request with parameters that must not be in the way."""
    def module(rp: RelyingParty):
        rp.flow(**parameters)
    return module


def without_nonce(rp: RelyingParty):
    client = rp.client()
    rp.to_code(rp.request(client, nonce=None), client)


def login_hint(rp: RelyingParty):
    rp.flow(login_hint=rp.op.username)


def acr_values(rp: RelyingParty):
    asked = " ".join(rp.metadata.get("acr_values_supported", ["1", "2"]))
    acr = rp.flow(acr_values=asked).claims.get("acr")
    rp.report.should(isinstance(acr, str) and acr in asked.split(), f"acr is {acr!r}, asked for was {asked!r}")


def post_request(rp: RelyingParty):
    rp.flow(method="POST")


def secret_post(rp: RelyingParty):
    methods = rp.metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    rp.report.must("client_secret_post" in methods, "client_secret_post is not advertised")
    rp.flow(rp.client("post"))


def pkce(rp: RelyingParty):
    verifier = new_verifier()
    rp.flow(verifier=verifier, code_challenge=challenge_of(verifier), code_challenge_method="S256")


# UserInfo and claims ------------------------------------------------------------------------------------------------------


def judged_userinfo(rp: RelyingParty, flow: Flow, reply) -> dict:
    rp.report.must((reply.headers["Content-Type"] or "").split(";")[0] == "application/json", f"UserInfo is {reply.headers['Content-Type']}")
    claims = reply.json
    checks.standard_claims(rp.report, claims, "UserInfo")
    rp.report.must(claims.get("sub") == flow.claims.get("sub"), f"sub of UserInfo is {claims.get('sub')!r}")
    return claims


def userinfo(how):
    def module(rp: RelyingParty):
        flow = rp.flow()
        reply = rp.userinfo(flow, how)
        if how == "body" and reply.status // 100 != 2:
            rp.report.should(False, "an access token in the body is not taken, which is allowed")
            return
        rp.report.require(reply.status == 200, f"UserInfo answers {reply.status}")
        judged_userinfo(rp, flow, reply)
    return module


def returned_claims(rp: RelyingParty, flow: Flow) -> dict:
    reply = rp.userinfo(flow)
    rp.report.require(reply.status == 200, f"UserInfo answers {reply.status}")
    claims = judged_userinfo(rp, flow, reply)
    wanted = set().union(*(checks.SCOPE_CLAIMS[word] for word in flow.request["scope"].split()))
    rp.report.should(wanted <= set(claims), f"UserInfo lacks {sorted(wanted - set(claims))}")
    return claims


def scope(words, **changes):
    def module(rp: RelyingParty):
        if not set(words.split()) <= set(rp.metadata.get("scopes_supported", [])):
            rp.report.skip(f"{words} is not in scopes_supported")
        returned_claims(rp, rp.flow(scope=words, **changes))
    return module


def alternate_happy_flow(rp: RelyingParty):
    """The words of the scope and the parameters in another order."""
    client = rp.client()
    request = dict(reversed(sorted(rp.request(client, "email openid").items())))
    returned_claims(rp, rp.to_tokens(rp.to_code(request, client)))


def claims_essential(rp: RelyingParty):
    flow = rp.flow(claims=json.dumps({"userinfo": {"name": {"essential": True}}}))
    rp.report.should("name" in returned_claims(rp, flow), "UserInfo lacks the name that was asked for")
    rp.report.should("name" not in flow.claims, "the ID token has the name that was asked for of UserInfo")


# Sessions -----------------------------------------------------------------------------------------------------------------


def not_logged_in(rp: RelyingParty):
    client = rp.client()
    request = rp.request(client, prompt="none", state="s" * 64 + "T" * 64)
    rp.refused(request, rp.authorize(request), *NEEDS_A_PERSON)


def same_twice(rp: RelyingParty, first: dict, second) -> tuple[Flow, Flow]:
    """Two authorizations in one browser, the second without a sign-in and of the same person at the same time."""
    client = rp.client()
    one = rp.flow(client, **first)
    two = rp.flow(client, **(second(one) if callable(second) else second))
    rp.report.must(two.visit.sign_ins == 0, "the person had to sign in again")
    rp.report.must(one.claims.get("sub") == two.claims.get("sub"), "another sub")
    if "auth_time" in one.claims and "auth_time" in two.claims:
        rp.report.must(one.claims["auth_time"] == two.claims["auth_time"], "another auth_time")
    return one, two


def logged_in(rp: RelyingParty):
    same_twice(rp, {}, {"prompt": "none"})


def id_token_hint(rp: RelyingParty):
    same_twice(rp, {}, lambda one: {"prompt": "none", "id_token_hint": one.tokens["id_token"]})


def max_age_10000(rp: RelyingParty):
    for flow in same_twice(rp, {"max_age": "15000"}, {"max_age": "10000"}):
        rp.report.must("auth_time" in flow.claims, "max_age was sent and auth_time is missing")


def signs_in_again(wait_s, needs_auth_time, **second):
    def module(rp: RelyingParty):
        client = rp.client()
        one = rp.flow(client)
        later(wait_s)
        two = rp.flow(client, **second)
        rp.report.require(two.visit.sign_ins > 0, "nobody was asked to sign in again")
        rp.report.must(not needs_auth_time or "auth_time" in two.claims, "auth_time is missing")
        if "auth_time" in one.claims and "auth_time" in two.claims:
            rp.report.must(two.claims["auth_time"] > one.claims["auth_time"], "auth_time did not move on")
        rp.report.must(two.claims.get("auth_time", time.time()) > time.time() - checks.SKEW_S, "auth_time is old")
        rp.report.review("the second sign-in page")
    return module


# Codes and refresh tokens -------------------------------------------------------------------------------------------------


def code_reuse(rp: RelyingParty):
    flow = rp.flow()
    reply = rp.redeem(flow)
    if reply.status == 200:
        rp.report.should(False, "a code was redeemed twice")
    else:
        checks.invalid_grant(rp.report, reply)


def code_reuse_later(used: dict):
    """`used` is {mode: (flow, when)} of codes that were redeemed when the run began, so that their 30 s pass beside the other modules."""
    def module(rp: RelyingParty):
        flow, when = used[rp.mode] if rp.registration == "static" else (rp.flow(), time.monotonic())
        later(30, since=when)
        checks.invalid_grant(rp.report, rp.redeem(flow))
        rp.report.should(400 <= rp.userinfo(flow).status < 500, "the first access token goes on working")
    return module


def refreshed(rp: RelyingParty, flow: Flow, **more) -> None:
    later(1.1)
    reply = rp.token(flow.client, grant_type="refresh_token", refresh_token=flow.tokens["refresh_token"], **more)
    rp.report.must("no-store" in (reply.headers["Cache-Control"] or ""), "a refresh answer may be kept")
    rp.report.require(reply.status == 200 and checks.is_text(reply.json.get("access_token")), f"refreshing answers {reply.status} {reply.body}")
    new, old = reply.json, flow.claims
    rp.report.must(new.get("token_type", "").lower() == "bearer", f"token_type is {new.get('token_type')}")
    rp.report.must(checks.VISIBLE.fullmatch(new["access_token"]), "characters no access token has")
    rp.report.should("expires_in" in new, "no expires_in")
    if "refresh_token" in new:
        checks.random_enough(rp.report, new["refresh_token"], 96, "the refresh token")
    if "id_token" in new:
        claims = checks.claims_of(new["id_token"])
        rp.report.must(all(claims.get(name) == old.get(name) for name in ("iss", "sub", "aud", "azp")), "the refreshed ID token is another's")
        rp.report.must(claims.get("iat") != old.get("iat"), "iat is the first one's")
        rp.report.must(claims.get("auth_time", old.get("auth_time")) == old.get("auth_time"), "another auth_time")
    flow.tokens = flow.tokens | new
    rp.report.must(rp.userinfo(flow).status == 200, "UserInfo refuses the new access token")


def refresh_token(rp: RelyingParty):
    offline = "offline_access" in rp.metadata.get("scopes_supported", [])
    asks = {"scope": "openid offline_access", "prompt": "consent"} if offline else {"scope": "openid"}
    grants = {"grant_types": ["authorization_code", "refresh_token"]}
    for name in ("first", "second"):
        client = rp.client(name, **grants)
        flow = rp.to_tokens(rp.to_code(rp.request(client, **asks), client))
        if "refresh_token" not in flow.tokens:
            rp.report.should("refresh_token" not in rp.metadata.get("grant_types_supported", []), "refresh_token is advertised")
            rp.report.skip("no refresh token was issued")
        rp.report.should("refresh_token" in rp.metadata.get("grant_types_supported", ["refresh_token"]), "refresh_token is not advertised")
        rp.report.must(checks.VISIBLE.fullmatch(flow.tokens["refresh_token"]), "characters no refresh token has")
        refreshed(rp, flow, **({"scope": asks["scope"]} if name == "first" else {}))
        if name == "first":
            other = client
    checks.invalid_grant(rp.report, rp.token(other, grant_type="refresh_token", refresh_token=flow.tokens["refresh_token"]))


# Refusals -----------------------------------------------------------------------------------------------------------------


def response_type_missing(rp: RelyingParty):
    request = rp.request(rp.client(), response_type=None)
    visit = rp.authorize(request)
    if visit.answer is None:
        rp.report.require(rp.is_error_page(visit), f"neither an error page nor an answer: {visit.page.status} {visit.page.text[:200]}")
        rp.report.review("the error page")
    else:
        rp.refused(request, visit, "invalid_request", "unsupported_response_type")


def registered_redirect_uri(rp: RelyingParty):
    visit = rp.authorize(rp.request(rp.client(), redirect_uri=REDIRECT_URI + "/ab12CD34ef"))
    rp.report.require(visit.answer is None, f"the browser was sent to {visit.uri}")
    rp.report.require(rp.is_error_page(visit), f"no error page: {visit.page.status} {visit.page.text[:200]}")
    rp.report.review("the error page")


# Request objects ----------------------------------------------------------------------------------------------------------


def unsigned(request: dict) -> str:
    return f"{part({'alg': 'none'})}.{b64url(json.dumps(request).encode())}."


def outside(request: dict) -> dict:
    """What has to stand beside a request object (OpenID Connect Core §6.1)."""
    return {name: request[name] for name in ("response_type", "client_id", "scope", "redirect_uri")}


def skip_unless_unsigned_may_be(rp: RelyingParty) -> None:
    algorithms = rp.metadata.get("request_object_signing_alg_values_supported")
    if algorithms is not None and "none" not in algorithms:
        rp.report.skip("none is not in request_object_signing_alg_values_supported")


def finish_or_skip(rp: RelyingParty, client, request, visit, error, advertised) -> None:
    """The object was read, or refused as not supported where the RP can hear it."""
    if visit.answer is not None and visit.answer.get("error") == error:
        rp.report.must(visit.by == rp.mode, f"the refusal came by {visit.by}")
        if rp.report.failures:
            return
        rp.report.skip(error)
    rp.report.should(rp.metadata.get(advertised, advertised == "request_uri_parameter_supported"), f"{advertised} is not true")
    answer = rp.callback(request, visit)
    rp.report.require("code" in answer, f"refused: {answer}")
    rp.to_tokens(Flow(client, request, visit, answer["code"]))


def unsigned_request(rp: RelyingParty):
    client = rp.client()
    request = rp.request(client)
    skip_unless_unsigned_may_be(rp)
    visit = rp.authorize(outside(request) | {"request": unsigned(request)})
    finish_or_skip(rp, client, request, visit, "request_not_supported", "request_parameter_supported")


def unsigned_request_uri(rp: RelyingParty):
    uri = REDIRECT_URI.replace("callback", "requesturi/" + "a1" * 32) + "#" + "h" * 43
    client = rp.client(request_uris=[uri])
    request = rp.request(client)
    skip_unless_unsigned_may_be(rp)
    visit = rp.authorize(outside(request) | {"request_uri": uri})
    finish_or_skip(rp, client, request, visit, "request_uri_not_supported", "request_uri_parameter_supported")


def request_object_with_redirect_uri(rp: RelyingParty):
    """A good redirect URI in the object and a bad one beside it: the object's counts, or it is an error page."""
    client = rp.client()
    request = rp.request(client)
    skip_unless_unsigned_may_be(rp)
    visit = rp.authorize(outside(request) | {"redirect_uri": REDIRECT_URI + "_invalid", "request": unsigned(request)})
    if visit.answer is None:
        rp.report.require(rp.is_error_page(visit), f"neither an error page nor an answer: {visit.page.status} {visit.page.text[:200]}")
        rp.report.review("the error page")
        return
    rp.report.require(visit.answer.get("error") != "request_not_supported", "the object's redirect_uri is used, and the object is refused")
    finish_or_skip(rp, client, request, visit, "", "request_parameter_supported")


# The plan -----------------------------------------------------------------------------------------------------------------

# Their clients register themselves in the suite, whatever the plan says of the others.
REGISTER_THEMSELVES = {"oidcc-idtoken-signature", "oidcc-idtoken-unsigned", "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported"}


def plan(used: dict) -> dict:
    return {f"oidcc-{name}": module for name, module in {
        "server": server,
        "response-type-missing": response_type_missing,
        "idtoken-signature": idtoken_signature,
        "idtoken-unsigned": idtoken_unsigned,
        "userinfo-get": userinfo("GET"),
        "userinfo-post-header": userinfo("POST"),
        "userinfo-post-body": userinfo("body"),
        "ensure-request-without-nonce-succeeds-for-code-flow": without_nonce,
        "scope-profile": scope("openid profile"),
        "scope-email": scope("openid email"),
        "scope-address": scope("openid address"),
        "scope-phone": scope("openid phone"),
        "scope-all": scope("openid email phone address profile"),
        "alternate-happy-flow": alternate_happy_flow,
        "display-page": with_parameters(display="page"),
        "display-popup": with_parameters(display="popup"),
        "prompt-login": signs_in_again(1.1, False, prompt="login"),
        "prompt-none-not-logged-in": not_logged_in,
        "prompt-none-logged-in": logged_in,
        "max-age-1": signs_in_again(2.1, True, max_age="1"),
        "max-age-10000": max_age_10000,
        "ensure-request-with-unknown-parameter-succeeds": with_parameters(extra="foobar"),
        "id-token-hint": id_token_hint,
        "login-hint": login_hint,
        "ui-locales": with_parameters(ui_locales="se"),
        "claims-locales": with_parameters(claims_locales="se"),
        "ensure-request-with-acr-values-succeeds": acr_values,
        "codereuse": code_reuse,
        "ensure-registered-redirect-uri": registered_redirect_uri,
        "ensure-post-request-succeeds": post_request,
        "server-client-secret-post": secret_post,
        "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": unsigned_request_uri,
        "unsigned-request-object-supported-correctly-or-rejected-as-unsupported": unsigned_request,
        "claims-essential": claims_essential,
        "ensure-request-object-with-redirect-uri": request_object_with_redirect_uri,
        "refresh-token": refresh_token,
        "ensure-request-with-valid-pkce-succeeds": pkce,
        "codereuse-30seconds": code_reuse_later(used),
    }.items()}
