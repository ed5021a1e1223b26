"""Resources and their scopes."""

import pytest


def test_two_spellings_of_one_uri_are_one_resource(console, project):
    path = f"/v1/projects/{project}/resources"
    assert console.post(path, {"resource": {"uri": "https://Api.example:443/v1"}}).status == 200
    again = console.post(path, {"resource": {"uri": "https://api.example/v1"}})
    assert again.status == 409 and again.json["code"] == 6
    assert console.post(path, {"resource": {"uri": "https://api.example/v2"}}).status == 200


@pytest.mark.parametrize("uri", ["", "api", "/v1", "https://a.example/#f", "https://", "https://a b.example", "https://user@a.example/"])
def test_a_uri_that_is_no_audience_is_refused(console, project, uri):
    answer = console.post(f"/v1/projects/{project}/resources", {"resource": {"uri": uri}})
    assert answer.status == 400 and answer.json["code"] == 3, answer.body


@pytest.mark.parametrize("name", ["", "a b", 'a"b', "a\\b", "ä", "x" * 129])
def test_a_scope_that_is_no_scope_token_is_refused(console, project, name):
    path = f"/v1/projects/{project}/resources"
    made = console.post(path, {"resource": {"uri": "https://s.example"}}).json
    assert console.call("PUT", f"{path}/{made['id']}/scopes", {"name": name}).status == 400


def test_a_scope_is_put_described_and_deleted(console, project):
    path = f"/v1/projects/{project}/resources"
    scopes = f"{path}/{console.post(path, {'resource': {'uri': 'https://s.example'}}).json['id']}/scopes"
    console.call("PUT", scopes, {"name": "read"})
    described = console.call("PUT", scopes, {"name": "read", "description": "See things"})
    assert described.json["scopes"] == [{"name": "read", "description": "See things"}]
    assert console.call("DELETE", scopes, name="read").json.get("scopes", []) == []


def test_a_resource_in_use_as_a_default_is_not_deleted(console, project):
    path = f"/v1/projects/{project}/resources"
    made = console.post(path, {"resource": {"uri": "https://d.example"}}).json
    client = console.post(f"/v1/projects/{project}/clients", {"client": {"displayName": "x", "defaultResource": made["id"]}})
    assert client.status == 200, client.body
    kept = console.call("DELETE", f"{path}/{made['id']}")
    assert kept.status == 400 and kept.json["code"] == 9
    assert console.call("DELETE", f"/v1/projects/{project}/clients/{client.json['client']['id']}").status == 200
    assert console.call("DELETE", f"{path}/{made['id']}").status == 200
    assert console.get(f"{path}/{made['id']}").status == 404
