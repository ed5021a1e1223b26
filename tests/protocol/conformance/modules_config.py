"""The modules that only read documents: plan `config`, and the first module of each logout plan."""

import re
import urllib.parse

import checks
from rp import RelyingParty

# docs/spec-map.md F.1 and the registry of RFC 8414 §7.1; another member is unusual, not wrong.
KNOWN_MEMBERS = {
    "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint", "scopes_supported", "response_types_supported",
    "response_modes_supported", "grant_types_supported", "service_documentation", "op_policy_uri", "op_tos_uri", "revocation_endpoint",
    "introspection_endpoint", "code_challenge_methods_supported", "userinfo_endpoint", "end_session_endpoint", "check_session_iframe",
    "subject_types_supported", "display_values_supported", "claim_types_supported", "claims_supported", "claims_parameter_supported",
    "request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration", "acr_values_supported",
    "pushed_authorization_request_endpoint", "require_pushed_authorization_requests", "authorization_details_types_supported",
    "backchannel_authentication_endpoint", "backchannel_token_delivery_modes_supported", "backchannel_user_code_parameter_supported",
    "mtls_endpoint_aliases", "tls_client_certificate_bound_access_tokens", "signed_metadata", "authorization_response_iss_parameter_supported",
    "device_authorization_endpoint", "require_signed_request_object", "prompt_values_supported", "client_id_metadata_document_supported",
    "protected_resources"}
KNOWN_ENDINGS = ("_locales_supported", "_alg_values_supported", "_enc_values_supported", "_auth_methods_supported", "logout_supported",
                 "logout_session_supported")
RESPONSE_TYPES = {"code", "code id_token", "id_token", "id_token token", "token id_token", "code id_token token", "code token"}


def is_https(value) -> bool:
    return isinstance(value, str) and urllib.parse.urlsplit(value).scheme == "https" and bool(urllib.parse.urlsplit(value).netloc)


def endpoints_are_https(rp: RelyingParty):
    for name, value in rp.metadata.items():
        if name.endswith("_endpoint"):
            rp.report.must(is_https(value), f"{name} is {value!r}")


def arrays_are_arrays(rp: RelyingParty):
    for name, value in rp.metadata.items():
        if name.endswith(("_supported", "_parameter_supported")) and not isinstance(value, bool):
            rp.report.must(isinstance(value, list) and all(isinstance(each, str) for each in value), f"{name} is {value!r}")


def discovery(rp: RelyingParty):
    metadata, report = rp.metadata, rp.report
    report.must(set(metadata.get("response_types_supported", [])) & RESPONSE_TYPES, "no response type of OpenID Connect")
    report.must(metadata["issuer"] == rp.op.issuer, f"issuer is {metadata['issuer']}")
    report.must(is_https(metadata["issuer"]) and not urllib.parse.urlsplit(metadata["issuer"]).query, "the issuer is no https URL")
    arrays_are_arrays(rp)
    unknown = [name for name in metadata if name not in KNOWN_MEMBERS and not name.endswith(KNOWN_ENDINGS)]
    report.should(not unknown, f"members nobody registered: {unknown}")
    report.must(metadata.get("subject_types_supported"), "no subject_types_supported")
    report.must("RS256" in metadata.get("id_token_signing_alg_values_supported", []), "RS256 is not offered for ID tokens")
    report.must(is_https(metadata["authorization_endpoint"]) and is_https(metadata["token_endpoint"]) and is_https(metadata["jwks_uri"]), "no https")
    report.should("userinfo_endpoint" in metadata, "no userinfo_endpoint")
    objects = metadata.get("request_object_signing_alg_values_supported")
    report.should(objects is None or "RS256" in objects, "request objects are read and RS256 is not among their algorithms")
    report.should(metadata.get("claims_supported"), "no claims_supported")
    report.must(metadata.get("grant_types_supported", ["authorization_code"]), "grant_types_supported is empty")
    scopes = metadata.get("scopes_supported")
    report.should(scopes is not None, "no scopes_supported")
    report.must(scopes is None or "openid" in scopes, "openid is not in scopes_supported")
    report.must(all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", word) for word in scopes or []), f"no scopes: {scopes}")
    report.must(all(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", tag) for tag in metadata.get("ui_locales_supported", [])), "ui_locales_supported")
    report.must(isinstance(metadata.get("code_challenge_methods_supported", []), list), "code_challenge_methods_supported")
    endpoints_are_https(rp)
    checks.jwks(report, rp.jwks)


def logout_discovery(*members):
    """end_session_endpoint, and what else the plan needs, said to be there."""
    def module(rp: RelyingParty):
        endpoints_are_https(rp)
        rp.report.must(is_https(rp.metadata.get("end_session_endpoint")), "no end_session_endpoint")
        for name in members:
            rp.report.must(rp.metadata.get(name) is True, f"{name} is {rp.metadata.get(name)!r}")
    return module


CONFIG = {"oidcc-discovery-endpoint-verification": discovery}
