"""The harness itself: its plans have the suite's modules, and an OP that answers otherwise than it should is told so.

The answers of the OP under test are changed on their way to a module that passes without that.
"""

import json
import time

import pytest

import checks
import expectations
from jose import Key, claims_of
from modules_basic import REGISTER_THEMSELVES, plan
from modules_config import CONFIG
from modules_logout import BACKCHANNEL, FRONTCHANNEL, RP_INITIATED
from rp import RelyingParty, run
from verdict import Report, Stopped, Verdict

BASIC = plan({})
PLANS = {"config": (CONFIG, 1), "basic": (BASIC, 38), "rp-initiated": (RP_INITIATED, 11), "frontchannel": (FRONTCHANNEL, 2), "backchannel": (BACKCHANNEL, 2)}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_has_as_many_modules_as_the_suites(name):
    modules, count = PLANS[name]
    assert len(modules) == count


@pytest.mark.parametrize("mode", ["query", "form_post"])
@pytest.mark.parametrize("name", PLANS)
def test_what_is_expected_of_us_is_no_less_than_a_certified_op_reaches(name, mode):
    """With static clients; by form post one of the modules whose clients register themselves is less, and known to be."""
    less = {module for module in PLANS[name][0]
            if expectations.expected("tessera", module, "dynamic" if module in REGISTER_THEMSELVES else "static", mode).worth
            < expectations.reference(module).worth}
    assert less == ({expectations.REQUEST_URI} if (name, mode) == ("basic", "form_post") else set())


def test_what_is_expected_otherwise_is_about_modules_there_are():
    known = {module for modules, _ in PLANS.values() for module in modules}
    assert set(expectations.REFERENCE) | REGISTER_THEMSELVES | set().union(*expectations.OTHERWISE.values()) <= known


def test_a_failure_outweighs_a_skip_and_that_a_warning_and_that_a_page():
    report = Report()
    assert report.verdict == Verdict.PASSED
    report.review("a page")
    assert report.verdict == Verdict.REVIEW
    report.should(False, "unusual")
    assert report.verdict == Verdict.WARNING
    with pytest.raises(Stopped):
        report.skip("not offered")
    assert report.verdict == Verdict.SKIPPED
    report.must(False, "wrong")
    assert report.verdict == Verdict.FAILED


# ID tokens ----------------------------------------------------------------------------------------------------------------


def judged(change, key=None, header=None) -> Report:
    """Of an ID token that is good but for the change; a claim that is None is left out."""
    known, now, report = Key("ES256"), int(time.time()), Report()
    claims = {"iss": "https://op.example", "aud": "c", "sub": "s", "iat": now, "exp": now + 600, "nonce": "n"} | change
    token = (key or known).sign({name: value for name, value in claims.items() if value is not None}, header)
    checks.id_token(report, token, {"keys": [known.jwk]}, "https://op.example", "c", "n")
    return report


def test_a_good_id_token_passes():
    assert judged({"auth_time": int(time.time()), "email_verified": True, "aud": ["c"]}).verdict == Verdict.PASSED


@pytest.mark.parametrize("change", [{"iss": "https://op.example/"}, {"aud": "d"}, {"aud": ["d"]}, {"sub": None}, {"sub": ""}, {"sub": "s" * 256}, {"sub": "ü"},
                                    {"iat": None}, {"iat": 1}, {"exp": None}, {"exp": 1}, {"exp": int(time.time()) * 1000}, {"nonce": "m"}, {"nonce": None},
                                    {"acr": ""}, {"auth_time": int(time.time()) + 100_000}, {"email_verified": "true"}, {"updated_at": "1700000000"},
                                    {"address": "1 Main St"}, {"name": ""}, {"birthdate": "02.01.1990"}])
def test_each_wrong_claim_is_found(change):
    assert judged(change).verdict == Verdict.FAILED


def test_a_signature_of_nobody_known_is_found():
    assert judged({}, Key("ES256")).verdict == Verdict.FAILED
    assert judged({}, header={"alg": "none", "kid": "k1"}).verdict == Verdict.FAILED


@pytest.mark.parametrize("members, verdict", [({}, Verdict.PASSED), ({"d": "x"}, Verdict.FAILED), ({"kid": ""}, Verdict.FAILED),
                                              ({"kid": "k2"}, Verdict.FAILED), ({"kty": None}, Verdict.FAILED)])
def test_a_jwks_with_a_secret_or_without_names_is_found(members, verdict):
    report = Report()
    checks.jwks(report, {"keys": [Key("ES256").jwk | members, Key("ES256", "k2").jwk]})
    assert report.verdict == verdict


