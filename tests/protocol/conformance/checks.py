"""What the suite asks of each document and token, one function for one of them. Nothing here sends a request."""

import base64
import hashlib
import math
import re
import time

from cryptography.exceptions import InvalidSignature

from jose import claims_of, header_of, verify

SKEW_S = 300
SCOPE_CLAIMS = {
    "openid": {"sub"},
    "profile": {"name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture", "website", "gender", "birthdate", "zoneinfo",
                "locale", "updated_at", "preferred_username"},
    "email": {"email", "email_verified"}, "address": {"address"}, "phone": {"phone_number", "phone_number_verified"}, "offline_access": set()}
PROTOCOL_CLAIMS = {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "s_hash", "nbf", "jti", "sid", "txn"}
BOOLEANS = {"email_verified", "phone_number_verified"}
ADDRESS = {"formatted", "street_address", "locality", "region", "postal_code", "country"}
# RFC 6749 §4.1.2.1 and §5.2.
ERROR_TEXT = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")
VISIBLE = re.compile(r"[\x20-\x7e]+")


def is_text(value) -> bool:
    return isinstance(value, str) and value.strip() != "" and value.lower() != "null"


def is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_birthdate(value) -> bool:
    return is_text(value) and re.fullmatch(r"(0000|(18[5-9]|19\d|20\d)\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|(18[5-9]|19\d|20\d)\d", value) is not None


def is_address(value) -> bool:
    return isinstance(value, dict) and value and all(is_text(part) for name, part in value.items() if name in ADDRESS)


def standard_claims(report, claims: dict, where: str) -> None:
    """OpenID Connect Core §5.1: types, and nothing empty."""
    for name in set().union(*SCOPE_CLAIMS.values()) & set(claims):
        value = claims[name]
        if name in BOOLEANS:
            good = isinstance(value, bool)
        else:
            good = {"updated_at": is_number, "birthdate": is_birthdate, "address": is_address}.get(name, is_text)(value)
        report.must(good, f"{where}: {name} is {value!r}")
    if is_number(updated := claims.get("updated_at")):
        report.must(631152000 <= updated <= time.time() + SKEW_S, f"{where}: updated_at {updated} is no time a person's data changed")


def id_token(report, token: str, jwks: dict, issuer: str, client_id: str, nonce: str | None) -> dict:
    """OpenID Connect Core §3.1.3.7. Returns the claims."""
    report.require(token.count(".") == 2, "the ID token is no JWS")
    try:
        verify(token, jwks)
    except (InvalidSignature, StopIteration, KeyError, ValueError) as error:
        report.must(False, f"the ID token's signature does not verify: {error!r}")
    claims, now = claims_of(token), time.time()
    report.must(claims.get("iss") == issuer, f"iss is {claims.get('iss')}")
    audience = claims.get("aud")
    report.must(audience == client_id or (isinstance(audience, list) and client_id in audience), f"aud is {audience}")
    report.must(is_number(claims.get("exp")) and now - SKEW_S < claims["exp"] < now + 50 * 365 * 86400, f"exp is {claims.get('exp')}")
    report.must(is_number(claims.get("iat")) and abs(claims["iat"] - now) < SKEW_S, f"iat is {claims.get('iat')}")
    if "auth_time" in claims:
        report.must(is_number(claims["auth_time"]) and now - 365 * 86400 < claims["auth_time"] < now + SKEW_S, f"auth_time is {claims['auth_time']}")
    report.must(claims.get("acr") != "", "acr is empty")
    report.must(claims.get("nonce") == nonce, f"nonce is {claims.get('nonce')!r}, {nonce!r} was sent")
    subject = claims.get("sub")
    report.must(is_text(subject) and len(subject) <= 255 and VISIBLE.fullmatch(subject), f"sub is {subject!r}")
    standard_claims(report, claims, "ID token")
    return claims


def at_hash(report, claims: dict, access_token: str, token: str) -> None:
    """OpenID Connect Core §3.1.3.6, where it is there."""
    if "at_hash" in claims:
        digest = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}[header_of(token)["alg"][-3:]](access_token.encode()).digest()
        half = base64.urlsafe_b64encode(digest[:len(digest) // 2]).rstrip(b"=").decode()
        report.must(claims["at_hash"] == half, "at_hash is not the access token's")


def only_asked_for(report, claims: dict, scope: str) -> None:
    allowed = PROTOCOL_CLAIMS.union(*(SCOPE_CLAIMS.get(word, set()) for word in scope.split()))
    report.should(set(claims) <= allowed, f"the ID token says what nobody asked for: {sorted(set(claims) - allowed)}")


def jwks(report, document: dict) -> None:
    keys = document.get("keys")
    report.require(isinstance(keys, list) and keys, "the JWKS has no keys")
    for key in keys:
        report.must(is_text(key.get("kty")), f"a key without kty: {key}")
        report.must(is_text(key.get("kid")), f"a key without kid: {key}")
        report.must(not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key), f"private members are published: {sorted(key)}")
    kids = [key.get("kid") for key in keys]
    report.must(len(set(kids)) == len(kids), f"a kid is there twice: {kids}")


def error_members(report, answer: dict) -> None:
    """RFC 6749 §4.1.2.1 and §5.2."""
    report.must(is_text(answer.get("error")) and ERROR_TEXT.fullmatch(answer["error"]), f"error is {answer.get('error')!r}")
    if answer.get("error_description"):
        report.must(ERROR_TEXT.fullmatch(answer["error_description"]), f"error_description is {answer['error_description']!r}")
    if answer.get("error_uri"):
        report.must(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", answer["error_uri"]), f"error_uri is {answer['error_uri']!r}")


def invalid_grant(report, reply) -> None:
    report.must(reply.status == 400, f"the token endpoint answers {reply.status}")
    report.require((reply.headers["Content-Type"] or "").startswith("application/json"), f"the refusal is {reply.headers['Content-Type']}")
    error_members(report, reply.json)
    report.must(reply.json.get("error") == "invalid_grant", f"error is {reply.json.get('error')}")


def random_enough(report, value: str, bits: int, what: str) -> None:
    """At least 128 bits long, and Shannon's entropy of its characters adds up to `bits`."""
    counts = [value.count(letter) for letter in set(value)]
    entropy = sum(-count * math.log2(count / len(value)) for count in counts)
    report.must(len(value) * 8 >= 128 and entropy >= bits, f"{what} can be guessed: {len(value)} characters, {entropy:.0f} bits")
