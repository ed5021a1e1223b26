"""Organizations, users and invites as the console's tests make them."""

import secrets


def make_project(console, **request) -> str:
    slug = f"o-{secrets.token_hex(6)}"
    made = console.post("/v1/projects", {"project": {"slug": slug, "displayName": "People"}} | request)
    assert made.status == 200, made.body
    return slug


def make_organization(console, project: str, **members) -> dict:
    answer = console.post(f"/v1/projects/{project}/organizations", {"organization": {"displayName": "Customer"} | members})
    assert answer.status == 200, answer.body
    return answer.json


def make_user(console, project: str, organization: str, email: str | None = None, **members) -> dict:
    user = {"organizationId": organization, "email": email or f"{secrets.token_hex(4)}@example.com"} | members
    answer = console.post(f"/v1/projects/{project}/users", {"user": user})
    assert answer.status == 200, answer.body
    return answer.json


def make_invite(console, project: str, organization: str, email: str, **members) -> dict:
    answer = console.post(f"/v1/projects/{project}/user-invites", {"invite": {"organizationId": organization, "email": email} | members})
    assert answer.status == 200, answer.body
    return answer.json
