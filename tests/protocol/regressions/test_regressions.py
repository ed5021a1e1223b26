"""Classes of hole that peers had (docs/spec-map.md, security regressions), tried against what stands."""

import gzip
import json
import re
import secrets
import socket
import ssl
import time
import uuid

import psycopg2
import psycopg2.errors
import pytest

from console import Console
from jose import Key
from oauth_client import ASSERTION_TYPE, basic_header, prefixed
from ports import free_port
from realm import Realm
from wait import SANITIZER_FACTOR, wait_for
from wire import Node

GRANT = ("grant_type", "client_credentials")


# SR-10: what belongs to another realm does not exist

def console_operations(built):
    contract = json.loads((built / "daemon" / "api" / "console" / "console_openapi.json").read_text())
    return [(method.upper(), path) for path, methods in contract["paths"].items() for method in methods if path.count("{") > 1]


def test_ids_of_another_realm_do_not_exist_at_any_operation(stack, built):
    console = Console(stack.console_socket)
    own, other = Realm.create(stack), Realm.create(stack)
    theirs = {"client": other.create_client().id,
              "resource": console.get(f"/v1/projects/{other.slug}/resources").json["resources"][0]["id"],
              "secret": prefixed("client_secret_", uuid.uuid4())}
    people = f"/v1/projects/{other.slug}"
    theirs["organization"] = console.post(f"{people}/organizations", {"organization": {"displayName": "x"}}).json["id"]
    member = {"organizationId": theirs["organization"], "email": "ann@example.com"}
    theirs["invite"] = console.post(f"{people}/user-invites", {"invite": member}).json["id"]
    theirs["user"] = console.post(f"{people}/users", {"user": member}).json["id"]
    made_up = {name: prefixed(value.rsplit("_", 1)[0] + "_", uuid.uuid4()) for name, value in theirs.items()}
    operations = console_operations(built)
    assert len(operations) >= 25
    for method, path in operations:
        answers = []
        for ids in (theirs, made_up):
            place = re.sub(r"{(\w+)}", lambda match: (ids | {"project": own.slug})[match[1]], path)
            answers.append(console.call(method, place, {} if method in ("POST", "PUT", "PATCH") else None))
        assert answers[0].status == answers[1].status and answers[0].status in (400, 404), (method, path, answers)
        assert answers[0].body == answers[1].body, (method, path)


def test_a_client_of_another_realm_cannot_be_used_or_named(stack):
    own, other = Realm.create(stack), Realm.create(stack)
    client = other.create_client()
    assert own.token(client, resource=own.resource).status == 401
    granted = own.create_client()
    assert own.token(granted, resource=other.resource).json["error"] == "invalid_target"


# SR-12: compressed bodies

def test_a_compressed_body_is_refused_and_not_unpacked(oauth):
    bomb = gzip.compress(b"grant_type=client_credentials&" + b"a" * (64 << 20))
    begun = time.monotonic()
    reply = oauth.post(bomb[:60_000], [("Content-Encoding", "gzip")])
    assert reply.status in (400, 415) and time.monotonic() - begun < 2


# SR-15, FI-40: an assertion is once, also after a restart

def test_an_assertion_is_spent_for_a_front_that_was_not_there_when_it_was_used(stack, oauth):
    client = oauth.add_client("private_key_jwt", Key("ES256"))
    assertion = client.assertion(oauth.issuer)
    form = [GRANT, ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)]
    assert oauth.post(form).status == 200
    port = free_port()
    stack.start_serve("tessera-serve-new", port=port, admin_port=free_port())
    try:
        oauth.nodes.append(Node("localhost", port, str(stack.ca_file)))
        assert oauth.post(form, node=len(oauth.nodes) - 1).status == 401
    finally:
        oauth.nodes.pop()
        stack.stop("tessera-serve-new")


# SR-16: no secret at rest, in logs or in metrics

