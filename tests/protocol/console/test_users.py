"""Users: what an operator may say of them, and what only the system may."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from console import Console
from people import make_organization, make_project, make_user

CLAIMS = {
    "displayName": "Ann Example", "profilePictureUrl": "https://cdn.example/a.png", "givenName": "Ann", "familyName": "Example",
    "middleName": "M", "nickname": "annie", "preferredUsername": "ann", "profile": "https://example.com/ann", "website": "https://ann.example/",
    "gender": "female", "birthdate": "1990-02-28", "zoneinfo": "Europe/Warsaw", "locale": "pl-PL", "phoneNumber": "+48123456789",
    "addressFormatted": "Street 1\nTown", "addressStreet": "Street 1", "addressLocality": "Town", "addressRegion": "Region",
    "addressPostalCode": "00-001", "addressCountry": "PL"}


@pytest.fixture
def organization(console, project):
    return make_organization(console, project)["id"]


@pytest.fixture
def users(project):
    return f"/v1/projects/{project}/users"


@pytest.fixture(scope="module")
def untouched(stack):
    """A user that every refused write leaves as it is: its project, organization and record."""
    console = Console(stack.console_socket)
    project = make_project(console)
    organization = make_organization(console, project)["id"]
    return project, organization, make_user(console, project, organization)


def test_a_user_has_every_claim_it_was_given(console, project, organization, users):
    made = make_user(console, project, organization, "Ann@EXAMPLE.com", **CLAIMS)
    assert made["id"].startswith("user_") and made["email"] == "Ann@example.com" and made["organizationId"] == organization
    assert {name: made[name] for name in CLAIMS} == CLAIMS
    assert not any(made[name] for name in ("emailVerified", "phoneNumberVerified", "owner", "disabled", "hasPassword", "hasPasskey"))
    assert console.get(f"{users}/{made['id']}").json == made
    event = console.events(project, type="user.created")[0]
    assert event["targetId"] == made["id"] and "example.com" not in event["body"]


def test_an_update_leaves_absent_members(console, project, organization, users):
    """T-13 to T-16: one member at a time, all others unchanged."""
    path = f"{users}/{make_user(console, project, organization, **CLAIMS)['id']}"
    for member, value in {name: value[:-1] + "a" if name in ("displayName", "nickname", "addressRegion") else "" for name, value in CLAIMS.items()}.items():
        before = console.get(path).json
        after = console.patch(path, {member: value})
        assert after.status == 200, (member, after.body)
        changed = {name for name in before if before[name] != after.json[name]}
        assert changed == {member, "revision", "updateTime"}, member


@pytest.mark.parametrize("member, value", [
    ("email", ""), ("email", "ann"), ("email", "ann@"), ("email", "@example.com"), ("email", "a b@example.com"), ("email", "a@b@example.com@"),
    ("email", "x" * 65 + "@example.com"), ("email", "a..b@example.com"), ("email", "ann@-example.com"), ("email", '"a b"@example.com'),
    ("profilePictureUrl", "http://cdn.example/a.png"), ("profile", "javascript:alert(1)"), ("website", "data:text/html,x"), ("website", "//x"),
    ("birthdate", "1990-02-30"), ("birthdate", "90"), ("birthdate", "1990-2-3"), ("zoneinfo", "Mars/Base"), ("zoneinfo", "Europe/../etc"),
    ("locale", "p"), ("locale", "pl_PL"), ("phoneNumber", "0048123"), ("phoneNumber", "+0123"), ("phoneNumber", "+1234567890123456"),
    ("displayName", "x" * 257), ("gender", "x" * 65), ("addressFormatted", "x" * 1025), ("givenName", "a\x00b"), ("givenName", "a\x1bb"),
    ("nickname", "a\nb"), ("addressRegion", "a\r\nb")])
def test_a_claim_that_is_none_is_refused_and_nothing_changes(console, untouched, member, value):
    project, organization, made = untouched
    users = f"/v1/projects/{project}/users"
    answers = [console.patch(f"{users}/{made['id']}", {member: value}),
               console.post(users, {"user": {"organizationId": organization, "email": "new@example.com"} | {member: value}})]
    for answer in answers:
        assert answer.status == 400 and answer.json["code"] == 3, answer.body
    assert console.get(f"{users}/{made['id']}").json == made


@pytest.mark.parametrize("member, value", [
    ("emailVerified", True), ("phoneNumberVerified", True), ("googleUserId", "g"), ("microsoftUserId", "m"), ("githubUserId", "h"), ("id", "user_x"),
    ("hasPassword", True), ("disabled", True), ("revision", "9"), ("organizationId", "org_x"), ("lastSignInTime", "2026-01-01T00:00:00Z")])
def test_what_is_the_systems_is_not_written(console, untouched, member, value):
    """SR-07, SR-08: no verified flag, link or organization by an update."""
    project, _, made = untouched
    path = f"/v1/projects/{project}/users/{made['id']}"
    for query in ({}, {"updateMask": member}):
        answer = console.patch(path, {member: value}, **query)
        assert answer.status == 400 and answer.json["code"] == 3, answer.body
    assert console.get(path).json == made


def test_an_operator_may_vouch_for_an_address_and_another_address_is_not_verified(console, organization, users):
    made = console.post(users, {"user": {"organizationId": organization, "email": "ann@example.com"}, "emailVerified": True}).json
    assert made["emailVerified"] is True
    assert console.patch(f"{users}/{made['id']}", {"email": "ANN@example.com"}).json["emailVerified"] is True
    assert not console.patch(f"{users}/{made['id']}", {"email": "bob@example.com"}).json["emailVerified"]


def test_an_address_is_one_person_of_an_organization_in_any_case(console, project, organization, users):
    """T-19."""
    made = make_user(console, project, organization, "ann@example.com")
    again = console.post(users, {"user": {"organizationId": organization, "email": "ANN@Example.com"}})
    assert again.status == 409 and again.json["code"] == 6
    other = make_organization(console, project)["id"]
    there = make_user(console, project, other, "Ann@example.com")
    assert {one["id"] for one in console.get(users, email="aNN@example.com").json["users"]} == {made["id"], there["id"]}
    assert [one["id"] for one in console.get(users, email="aNN@example.com", organizationId=other).json["users"]] == [there["id"]]


def test_users_are_paged_by_organization(console, project, organization, users):
    other = make_organization(console, project)["id"]
    made = {make_user(console, project, organization)["id"] for _ in range(3)}
    make_user(console, project, other)
    pages = [[one["id"] for one in page["users"]] for page in console.pages(users, organizationId=organization, pageSize=2)]
    assert [len(page) for page in pages] == [2, 1] and {one for page in pages for one in page} == made
    assert len(console.get(users).json["users"]) == 4
    assert console.get(users, organizationId="nonsense").json["users"] == []


def test_the_last_owner_cannot_leave(console, project, organization, users):
    owner = make_user(console, project, organization, owner=True)
    make_user(console, project, organization)
    path = f"{users}/{owner['id']}"
    for answer in (console.patch(path, {"owner": False}), console.post(f"{path}/disable"), console.call("DELETE", path)):
        assert answer.status == 400 and answer.json["code"] == 9 and "owner" in answer.json["message"], answer.body
    assert console.get(path).json == owner
    refused = [event for event in console.events(project, type="operator.refused") if event["targetId"] == owner["id"]]
    assert len(refused) == 3
    make_user(console, project, organization, owner=True)
    assert console.patch(path, {"owner": False}).status == 200


def test_of_two_owners_who_leave_at_once_on_two_fronts_one_stays(console, nodes, stack, project, users):
    fronts = [console, Console(stack.console_socket.with_name("tessera-serve-2.sock"))]
    for _ in range(5):
        organization = make_organization(console, project)["id"]
        owners = [make_user(console, project, organization, owner=True) for _ in fronts]

        def leave(front, owner):
            return front.patch(f"{users}/{owner['id']}", {"owner": False}).status

        with ThreadPoolExecutor(len(fronts)) as pool:
            statuses = sorted(pool.map(leave, fronts, owners))
        left = [one for one in console.get(users, organizationId=organization).json["users"] if one["owner"]]
        assert statuses == [200, 400] and len(left) == 1


def test_disabling_and_enabling_are_events_once(console, project, organization, users):
    path = f"{users}/{make_user(console, project, organization)['id']}"
    assert console.post(f"{path}/disable").json["disabled"] is True and console.post(f"{path}/disable").status == 200
    assert not console.post(f"{path}/enable").json["disabled"]
    assert [len(console.events(project, type=f"user.{what}")) for what in ("disabled", "enabled")] == [1, 1]
    assert console.call("DELETE", path).status == 200 and console.get(path).status == 404


def test_a_write_expecting_another_revision_is_aborted(console, project, organization, users):
    path = f"{users}/{make_user(console, project, organization)['id']}"
    assert console.patch(path, {"nickname": "a"}, expectedRevision=1).status == 200
    stale = console.patch(path, {"nickname": "b"}, expectedRevision=1)
    assert stale.status == 409 and stale.json["code"] == 10 and console.get(path).json["nickname"] == "a"


def test_an_operator_sets_a_password_that_nobody_can_read(console, stack, project, organization, users):
    made = make_user(console, project, organization, "ann@example.com")
    path = f"{users}/{made['id']}/password"
    for weak in ("", "short", "password123", "ann@example.com", "x" * 257):
        answer = console.call("PUT", path, {"password": weak})
        assert answer.status == 400 and answer.json["code"] == 3, (weak, answer.body)
    chosen = "canary " + secrets.token_hex(12)
    answer = console.call("PUT", path, {"password": chosen})
    assert answer.status == 200 and answer.json["hasPassword"] is True and chosen.encode() not in answer.body
    stored = stack.postgres.psql("SELECT string_agg(to_jsonb(p)::text, ' ') FROM tessera.user_passwords p", "postgres")
    assert chosen not in stored and "$argon2id$" in stored
    event = console.events(project, type="user.password.set")[0]
    assert event["targetId"] == made["id"] and chosen not in event["body"]
    assert not any(chosen in log.read_text(errors="replace") for log in stack.logs.glob("*.log"))


def test_whose_address_or_password_is_changed_learns_it_where_they_read_mail_before(console, stack, project, organization, users):
    user = make_user(console, project, organization)
    path, old, new = f"{users}/{user['id']}", user["email"], f"{secrets.token_hex(4)}@example.com"
    assert console.call("PUT", f"{path}/password", {"password": "correct horse battery staple 42"}).status == 200
    assert console.call("PUT", f"{path}/password", {"password": "quite another long phrase 43"}).status == 200
    assert "password" in stack.mailbox.wait_for(old).subject
    assert console.patch(path, {"email": new}).status == 200
    mail = stack.mailbox.wait_for(old, count=2)
    assert "e-mail address" in mail.subject and new in mail.text
    written = stack.postgres.psql(f"SELECT count(*) FROM tessera.mail_outbox WHERE recipient = '{new}'", "postgres")
    assert written == "0"
