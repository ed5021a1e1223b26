"""404, 405, OPTIONS, CORS and security headers, on every path the same way (docs/spec-map.md A.6, D.0 X-16, F.3)."""

import json

import pytest


@pytest.mark.parametrize("path", ["/", "/authorize", "/token", "/register", "/.well-known/openid-configuration",
                                  "/.well-known/oauth-authorization-server", "/realms", "/realms/", "/realms/acme",
                                  "/realms/acme/nothing", "/realms/ACME/jwks", "/realms/a_b/jwks", "/index.html"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_paths_are_json_404s_with_the_same_bytes(front, path, method):
    status, headers, body = front.get(path, method)
    assert status == 404
    assert headers["content-type"] == "application/json"
    assert body == front.get("/nothing-at-all")[2]
    assert json.loads(body)["error"] == "not_found"


def test_a_known_path_with_another_method_is_a_405_with_allow(front):
    status, headers, body = front.get("/realms/acme/token")
    assert (status, headers["allow"]) == (405, "POST, OPTIONS")
    assert json.loads(body)["error"] == "method_not_allowed"
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        status, headers, _ = front.get("/realms/acme/jwks", method)
        assert (status, headers["allow"]) == (405, "GET, HEAD, OPTIONS"), method


def test_options_tells_the_methods_and_answers_preflights(front):
    status, headers, body = front.get("/realms/acme/token", "OPTIONS",
                                      "Origin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n")
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert set(headers["access-control-allow-headers"].split(", ")) == {"Authorization", "Content-Type", "DPoP",
                                                                       "MCP-Protocol-Version"}
    status, headers, _ = front.get("/realms/acme/.well-known/openid-configuration", "OPTIONS",
                                   "Origin: https://app.example\r\nAccess-Control-Request-Method: GET\r\n")
    assert (status, headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "MCP-Protocol-Version" in headers["access-control-allow-headers"]
    assert front.get("*", "OPTIONS")[0] == 204
    assert front.get("/nothing", "OPTIONS")[0] == 404


def test_errors_can_be_read_from_another_origin(front):
    assert front.get("/realms/acme/token")[1]["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in front.get("/nothing")[1]


@pytest.mark.parametrize("path", ["/nothing", "/realms/acme/token", "/realms/acme/jwks", "/a//b"])
def test_security_headers_are_on_every_response(front, path):
    _, headers, _ = front.get(path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"
    assert len(headers["x-request-id"]) == 32
    assert "server" not in headers and "strict-transport-security" not in headers


def test_a_request_id_is_kept_when_well_formed(front):
    assert front.get("/x", fields="X-Request-Id: my-request-0001\r\n")[1]["x-request-id"] == "my-request-0001"
    assert front.get("/x", fields='X-Request-Id: {"a":1}\r\n')[1]["x-request-id"] != '{"a":1}'


def test_without_its_back_ends_the_front_answers_503_and_is_not_ready(front):
    status, headers, body = front.get("/realms/acme/jwks")
    assert (status, headers["retry-after"]) == (503, "1")
    assert json.loads(body)["error"] == "temporarily_unavailable"
    assert front.admin.status("/healthz") == 200
    status, body = front.admin.get("/readyz")
    assert status == 503 and json.loads(body)["keyd"] == "unreachable"


def test_metrics_have_bounded_labels(front):
    for i in range(50):
        front.get(f"/made-up-{i}")
    text = front.admin.metrics()
    assert "made-up" not in text
    assert 'route="none",status="4xx"' in text
    assert front.admin.status("/nothing") == 404
