"""Every member of a registration of every type and shape: a code of the registry (RFC 7591 §3.2.2, RFC 7592 §2), never a 500."""

import json

import pytest

from registrar import CALLBACK, Registrar

MEMBERS = ("redirect_uris", "token_endpoint_auth_method", "token_endpoint_auth_signing_alg", "grant_types", "response_types", "client_name",
           "client_uri", "logo_uri", "scope",
           "contacts", "tos_uri", "policy_uri", "jwks_uri", "jwks", "software_id", "software_version", "software_statement", "application_type", "subject_type",
           "sector_identifier_uri", "id_token_signed_response_alg", "userinfo_signed_response_alg", "default_max_age", "require_auth_time",
           "default_acr_values",
           "initiate_login_uri", "request_uris", "post_logout_redirect_uris", "backchannel_logout_uri", "backchannel_logout_session_required",
           "frontchannel_logout_uri",
           "frontchannel_logout_session_required", "client_name#de", "unheard_of")
VALUES = (None, "", " ", "x" * 7000, 0, -1, 1.5, 1e308, True, [], [""], [None], [[]], [1], ["x" * 5000], {}, {"a": {"b": []}}, "a\u0000b",
          ["a\u0000b"], "\u202e\x1b[31m",
          "javascript:alert(1)", ["javascript:alert(1)"], "https://user@app.example/x", ["https://app.example/\r\nx"], {"keys": [{}]},
          {"keys": [None]}, {"keys": "x"},
          [CALLBACK] * 200, 10 ** 30)
# Not registered, and not in the answer: any value will do (RFC 7591 §2).
NOT_READ = {"default_acr_values", "request_uris", "backchannel_logout_session_required", "frontchannel_logout_session_required", "client_name#de",
            "unheard_of"}
ERRORS = {"invalid_redirect_uri", "invalid_client_metadata", "invalid_request", "invalid_software_statement", "unapproved_software_statement"}
BODIES = (b"", b"null", b"[]", b'"x"', b"{", b"{}x", b'{"redirect_uris":["https://a.example/"],"redirect_uris":["https://b.example/"]}', b"\xff\xfe",
          b'{"client_name":"\xff","redirect_uris":["https://a.example/"]}', b'{"client_name":"\\ud800","redirect_uris":["https://a.example/"]}',
          b'{"client_name":"\\u0000","redirect_uris":["https://a.example/"]}', b"[" * 5000, b'{"a":' * 5000, b'{"a":1e99999}',
          b'{"redirect_uris":["https://a.example/",]}',
          b"redirect_uris=https://a.example/", b'\xef\xbb\xbf{"redirect_uris":["https://a.example/"]}')


@pytest.fixture(scope="module")
def registrar(stack, nodes):
    return Registrar(stack, nodes, "open")


def forget(registrar):
    registrar.oauth.execute("DELETE FROM tessera.rate_counters")


def is_refused(reply):
    return reply.status == 400 and reply.json["error"] in ERRORS and reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_of_any_type_registers_or_is_refused(registrar, member):
    forget(registrar)
    wrong, registered = [], 0
    for number, value in enumerate(VALUES):
        if number % 15 == 0:
            forget(registrar)
        body = json.dumps({"redirect_uris": [CALLBACK]} | {member: value}).encode()
        reply = registrar.call("POST", registrar.oauth.path + "/register", body)
        registered += reply.status == 201
        if reply.status != 201 and not is_refused(reply):
            wrong.append((value if len(str(value)) < 80 else type(value), reply.status, reply.body[:120]))
        if reply.status == 201:
            assert not [name for name, kept in reply.json.items() if "uri" in name and "javascript:" in json.dumps(kept)], value
    assert not wrong, "\n".join(map(str, wrong))
    assert (registered == len(VALUES)) == (member in NOT_READ)


def test_a_body_that_is_no_registration_is_refused(registrar):
    forget(registrar)
    client = registrar.made()
    for body in BODIES:
        assert is_refused(registrar.call("POST", registrar.oauth.path + "/register", body)), body[:60]
        assert is_refused(registrar.manage(client, "PUT", body)), body[:60]
    assert registrar.manage(client).json["redirect_uris"] == [CALLBACK]


def test_a_client_is_named_and_proved_by_one_value_each(registrar):
    """Absent, twice, malformed, another's: one answer."""
    forget(registrar)
    client, other = registrar.made(), registrar.made()
    path, token = registrar.oauth.path + "/register", client["registration_access_token"]
    ask = registrar.oauth.nodes[0].request
    for query in ("", "?", "?client_id=", f"?client_id={client['client_id']}&client_id={client['client_id']}", "?client_id=%ff", "?client_id=%00",
                  "?client_id=" + "x" * 5000,
                  f"?client_id={other['client_id']}", f"?CLIENT_ID={client['client_id']}", f"?client_id={client['client_id']}%20",
                  f"?client_id={client['client_id'].upper()}"):
        assert ask("GET", path + query, headers=[("Authorization", f"Bearer {token}")]).status == 401, query[:60]
    for header in ([], [("Authorization", "Bearer")], [("Authorization", "Bearer ")], [("Authorization", f"Basic {token}")], [("Authorization", token)],
                   [("Authorization", f"Bearer {token}")] * 2, [("Authorization", f"Bearer {token}x")], [("Authorization",
                                                                                                          f"Bearer {other['registration_access_token']}")],
                   [("Authorization", "Bearer " + "x" * 5000)], [("Authorization", f"Bearer {token.swapcase()}")]):
        reply = ask("GET", f"{path}?client_id={client['client_id']}", headers=header)
        assert reply.status == 401 and "Bearer" in reply.headers["WWW-Authenticate"], header
    assert registrar.manage(client).status == 200