# Answers changed on their way ---------------------------------------------------------------------------------------------


class Tampered(RelyingParty):
    """`change` maps the answer to an authorization request; `change_json` every JSON document."""

    change = change_json = staticmethod(lambda answer: answer)

    def authorize(self, request, method="GET"):
        visit = super().authorize(request, method)
        if visit.answer is not None:
            visit.answer = self.change(visit.answer)
        return visit

    def send(self, *arguments, **options):
        reply = super().send(*arguments, **options)
        if (reply.headers["Content-Type"] or "").startswith("application/json"):
            reply.body = json.dumps(self.change_json(reply.json)).encode()
        return reply


def verdict_of(op, monkeypatch, name, mode="query", **changes):
    monkeypatch.setattr("rp.RelyingParty", type("Changed", (Tampered,), {what: staticmethod(change) for what, change in changes.items()}))
    return run(op, (BASIC | RP_INITIATED | CONFIG)[name], mode).verdict


def without(name):
    return lambda document: {member: value for member, value in document.items() if member != name}


def with_id_token(change):
    """The claims changed, the signature no more theirs."""
    return lambda document: document | ({"id_token": Key("RS256").sign(claims_of(document["id_token"]) | change)} if "id_token" in document else {})


@pytest.mark.parametrize("name, changes, verdict", [
    ("oidcc-server", {}, Verdict.PASSED),
    ("oidcc-server", {"change": without("state")}, Verdict.FAILED),
    ("oidcc-server", {"change": lambda answer: answer | {"iss": "https://evil.example"}}, Verdict.FAILED),
    ("oidcc-server", {"change": without("code")}, Verdict.FAILED),
    ("oidcc-server", {"change_json": without("id_token")}, Verdict.FAILED),
    ("oidcc-server", {"change_json": without("expires_in")}, Verdict.WARNING),
    ("oidcc-server", {"change_json": with_id_token({})}, Verdict.FAILED),
    ("oidcc-scope-email", {"change_json": without("email")}, Verdict.WARNING),
    ("oidcc-userinfo-get", {"change_json": lambda document: document | ({"sub": "another"} if "sub" in document else {})}, Verdict.FAILED),
    ("oidcc-scope-phone", {"change_json": lambda document: document | ({"scopes_supported": ["openid"]} if "issuer" in document else {})}, Verdict.SKIPPED),
    ("oidcc-prompt-none-not-logged-in", {"change": lambda answer: answer | {"error": "access_denied"}}, Verdict.FAILED),
    ("oidcc-prompt-none-not-logged-in", {"change": lambda answer: answer | {"surprise": "x"}}, Verdict.WARNING),
    ("oidcc-rp-initiated-logout", {"change": lambda answer: answer if "code" in answer else {"code": "c", "state": answer["state"]}}, Verdict.FAILED),
    ("oidcc-discovery-endpoint-verification", {"change_json": without("subject_types_supported")}, Verdict.FAILED),
    ("oidcc-discovery-endpoint-verification", {"change_json": lambda document: document | {"surprise": "x"}}, Verdict.WARNING),
])
def test_what_was_changed_is_found(op, monkeypatch, name, changes, verdict):
    assert verdict_of(op, monkeypatch, name, **changes) == verdict


@pytest.mark.parametrize("name, mode, unheard", [("oidcc-server", "form_post", "response_mode"), ("oidcc-prompt-login", "query", "prompt"),
                                                 ("oidcc-max-age-1", "query", "max_age"),
                                                 ("oidcc-prompt-none-not-logged-in", "query", "prompt"), ("oidcc-server", "query", "nonce")])
def test_an_op_that_does_not_hear_a_parameter_is_found(op, monkeypatch, name, mode, unheard):
    authorize = RelyingParty.authorize
    monkeypatch.setattr(RelyingParty, "authorize", lambda self, request, method="GET": authorize(self, without(unheard)(request), method))
    assert run(op, BASIC[name], mode).verdict == Verdict.FAILED


def test_an_op_that_signs_nobody_out_is_found(op, monkeypatch):
    monkeypatch.setattr(RelyingParty, "confirm", lambda self, visit: visit)
    monkeypatch.setattr(RelyingParty, "logout", lambda self, **parameters: self.visit(self.browser.get(self.op.issuer + "/nowhere")))
    for name in ("", "-no-params", "-bad-id-token-hint"):
        assert run(op, RP_INITIATED["oidcc-rp-initiated-logout" + name]).verdict == Verdict.FAILED
