"""Clients, their secrets, keys and access, through the API; what it makes works at the token endpoint."""

import json
import secrets

import pytest

from jose import Key
from realm import Client, Realm
from wait import wait_for

URI = "https://api.example"


@pytest.fixture
def clients(console, project):
    assert console.post(f"/v1/projects/{project}/resources",
                        {"resource": {"uri": URI, "displayName": "API"}, "scopes": [{"name": "read"}, {"name": "write"}]}).status == 200
    return f"/v1/projects/{project}/clients"


def create(console, clients, **client):
    answer = console.post(clients, {"client": {"displayName": "A client"} | client, "access": [{"resource": URI, "scopes": ["read"]}]})
    assert answer.status == 200, answer.body
    return answer.json


def test_a_made_client_gets_tokens_and_its_secret_is_shown_once(console, stack, project, clients):
    made = create(console, clients)
    shown = console.get(f"{clients}/{made['client']['id']}")
    assert made["clientSecret"].startswith("tessera_secret_") and made["clientSecret"].encode() not in shown.body
    assert shown.json["secrets"][0]["hint"] == made["clientSecret"][-4:]
    answer = Realm(stack, project, URI).token(Client(made["client"]["id"], made["clientSecret"]), resource=URI)
    assert answer.status == 200 and answer.json["scope"] == "read"


def test_a_secret_rotates_without_an_outage(console, stack, project, clients):
    made = create(console, clients)
    client, realm = f"{clients}/{made['client']['id']}", Realm(stack, project, URI)
    second = console.post(f"{client}/secrets").json
    third = console.post(f"{client}/secrets")
    assert third.status == 400 and third.json["code"] == 9

    def status(secret):
        return realm.token(Client(made["client"]["id"], secret), resource=URI).status

    wait_for("the second secret to work", lambda: status(second["clientSecret"]) == 200, 3)
    assert status(made["clientSecret"]) == 200
    first_id = next(one["id"] for one in console.get(client).json["secrets"] if one["id"] != second["secret"]["id"])
    assert console.call("DELETE", f"{client}/secrets/{first_id}").status == 200
    wait_for("the first secret to be refused", lambda: status(made["clientSecret"]) == 401, 3)
    assert status(second["clientSecret"]) == 200


def test_a_chosen_secret_must_be_strong_and_is_not_repeated(console, clients):
    client = f"{clients}/{create(console, clients)['client']['id']}"
    assert console.post(f"{client}/secrets", {"clientSecret": "tessera_secret_weak"}).status == 400
    chosen = "tessera_secret_" + secrets.token_urlsafe(32)
    answer = console.post(f"{client}/secrets", {"clientSecret": chosen})
    assert answer.status == 200 and chosen.encode() not in answer.body


def test_a_private_key_is_refused_and_a_public_set_replaces_the_old_one(console, stack, project, clients):
    key = Key("ES256")
    made = create(console, clients, tokenEndpointAuthMethod="private_key_jwt", jwks=key.jwks)
    assert "clientSecret" not in made
    leaked = console.call("PUT", f"{clients}/{made['client']['id']}/keys", {"jwks": json.dumps({"keys": [key.jwk | {"d": "AAAA"}]})})
    assert leaked.status == 400 and leaked.json["code"] == 3
    replaced = Key("EdDSA", kid="k2")
    answer = console.call("PUT", f"{clients}/{made['client']['id']}/keys", {"jwks": replaced.jwks})
    assert answer.status == 200 and [one["kid"] for one in json.loads(answer.json["jwks"])["keys"]] == ["k2"]


@pytest.mark.parametrize("client", [
    {"profile": "nonsense"}, {"tokenEndpointAuthMethod": "none"},
    {"grantTypes": ["password"]}, {"accessTokenLifetimeS": 5}, {"displayName": ""}, {"jwks": "{}"},
    {"assertionAudience": "anything"}, {"accessTokenSigningAlg": "none"}, {"accessTokenSigningAlg": "HS256"}])
def test_settings_that_could_not_work_are_refused_by_name(console, clients, client):
    (field,) = client
    answer = console.post(clients, {"client": {"displayName": "A client"} | client})
    assert answer.status == 400 and answer.json["code"] == 3, answer.body
    assert [one["field"] for one in answer.json["details"][0]["fieldViolations"]] == [field]


def test_access_is_granted_and_taken(console, stack, project, clients):
    made = create(console, clients)
    client, realm = f"{clients}/{made['client']['id']}", Realm(stack, project, URI)
    me = Client(made["client"]["id"], made["clientSecret"])
    assert realm.token(me, resource=URI, scope="write").status == 400
    granted = console.call("PUT", f"{client}/access", {"resource": URI, "scopes": ["read", "write"]})
    assert granted.status == 200
    wait_for("the new scope to be granted", lambda: realm.token(me, resource=URI, scope="write").status == 200, 3)
    assert console.call("PUT", f"{client}/access", {"resource": URI, "scopes": ["absent"]}).status == 400
    assert console.call("DELETE", f"{client}/access", resource=URI).status == 200
    wait_for("access to be gone", lambda: realm.token(me, resource=URI).status == 400, 3)


def test_a_deleted_client_is_gone_within_a_second_and_its_trail_stays(console, stack, project, clients):
    made = create(console, clients)
    me = Client(made["client"]["id"], made["clientSecret"])
    realm = Realm(stack, project, URI)
    assert realm.token(me, resource=URI).status == 200
    assert console.call("DELETE", f"{clients}/{me.id}").status == 200
    wait_for("the client to be unknown", lambda: realm.token(me, resource=URI).status == 401, 3)
    types = {event["type"] for event in console.events(project, targetId=me.id)}
    assert {"client.created", "client.deleted"} <= types, types


def test_every_write_is_an_event_by_this_operator(console, project, clients):
    client = f"{clients}/{create(console, clients)['client']['id']}"
    before = len(console.events(project, principalKind="operator"))
    assert console.post(f"{client}/disable").status == 200
    assert console.patch(client, {"displayName": "Renamed"}).status == 200
    assert console.patch(client, {"displayName": ""}).status == 400
    after = console.events(project, principalKind="operator")
    assert len(after) == before + 3 and [event["result"] for event in after[:3]] == ["refused", "success", "success"]
