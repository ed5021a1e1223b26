"""What the token endpoint leaves in the trail: no token without its event, no secret in any event."""

import concurrent.futures
import http.client
import ssl
import uuid

import pytest

from console import Console
from jose import Key, claims_of
from oauth_client import ASSERTION_TYPE, basic_header
from wait import wait_for

GRANT = [("grant_type", "client_credentials")]


def test_a_token_has_exactly_one_event_that_says_who_what_and_why(oauth):
    client = oauth.add_client()
    request_id = "test-" + uuid.uuid4().hex
    reply = oauth.token(client, headers=[("X-Request-Id", request_id), ("User-Agent", "spec/1.0")])
    claims = claims_of(reply.json["access_token"])
    (event,) = oauth.events(client_id=client.id)
    assert event["type"] == "oauth.token.issued" and event["result"] == "success"
    assert (event["principal_kind"], event["principal_id"]) == ("client", client.id)
    assert event["target_id"] == claims["aud"] and event["authority"] == "grant_type=client_credentials"
    assert event["user_agent"] == "spec/1.0" and event["ip"] and event["request_id"] == request_id
    assert event["body"]["jti"] == claims["jti"] and event["body"]["auth_method"] == "client_secret_basic"


def test_every_token_received_has_its_event(oauth):
    client = oauth.add_client()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda at: oauth.token(client, node=at % len(oauth.nodes)), range(200)))
    received = {claims_of(reply.json["access_token"])["jti"] for reply in replies
                if reply.status == 200}
    recorded = {event["body"]["jti"] for event in oauth.events(client_id=client.id, type="oauth.token.issued")}
    assert received and received <= recorded


def test_a_flood_of_refusals_is_answered_alike_and_counted_where_it_is_not_recorded(stack, realm):
    """docs/adr/0067: 1,000 at once for each loop and network, then ten a second."""
    console = Console(stack.console_socket)
    unrecorded_before = stack.admin.metric("tessera_refusals_unrecorded_total")
    form, fields = "grant_type=client_credentials&client_id=client_x&client_secret=x", {"Content-Type": "application/x-www-form-urlencoded"}

    def ask(requests: int) -> set[int]:
        connection = http.client.HTTPSConnection("localhost", stack.port, timeout=30, context=ssl.create_default_context(cafile=stack.ca_file))
        statuses = set()
        for _ in range(requests):
            connection.request("POST", realm.path + "/token", form, fields)
            with connection.getresponse() as answer:
                answer.read()
                statuses.add(answer.status)
        connection.close()
        return statuses

    # One connection stays with one loop.
    assert ask(1500) == {401}
    unrecorded = stack.admin.metric("tessera_refusals_unrecorded_total") - unrecorded_before
    pages = console.pages(f"/v1/projects/{realm.slug}/audit", **{"filter.type": "oauth.client_authentication.failed", "pageSize": 500})
    recorded = sum(len(page.get("events", [])) for page in pages)
    assert unrecorded > 0 and recorded + unrecorded == 1500
    wait_for("an event that says how many", lambda: ask(8) == {401} and any(
        '"suppressed":' in event["body"] for event in console.events(realm.slug, type="oauth.client_authentication.failed")), 20, every=0.3)


@pytest.mark.parametrize("form,error", [([("scope", "nope")], "invalid_scope"), ([("resource", "nope")], "invalid_target"),
                                        ([("client_id", "client_x")], "invalid_request")])
def test_every_refusal_is_recorded(oauth, form, error):
    client = oauth.add_client()
    assert oauth.post(GRANT + form, [basic_header(client.id, client.secret)]).error == error
    (event,) = oauth.events(client_id=client.id)
    assert (event["type"], event["result"], event["error_code"]) == ("oauth.token.refused", "refused", error)


def test_failed_authentication_is_recorded_with_its_reason(oauth):
    client = oauth.add_client()
    assert oauth.post(GRANT, [basic_header(client.id, "tessera_secret_wrong")]).status == 401
    (event,) = oauth.events(client_id=client.id)
    assert event["type"] == "oauth.client_authentication.failed" and event["principal_id"] == ""
    assert event["body"]["reason"] == "wrong secret"


# SR-22
def test_hostile_text_is_audited_not_fatal(oauth):
    marker = uuid.uuid4().hex
    hostile = marker + "\x1b[31m\u202e\x7f" + "A" * 4000
    reply = oauth.post(GRANT + [("client_id", hostile), ("client_secret", "x")])
    assert (reply.status, reply.error) == (401, "invalid_client")
    rows = oauth.execute("SELECT client_id FROM tessera.audit_events WHERE client_id LIKE %s", [marker + "%"])
    assert len(rows) == 1
    assert "\x1b" not in rows[0][0] and "\\x1b[31m" in rows[0][0] and len(rows[0][0]) < 1100


def test_a_user_agent_that_is_no_utf8_is_audited_escaped(oauth):
    client = oauth.add_client()
    reply = oauth.token(client, headers=[("User-Agent", b"caf\xe9 \xff")])
    assert reply.status == 200
    (event,) = oauth.events(client_id=client.id)
    assert event["user_agent"] == "caf\\xe9 \\xff"


# SR-16
def test_no_secret_reaches_the_trail(oauth):
    client = oauth.add_client()
    keyed = oauth.add_client("private_key_jwt", Key("ES256"))
    assertion = keyed.assertion(oauth.issuer)
    form = GRANT + [("client_assertion_type", ASSERTION_TYPE),
                    ("client_assertion", assertion)]
    token = oauth.post(form).json["access_token"]
    oauth.post(form)
    oauth.token(client)
    oauth.post(GRANT, [basic_header(client.id, client.secret + "x")])
    oauth.post(GRANT + [("client_id", client.id), ("client_secret", client.secret)])
    rows = oauth.execute("SELECT e::text FROM tessera.audit_events e")
    text = "\n".join(row[0] for row in rows)
    for secret in (client.secret, assertion, assertion.rsplit(".", 1)[1], token, token.rsplit(".", 1)[1]):
        assert secret not in text
