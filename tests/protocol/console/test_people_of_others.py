"""SR-10 and SR-22 for organizations, users and invites: other realms' ids, and text that means harm."""

import json

import pytest

from people import make_invite, make_organization, make_project, make_user

KINDS = ("organizations", "users", "user-invites")


def people_of(console, project):
    organization = make_organization(console, project)["id"]
    return {"organizations": organization, "users": make_user(console, project, organization, "ann@example.com")["id"],
            "user-invites": make_invite(console, project, organization, "bob@example.com")["id"]}


def absent(identifier):
    return identifier[:-3] + ("aaa" if not identifier.endswith("aaa") else "bbb")


def calls(kind):
    yield "GET", "", None
    yield "DELETE", "", None
    if kind == "organizations":
        yield "PATCH", "", {"displayName": "x"}
        yield from (("POST", f"/{verb}-logins", {}) for verb in ("disable", "enable"))
    if kind == "users":
        yield "PATCH", "", {"displayName": "x"}
        yield from (("POST", f"/{verb}", {}) for verb in ("disable", "enable"))
        yield "PUT", "/password", {"password": "correct horse battery"}


def test_ids_of_another_realm_do_not_exist(console, project):
    other = make_project(console)
    theirs = people_of(console, other)
    before = {kind: console.get(f"/v1/projects/{other}/{kind}/{theirs[kind]}").body for kind in KINDS}
    for kind in KINDS:
        for method, tail, body in calls(kind):
            answers = [console.call(method, f"/v1/projects/{project}/{kind}/{one}{tail}", body)
                       for one in (theirs[kind], absent(theirs[kind]), "nonsense")]
            assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}, (kind, method, tail)
    assert {kind: console.get(f"/v1/projects/{other}/{kind}/{theirs[kind]}").body for kind in KINDS} == before


def test_nothing_is_put_into_another_realms_organization(console, project):
    theirs = people_of(console, make_project(console))["organizations"]
    answers = {}
    for one in (theirs, absent(theirs)):
        answers[one] = [console.post(f"/v1/projects/{project}/users", {"user": {"organizationId": one, "email": "a@example.com"}}),
                        console.post(f"/v1/projects/{project}/user-invites", {"invite": {"organizationId": one, "email": "a@example.com"}})]
    assert [answer.body for answer in answers[theirs]] == [answer.body for answer in answers[absent(theirs)]]
    assert all(answer.status == 400 for each in answers.values() for answer in each)
    assert console.get(f"/v1/projects/{project}/users", organizationId=theirs).json["users"] == []


HOSTILE = ["nul \x00", "line\r\nforged", "\x1b[2J", "x" * 65536]
STRANGE = ["‮evil", "<script>alert(1)</script>", "{{{x}}}", "'; DROP TABLE tessera.users; --", "Łucja 😀", "%s%n", "\\u0000"]


def refusals(console, project) -> set[str]:
    """What is refused before its project is known is the appliance's."""
    return {event["id"] for log in (project, "appliance") for event in console.events(log, type="operator.refused")}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_audited_not_fatal(console, project, text):
    """SR-22: refused with a proper answer, recorded, and nothing forged."""
    organization = make_organization(console, project)["id"]
    user = make_user(console, project, organization)["id"]
    for method, path, body in (("POST", "organizations", {"organization": {"displayName": text}}),
                               ("PATCH", f"organizations/{organization}", {"displayName": text}),
                               ("POST", "users", {"user": {"organizationId": organization, "email": "new@example.com", "nickname": text}}),
                               ("PATCH", f"users/{user}", {"nickname": text}),
                               ("POST", "user-invites", {"invite": {"organizationId": organization, "email": text}})):
        before = refusals(console, project)
        answer = console.call(method, f"/v1/projects/{project}/{path}", body)
        assert answer.status in (400, 413) and answer.json["code"] == 3, (path, answer.body[:200])
        assert refusals(console, project) - before, path


@pytest.mark.parametrize("body", [b'{"user":{"nickname":"\\ud800"}}', b'{"user":{"nickname":"\xff"}}',
                                  b'{"user":{"email":"a@example.com","email":"b@example.com"}}'])
def test_bytes_that_are_no_text_are_refused(console, project, body):
    answer = console.post(f"/v1/projects/{project}/users", body)
    assert answer.status == 400 and answer.json["code"] == 3


@pytest.mark.parametrize("text", STRANGE)
def test_strange_text_is_kept_as_it_is_and_runs_nowhere(console, project, text):
    made = make_organization(console, project, displayName=text)
    assert made["displayName"] == text
    user = make_user(console, project, made["id"], displayName=text, nickname=text)
    assert console.get(f"/v1/projects/{project}/users/{user['id']}").json["nickname"] == text
    body = json.loads(console.events(project, type="organization.created")[0]["body"])
    assert set(body) == {"display_name"}
