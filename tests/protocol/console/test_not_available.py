"""Settings that nothing acts on yet are refused: nobody believes in what does nothing."""

from people import make_organization

OF_PROJECTS = {
    "logInWithGoogle": True, "logInWithMicrosoft": True, "logInWithGithub": True, "logInWithSaml": True, "logInWithOidc": True,
    "googleOauthClientId": "g", "googleOauthClientSecret": "s", "microsoftOauthClientId": "m", "microsoftOauthClientSecret": "s",
    "githubOauthClientId": "h", "githubOauthClientSecret": "s", "vaultDomain": "auth.example.com", "cookieDomain": "example.com",
    "redirectUri": "https://app.example/", "afterLoginRedirectUri": "https://app.example/", "afterSignupRedirectUri": "https://app.example/",
    "emailSendFromDomain": "example.com", "autoCreateOrganizations": True, "apiKeysEnabled": True, "apiKeySecretTokenPrefix": "acme_",
    "auditLogsEnabled": False}
OF_ORGANIZATIONS = {
    "logInWithGoogle": True, "logInWithMicrosoft": True, "logInWithGithub": True, "logInWithSaml": True, "logInWithOidc": True,
    "secondFactorAfterSso": True, "scimEnabled": True, "customRolesEnabled": True, "apiKeysEnabled": True, "googleHostedDomains": ["a.example"],
    "microsoftTenantIds": ["tenant"]}
OF_CLIENTS = {"jwksUri": "https://app.example/jwks"}
CLIENT = {"displayName": "App", "profile": "web_confidential", "grantTypes": ["authorization_code"], "redirectUris": ["https://app.example/callback"]}


def assert_not_available(answer, member):
    assert answer.status == 400 and answer.json["code"] == 3, (member, answer.body)
    assert member in answer.body.decode() and "not available yet" in answer.json["message"], answer.body


def test_a_setting_of_a_project_without_effect_is_refused_when_made_and_when_changed(console, project):
    path, another = f"/v1/projects/{project}", f"{project}-2"
    before = console.get(path).body
    for member, value in OF_PROJECTS.items():
        assert_not_available(console.patch(path, {member: value}), member)
        assert_not_available(console.post("/v1/projects", {"project": {"slug": another, "displayName": "x", member: value}}), member)
    assert console.get(path).body == before and console.get(f"/v1/projects/{another}").status == 404


def test_a_setting_of_an_organization_without_effect_is_refused_when_made_and_when_changed(console, project):
    made, path = make_organization(console, project), f"/v1/projects/{project}/organizations"
    for member, value in OF_ORGANIZATIONS.items():
        assert_not_available(console.patch(f"{path}/{made['id']}", {member: value}), member)
        assert_not_available(console.post(path, {"organization": {"displayName": "x", member: value}}), member)
    assert console.get(path).json["organizations"] == [made]


def test_a_setting_of_a_client_without_effect_is_refused_when_made_and_when_changed(console, project):
    path = f"/v1/projects/{project}/clients"
    made = console.post(path, {"client": CLIENT}).json["client"]
    for member, value in OF_CLIENTS.items():
        assert_not_available(console.patch(f"{path}/{made['id']}", {member: value}), member)
        assert_not_available(console.post(path, {"client": CLIENT | {member: value}}), member)
    assert console.get(f"{path}/{made['id']}").json == made


def test_defaults_may_be_written_and_what_was_stored_before_stays_or_goes(console, stack, project):
    path = f"/v1/projects/{project}"
    assert console.patch(path, {"logInWithGoogle": False, "auditLogsEnabled": True, "vaultDomain": ""}).status == 200
    stack.postgres.psql(f"UPDATE tessera.projects SET log_in_with_google = true WHERE slug = '{project}'", "postgres")
    kept = console.patch(path, {"displayName": "New", "logInWithGoogle": True})
    assert kept.status == 200 and kept.json["logInWithGoogle"] is True, kept.body
    made = make_organization(console, project)
    assert made["logInWithGoogle"] is True
    assert console.patch(path, {"logInWithGoogle": False}).status == 200
    assert_not_available(console.patch(path, {"logInWithGoogle": True}), "logInWithGoogle")
