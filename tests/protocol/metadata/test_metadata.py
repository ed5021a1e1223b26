"""Metadata at its four places: RFC 8414, OpenID Connect Discovery, docs/spec-map.md A.6 and F.1."""

import pytest

PLACES = ["/.well-known/oauth-authorization-server{path}", "/.well-known/openid-configuration{path}",
          "{path}/.well-known/openid-configuration", "{path}/.well-known/oauth-authorization-server"]


@pytest.mark.parametrize("place", PLACES)
def test_document_is_cacheable_json_of_this_issuer(oauth, place):
    reply = oauth.get(place.format(path=oauth.path))
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "public, max-age=300"
    assert reply.json["issuer"] == oauth.issuer
    assert reply.json["token_endpoint"] == oauth.issuer + "/token"
    assert reply.json["jwks_uri"] == oauth.issuer + "/jwks"


def test_all_four_places_and_all_nodes_serve_the_same_bytes(oauth):
    replies = [oauth.get(place.format(path=oauth.path), node=node) for place in PLACES for node in range(len(oauth.nodes))]
    assert len({reply.body for reply in replies}) == 1
    assert len({reply.headers["ETag"] for reply in replies}) == 1


def test_only_what_works_is_listed(oauth):
    document = oauth.get(PLACES[0].format(path=oauth.path)).json
    assert document["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert document["response_types_supported"] == ["code"]
    assert document["response_modes_supported"] == ["query", "form_post"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert sorted(document["token_endpoint_auth_methods_supported"]) == ["client_secret_basic", "client_secret_post", "none",
                                                                          "private_key_jwt"]
    for name, value in document.items():
        assert value is not None and value != [], name
        assert not name.endswith("alg_values_supported") or "none" not in value, name
        if name.endswith("_endpoint"):
            path = value.removeprefix(document["issuer"].removesuffix(oauth.path))
            assert oauth.get(path, method="OPTIONS").status == 204, name


def test_what_a_reader_would_take_for_supported_is_denied(oauth):
    """O-20: absent members have defaults."""
    document = oauth.get(PLACES[1].format(path=oauth.path)).json
    assert document["request_uri_parameter_supported"] is False and document["request_parameter_supported"] is False
    assert "request_object_signing_alg_values_supported" not in document
    assert document["authorization_response_iss_parameter_supported"] is True and document["claims_parameter_supported"] is True


def test_what_openid_connect_discovery_requires_is_there(oauth):
    document = oauth.get(PLACES[1].format(path=oauth.path)).json
    for required in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported",
                     "subject_types_supported", "id_token_signing_alg_values_supported", "userinfo_endpoint"):
        assert document[required], required
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert {"sub", "email", "address", "updated_at"} <= set(document["claims_supported"])
    assert "create" not in document["prompt_values_supported"]


def test_etag_answers_304_without_a_body(oauth):
    path = PLACES[0].format(path=oauth.path)
    etag = oauth.get(path).headers["ETag"]
    for validator in (etag, "W/" + etag, f'"other", {etag}', "*"):
        reply = oauth.get(path, headers=[("If-None-Match", validator)])
        assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", etag), validator
    assert oauth.get(path, headers=[("If-None-Match", '"other"')]).status == 200


def test_head_is_get_without_a_body(oauth):
    path = PLACES[0].format(path=oauth.path)
    reply = oauth.get(path, method="HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["ETag"] == oauth.get(path).headers["ETag"]


def test_the_issuer_never_comes_from_the_host_header(oauth):
    path = PLACES[2].format(path=oauth.path)
    reply = oauth.get(path, headers=[("Host", "attacker.example"), ("X-Forwarded-Host", "attacker.example"),
                                     ("Forwarded", "host=attacker.example")])
    assert b"attacker" not in reply.body


@pytest.mark.parametrize("place", PLACES)
def test_unknown_realms_are_json_404(oauth, place):
    reply = oauth.get(place.format(path="/realms/no-such-realm"))
    assert reply.status == 404 and reply.headers["Content-Type"] == "application/json" and reply.json["error"]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/authorize",
                                  "/token", "/register", "/", "/realms", "/realms/"])
def test_the_root_has_no_default_realm(oauth, path):
    reply = oauth.get(path)
    assert reply.status == 404 and reply.headers["Content-Type"] == "application/json"


def test_cross_origin_pages_may_read_it(oauth):
    path = PLACES[0].format(path=oauth.path)
    reply = oauth.get(path, headers=[("Origin", "https://app.example.com")])
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    preflight = oauth.get(path, method="OPTIONS", headers=[
        ("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "mcp-protocol-version")])
    assert preflight.status in (200, 204)
    assert "mcp-protocol-version" in preflight.headers["Access-Control-Allow-Headers"].lower()
