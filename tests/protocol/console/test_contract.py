"""What every operation of the console API does alike: who may call it, what it refuses, how it says so."""

import json
import os
import re
import socket
from dataclasses import replace

import pytest

from accounts import NOBODY
from processes import run_as


def error_of(answer, status, code):
    assert answer.status == status, answer.body
    said = answer.json
    assert set(said) == {"code", "message", "details"} and said["code"] == code and said["message"]
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"
    return said


def test_unknown_paths_and_methods_are_status_bodies(console, project):
    error_of(console.get("/v1/nothing"), 404, 5)
    answer = console.call("DELETE", f"/v1/projects/{project}")
    error_of(answer, 405, 12)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PATCH"}


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'{"project":{"slug":"x"}} trailing', b'{"project":{"slug":"a"},"project":{"slug":"b"}}',
    b'{"project":{"slug":"x","nonsense":1}}', b'{"project":{"slug":"\xff"}}', b'{"project":{"slug":"\\ud800"}}',
    b'{"project":' * 20 + b"1" + b"}" * 20])
def test_malformed_json_is_an_invalid_argument(console, body):
    error_of(console.post("/v1/projects", body), 400, 3)


def test_a_body_over_the_limit_is_refused(console):
    limit = 256 * 1024  # body_limits of daemon/api/json.hpp
    answer = console.post("/v1/projects", b'{"project":{"displayName":"' + b"x" * limit + b'"}}')
    assert answer.status == 413


def test_another_content_type_is_refused(console):
    answer = console.call("POST", "/v1/projects", b"slug=x", {"Content-Type": "application/x-www-form-urlencoded"})
    error_of(answer, 400, 3)


def test_what_is_not_there_and_what_is_anothers_answer_the_same_bytes(console, project):
    other = console.post("/v1/projects", {"project": {"slug": f"{project}-b", "displayName": "Other"}}).json
    made = console.post(f"/v1/projects/{other['slug']}/clients", {"client": {"displayName": "x"}}).json["client"]["id"]
    absent = made[:-3] + ("aaa" if not made.endswith("aaa") else "bbb")
    answers = [console.get(f"/v1/projects/{project}/clients/{one}") for one in (made, absent)]
    assert [answer.status for answer in answers] == [404, 404] and answers[0].body == answers[1].body


def test_the_contract_is_openapi_and_every_path_of_it_is_routed(console, built):
    contract = json.loads((built / "daemon" / "api" / "console" / "console_openapi.json").read_text())
    assert contract["openapi"].startswith("3.1.")
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            assert operation["operationId"] and "200" in operation["responses"] and "default" in operation["responses"], path
            answer = console.call(method.upper(), re.sub(r"{[^}]*}", "absent", path), {} if method in ("post", "put", "patch") else None)
            assert answer.status in (200, 400, 404) and answer.json.get("code") not in (12, 13), (method, path, answer.body)


CALL = """
import socket, sys
with socket.socket(socket.AF_UNIX) as s:
    s.connect(sys.argv[1])
    s.sendall(b"GET /v1/projects HTTP/1.1\\r\\nHost: console\\r\\nConnection: close\\r\\n\\r\\n")
    got = b""
    while chunk := s.recv(65536):
        got += chunk
print(got.decode())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be somebody else")
def test_only_listed_operators_are_served_even_when_the_socket_can_be_reached(stack):
    """The directory would stop this user; we let them through it to see the second guard."""
    stranger = replace(NOBODY, gid=stack.console_socket.parent.stat().st_gid)
    mode = stack.console_socket.parent.stat().st_mode
    stack.console_socket.parent.chmod(0o755)
    try:
        said = run_as(stranger, ["/usr/bin/python3", "-I", "-c", CALL, str(stack.console_socket)])
    finally:
        stack.console_socket.parent.chmod(mode)
    assert said.startswith("HTTP/1.1 403") and '"code":7' in said.replace(" ", ""), said


def test_the_console_is_not_on_the_public_listener(stack, realm):
    assert realm.get("/v1/projects").status == 404


def test_bytes_that_are_no_http_are_a_400(stack):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(stack.console_socket))
        connection.sendall(b"\x16\x03\x01 not http\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400")
