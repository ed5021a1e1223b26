"""Projects: the record behind a realm."""

import secrets

import pytest

from wait import wait_for


def test_create_makes_a_realm_with_a_keyring_and_defaults(console, stack, realm):
    slug = f"p-{secrets.token_hex(6)}"
    made = console.post("/v1/projects", {"project": {"slug": slug, "displayName": "Acme"}}).json
    assert made["id"].startswith("project_") and made["slug"] == slug and made["issuer"] == f"{stack.issuer_base}/realms/{slug}"
    assert console.get(f"/v1/projects/{slug}").json == console.get(f"/v1/projects/{made['id']}").json
    keyring = console.get(f"/v1/projects/{slug}/keyring").json
    assert keyring["id"] == made["keyring"] and keyring["issuer"] == made["issuer"] and keyring["kids"]
    assert realm.get(f"/realms/{slug}/jwks").status == 200
    event = console.events(slug, type="project.created")[0]
    assert event["result"] == "success" and event["principalKind"] == "operator" and event["targetId"] == made["id"]


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a_b", "a.b", "a/b", "ä", "a" * 64, "a b"])
def test_a_slug_that_could_not_be_a_path_is_refused(console, slug):
    answer = console.post("/v1/projects", {"project": {"slug": slug, "displayName": "x"}})
    assert answer.status == 400 and answer.json["code"] == 3 and "slug" in answer.body.decode()


def test_a_taken_slug_is_already_exists(console, project):
    answer = console.post("/v1/projects", {"project": {"slug": project, "displayName": "again"}})
    assert answer.status == 409 and answer.json["code"] == 6


def test_update_writes_the_members_of_the_mask_only(console, project):
    path = f"/v1/projects/{project}"
    before = console.get(path).json
    changed = console.patch(path, {"displayName": "New", "accessTokenLifetimeS": 600}, updateMask="accessTokenLifetimeS")
    assert changed.status == 200, changed.body
    assert changed.json["accessTokenLifetimeS"] == 600 and changed.json["displayName"] == before["displayName"]
    assert int(changed.json["revision"]) == int(before["revision"]) + 1
    without_mask = console.patch(path, {"displayName": "Newer"}).json
    assert without_mask["displayName"] == "Newer" and without_mask["accessTokenLifetimeS"] == 600


@pytest.mark.parametrize("settings, mask", [
    ({"slug": "other"}, "slug"), ({"id": "x"}, "id"), ({"displayName": "x"}, "nonsense"), ({"displayName": ""}, "displayName"),
    ({"accessTokenLifetimeS": 29}, ""), ({"accessTokenLifetimeS": 3601}, ""), ({"redirectUri": "http://elsewhere.example/"}, ""),
    ({"redirectUri": "https://a.example/#fragment"}, ""), ({"cookieDomain": "a.example"}, ""), ({"displayName": "x" * 257}, ""),
    ({"auditRetentionDays": -1}, "")])
def test_settings_out_of_range_are_refused_and_nothing_changes(console, project, settings, mask):
    path = f"/v1/projects/{project}"
    before = console.get(path).body
    answer = console.patch(path, settings, **({"updateMask": mask} if mask else {}))
    assert answer.status == 400 and answer.json["code"] == 3, answer.body
    assert console.get(path).body == before


def test_a_write_expecting_another_revision_is_aborted(console, project):
    path = f"/v1/projects/{project}"
    revision = int(console.get(path).json["revision"])
    assert console.patch(path, {"displayName": "a"}, expectedRevision=revision).status == 200
    stale = console.patch(path, {"displayName": "b"}, expectedRevision=revision)
    assert stale.status == 409 and stale.json["code"] == 10 and console.get(path).json["displayName"] == "a"


def test_a_providers_secret_is_refused_and_kept_nowhere(console, stack, project):
    """Until Tessera signs people in with other providers; their secrets are sealed then."""
    canary = "canary-" + secrets.token_hex(16)
    answer = console.patch(f"/v1/projects/{project}", {"googleOauthClientSecret": canary})
    assert answer.status == 400 and answer.json["code"] == 3
    assert canary.encode() not in answer.body + console.get(f"/v1/projects/{project}").body
    stored = stack.postgres.psql("SELECT string_agg(p::text, ' ') FROM tessera.projects p", "tessera_system")
    assert canary not in stored and canary.encode().hex() not in stored
    events = console.get(f"/v1/projects/{project}/audit").body
    assert canary.encode() not in events
    assert not any(canary in log.read_text(errors="replace") for log in stack.logs.glob("*.log"))


def test_a_disabled_realm_stops_within_a_second_and_returns(console, realm, project):
    path = f"/realms/{project}/jwks"
    assert realm.get(path).status == 200
    assert console.post(f"/v1/projects/{project}/disable").json["disabled"] is True
    wait_for("the realm to be gone", lambda: realm.get(path).status == 404, 3)
    assert not console.post(f"/v1/projects/{project}/enable").json.get("disabled")
    wait_for("the realm to be back", lambda: realm.get(path).status == 200, 3)


def test_pages_hold_every_project_once(console, project):
    pages = [[one["slug"] for one in page["projects"]] for page in console.pages("/v1/projects", pageSize=2)]
    slugs = [slug for page in pages for slug in page]
    assert max(map(len, pages)) <= 2
    assert project in slugs and slugs == sorted(set(slugs))


@pytest.mark.parametrize("token", ["x", "e30", "....", "A" * 5000])
def test_a_forged_page_token_is_refused(console, token):
    assert console.get("/v1/projects", pageToken=token).status in (400, 414, 431)


def test_a_change_of_retention_is_an_event_of_its_own(console, project):
    assert console.patch(f"/v1/projects/{project}", {"auditRetentionDays": 731}).status == 200
    changed = console.events(project, type="audit.retention.changed")
    assert changed and "731" in changed[0]["body"], console.events(project)
