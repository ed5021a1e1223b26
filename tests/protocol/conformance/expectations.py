"""What each module ends with: the reference of docs/spec-map.md B.6, and where an OP ends otherwise and why."""

from verdict import Verdict

P, R, S, F = Verdict.PASSED, Verdict.REVIEW, Verdict.SKIPPED, Verdict.FAILED
LOGOUT = "oidcc-rp-initiated-logout"
REQUEST_OBJECT = "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported"
REQUEST_OBJECT_URI = "oidcc-ensure-request-object-with-redirect-uri"
REQUEST_URI = "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported"

# A certified OP's best; a module that is not here is PASSED.
REFERENCE = {
    "oidcc-prompt-login": R, "oidcc-max-age-1": R, "oidcc-ensure-registered-redirect-uri": R,
    "oidcc-idtoken-unsigned": S, REQUEST_OBJECT: S, REQUEST_OBJECT_URI: S, REQUEST_URI: S,
    **{f"{LOGOUT}-{name}": R for name in ("bad-post-logout-redirect-uri", "modified-id-token-hint", "no-id-token-hint", "no-params",
                                          "no-post-logout-redirect-uri", "only-state", "query-added-to-post-logout-redirect-uri", "bad-id-token-hint")}}

# By OP and by how clients come to be; what holds for static ones holds for the others.
OTHERWISE = {
    ("tessera", "static"): {
        # docs/adr/0092: an object is refused, and what is wrong beside it is a page first.
        REQUEST_OBJECT_URI: R},
    ("tessera", "dynamic"): {
        # What registers itself has the profile web_confidential: PKCE, or a nonce.
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow": F},
    ("oidc-provider", "static"): {
        # It has no front-channel logout since version 7.
        "oidcc-frontchannel-logout-discovery-endpoint-verification": F, "oidcc-frontchannel-rp-initiated-logout": F},
    ("oidc-provider", "dynamic"): {}}


def reference(module: str) -> Verdict:
    return REFERENCE.get(module, P)


def expected(op: str, module: str, registration: str = "static", mode: str = "query") -> Verdict:
    if (op, module, mode) == ("tessera", REQUEST_URI, "form_post"):
        # docs/adr/0092: that the answer is wanted by form_post stands in an object that is never fetched.
        return F
    otherwise = OTHERWISE[op, "static"] | (OTHERWISE[op, "dynamic"] if registration == "dynamic" else {})
    return otherwise.get(module, reference(module))
