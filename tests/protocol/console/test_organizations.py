"""Organizations: the customers of a project."""

import pytest

from people import make_organization, make_project, make_user


def test_a_new_organization_has_its_projects_methods_but_for_those_it_names(console, project):
    assert console.patch(f"/v1/projects/{project}", {"logInWithPassword": False}).status == 200
    made = make_organization(console, project, logInWithEmail=False, domains=["b.example", "a.example", "b.example"])
    assert made["id"].startswith("org_") and int(made["revision"]) == 1
    assert made["logInWithAuthenticatorApp"] and made["logInWithPasskey"] and not made["logInWithEmail"] and not made["logInWithPassword"]
    assert made["domains"] == ["a.example", "b.example"]
    assert console.get(f"/v1/projects/{project}/organizations/{made['id']}").json == made
    event = console.events(project, type="organization.created")[0]
    assert event["targetId"] == made["id"] and event["principalKind"] == "operator" and event["result"] == "success"


def test_a_method_the_project_lacks_is_not_turned_on_but_may_stay(console, project):
    made = make_organization(console, project)
    assert console.patch(f"/v1/projects/{project}", {"logInWithPassword": False}).status == 200
    refused = console.post(f"/v1/projects/{project}/organizations", {"organization": {"displayName": "x", "logInWithPassword": True}})
    assert refused.status == 400 and refused.json["code"] == 9 and "logInWithPassword" in refused.json["message"]
    path = f"/v1/projects/{project}/organizations/{made['id']}"
    kept = console.patch(path, {"displayName": "New"})
    assert kept.status == 200 and kept.json["logInWithPassword"] is True
    assert console.patch(path, {"logInWithPassword": False}).status == 200
    assert console.patch(path, {"logInWithPassword": True}).json["code"] == 9


@pytest.mark.parametrize("members", [
    {"displayName": ""}, {"displayName": "x" * 257}, {"displayName": "a\nb"}, {"domains": ["Upper.example"]}, {"domains": ["nodot"]},
    {"domains": [""]}, {"domains": [f"d{i}.example" for i in range(65)]}, {"googleHostedDomains": ["a..b"]}, {"id": "org_x"}, {"revision": 3},
    {"microsoftTenantIds": [""]}, {"requireMfa": True, "logInWithAuthenticatorApp": False, "logInWithPasskey": False}, {"nonsense": 1}])
def test_what_makes_no_sense_is_refused_when_made_and_when_changed(console, project, members):
    made = make_organization(console, project)
    path = f"/v1/projects/{project}/organizations"
    for answer in (console.post(path, {"organization": {"displayName": "x"} | members}), console.patch(f"{path}/{made['id']}", members)):
        assert answer.status == 400 and answer.json["code"] == 3, answer.body
    assert console.get(f"{path}/{made['id']}").json == made


def test_disabling_logins_hits_one_organization(console, project):
    """T-12."""
    one, other = (make_organization(console, project) for _ in range(2))
    path = f"/v1/projects/{project}/organizations"
    assert console.post(f"{path}/{one['id']}/disable-logins").json["loginsDisabled"] is True
    assert not console.get(f"{path}/{other['id']}").json["loginsDisabled"]
    again = console.post(f"{path}/{one['id']}/disable-logins").json
    assert len(console.events(project, type="organization.logins.disabled")) == 1
    enabled = console.post(f"{path}/{one['id']}/enable-logins").json
    assert not enabled["loginsDisabled"] and int(enabled["revision"]) == int(again["revision"]) + 1


def test_organizations_are_paged_and_found_by_domain(console, project):
    made = {make_organization(console, project, domains=["acme.example"] if i == 2 else [])["id"] for i in range(5)}
    path = f"/v1/projects/{project}/organizations"
    pages = [[one["id"] for one in page["organizations"]] for page in console.pages(path, pageSize=2)]
    assert [len(page) for page in pages] == [2, 2, 1] and {one for page in pages for one in page} == made
    assert len(console.get(path, domain="acme.example").json["organizations"]) == 1
    token = console.get(path, pageSize=2).json["nextPageToken"]
    assert console.get(path, pageToken=token, domain="other.example").status == 400


def test_an_organization_goes_with_its_people(console, project):
    made = make_organization(console, project)
    user = make_user(console, project, made["id"], owner=True)
    assert console.call("DELETE", f"/v1/projects/{project}/organizations/{made['id']}").status == 200
    assert console.get(f"/v1/projects/{project}/users/{user['id']}").status == 404
    assert console.events(project, type="organization.deleted")[0]["targetId"] == made["id"]


def test_a_project_of_one_organization_has_it_from_the_start_and_no_other(console):
    project = make_project(console, singleOrganization=True)
    sole = console.get(f"/v1/projects/{project}").json["soleOrganizationId"]
    path = f"/v1/projects/{project}/organizations"
    assert [one["id"] for one in console.get(path).json["organizations"]] == [sole]
    assert console.post(path, {"organization": {"displayName": "Another"}}).json["code"] == 9
    assert console.call("DELETE", f"{path}/{sole}").json["code"] == 9
    user = console.post(f"/v1/projects/{project}/users", {"user": {"email": "ann@example.com"}})
    assert user.status == 200 and user.json["organizationId"] == sole
    assert console.post(f"/v1/projects/{project}/user-invites", {"invite": {"email": "bob@example.com"}}).json["organizationId"] == sole