def test_no_secret_is_found_in_logs_metrics_or_a_dump_of_the_database(stack, oauth):
    client = oauth.add_client()
    by_key = oauth.add_client("private_key_jwt", Key("ES256"))
    assertion = by_key.assertion(oauth.issuer)
    wrong = "tessera_secret_" + secrets.token_urlsafe(32)
    token = oauth.token(client).json["access_token"]
    assert oauth.post([GRANT], [basic_header(client.id, wrong)]).status == 401
    assert oauth.post([GRANT, ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)]).status == 200
    assert oauth.post([GRANT, ("client_id", client.id), ("client_secret", client.secret), ("password", wrong)]).status in (400, 401)
    canaries = {"secret": client.secret, "wrong secret": wrong, "token": token.rsplit(".", 1)[1], "assertion": assertion.rsplit(".", 1)[1],
                "pin": stack.pin_file.read_text()}
    dump = stack.postgres.dump()
    assert "audit_events" in dump
    places = {"dump": dump, "metrics": stack.admin.metrics()}
    places |= {log.name: log.read_text(errors="replace") for log in stack.logs.glob("*.log")}
    assert len(places) >= 5
    found = [(name, place) for name, value in canaries.items() for place, text in places.items() if value in text]
    assert not found


def test_metrics_count_what_happened(stack, oauth):
    names = ("tessera_tokens_issued_total", "tessera_tokens_refused_total", "tessera_client_auth_failures_total", "tessera_cache_hits_total")
    before = {name: stack.admin.metric(name) for name in names}
    client = oauth.add_client()
    assert oauth.token(client).status == 200
    assert oauth.post([GRANT], [basic_header(client.id, "wrong")]).status == 401
    assert all(stack.admin.metric(name) > before[name] for name in names)


# SR-24: sloppy parameters

@pytest.mark.parametrize("name", ["grant_type[]", "grant_type[0]", "grant_type%00", "GRANT_TYPE", " grant_type", "grant_type ", "grant.type"])
def test_a_parameter_has_one_spelling(oauth, name):
    client = oauth.add_client()
    reply = oauth.post(f"{name}=client_credentials".replace(" ", "+"), [basic_header(client.id, client.secret)])
    assert (reply.status, reply.error) == (400, "invalid_request")


# AB-20: old TLS

def assert_no_handshake(stack, context):
    context.load_verify_locations(str(stack.ca_file))
    with socket.create_connection(("127.0.0.1", stack.port), timeout=10) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="localhost").close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_versions_are_refused(stack, version):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    assert_no_handshake(stack, context)


@pytest.mark.parametrize("ciphers", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "NULL"])
def test_weak_cipher_suites_are_refused(stack, ciphers):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert_no_handshake(stack, context)


# SR-11: a disabled realm is gone everywhere

def test_a_disabled_realm_answers_nowhere(stack, oauth, nodes):
    realm = Realm.create(stack)
    client = realm.create_client()
    assert realm.token(client, resource=realm.resource).status == 200
    stack.tessera("project", "disable", realm.slug)
    paths = ("/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
    for node in nodes:
        for path in paths:
            wait_for(f"{path} to be gone", lambda: node.request("GET", realm.path + path).status == 404, 1.0 * SANITIZER_FACTOR)
    assert realm.token(client, resource=realm.resource).status == 404


# What is written in the trail stays, also for whoever has taken over the front and its logins

@pytest.mark.parametrize("role", ["tessera_app", "tessera_system", "tessera_audit"])
@pytest.mark.parametrize("statement", [
    "DELETE FROM tessera.audit_events", "UPDATE tessera.audit_events SET body = '{}'", "DELETE FROM tessera.audit_positions",
    "UPDATE tessera.audit_positions SET position = -position", "TRUNCATE tessera.audit_events",
    "INSERT INTO tessera.audit_events (project_id, writer_xid) VALUES (gen_random_uuid(), '1')"])
def test_no_login_of_the_front_changes_the_trail(stack, oauth, role, statement):
    oauth.token(oauth.add_client())
    with psycopg2.connect(stack.postgres.database_url(role)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tessera.project_id', %s, true)", [str(oauth.project)])
        try:
            cursor.execute(statement)
            assert cursor.rowcount == 0
        except psycopg2.errors.InsufficientPrivilege:
            pass
        connection.rollback()
