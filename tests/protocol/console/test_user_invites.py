"""Invites: addresses that may join an organization."""

import pytest

from people import make_invite, make_organization, make_user


@pytest.fixture
def organization(console, project):
    return make_organization(console, project)["id"]


@pytest.fixture
def invites(project):
    return f"/v1/projects/{project}/user-invites"


def test_an_address_has_one_invite_and_the_newest_wish_counts(console, project, organization, invites):
    first = make_invite(console, project, organization, "Ann@EXAMPLE.com")
    assert first["id"].startswith("user_invite_") and first["email"] == "Ann@example.com" and not first["owner"]
    second = make_invite(console, project, organization, "ann@example.com", owner=True)
    assert second["id"] == first["id"] and second["owner"] is True
    assert console.get(f"{invites}/{first['id']}").json == second
    assert [one["id"] for one in console.get(invites, organizationId=organization).json["invites"]] == [first["id"]]
    events = console.events(project, type="user.invite.created")
    assert len(events) == 2 and not any("example.com" in event["body"] for event in events)


def test_who_is_there_already_is_not_invited(console, project, organization, invites):
    make_user(console, project, organization, "ann@example.com")
    answer = console.post(invites, {"invite": {"organizationId": organization, "email": "ANN@example.com"}})
    assert answer.status == 400 and answer.json["code"] == 9


@pytest.mark.parametrize("members", [
    {"email": "nobody"}, {"organizationId": "org_x"}, {"expireTime": "2001-01-01T00:00:00Z"}, {"expireTime": "2999-01-01T00:00:00Z"}, {"id": "x"}])
def test_an_invite_that_makes_no_sense_is_refused(console, organization, invites, members):
    answer = console.post(invites, {"invite": {"organizationId": organization, "email": "ann@example.com"} | members})
    assert answer.status == 400 and answer.json["code"] == 3, answer.body
    assert console.get(invites).json["invites"] == []


def test_a_withdrawn_invite_is_gone(console, project, organization, invites):
    made = make_invite(console, project, organization, "ann@example.com")
    assert console.call("DELETE", f"{invites}/{made['id']}").status == 200
    assert console.get(f"{invites}/{made['id']}").status == 404 and console.call("DELETE", f"{invites}/{made['id']}").status == 404
    assert console.events(project, type="user.invite.deleted")[0]["targetId"] == made["id"]


def test_invites_are_paged(console, project, organization, invites):
    made = {make_invite(console, project, organization, f"{i}@example.com")["id"] for i in range(3)}
    pages = [[one["id"] for one in page["invites"]] for page in console.pages(invites, pageSize=2)]
    assert [len(page) for page in pages] == [2, 1] and {one for page in pages for one in page} == made
