"""Organizations, users, invites and clients of people from the command line."""

import json
import secrets

import pytest


@pytest.fixture
def project(stack):
    slug = f"cli-{secrets.token_hex(6)}"
    stack.tessera_json("project", "create", "--slug", slug)
    return slug


@pytest.fixture
def organization(stack, project):
    return stack.tessera_json("organization", "create", "--project", project, "--display-name", "Customer", "--domain", "acme.example",
                              "--set", "requireMfa=true")["id"]


def test_an_organization_lives_its_life(stack, project, organization):
    shown = stack.tessera_json("organization", "show", "--project", project, organization)
    assert shown["displayName"] == "Customer" and shown["domains"] == ["acme.example"] and shown["requireMfa"] is True
    changed = stack.tessera_json("organization", "update", "--project", project, organization, "--display-name", "New", "--domain", "")
    assert changed["displayName"] == "New" and changed["domains"] == [] and changed["requireMfa"] is True
    assert stack.tessera_json("organization", "disable-logins", "--project", project, organization)["loginsDisabled"] is True
    assert stack.tessera_json("organization", "enable-logins", "--project", project, organization)["loginsDisabled"] is False
    assert [one["id"] for one in stack.tessera_json("organization", "list", "--project", project)["organizations"]] == [organization]
    assert stack.tessera_json("organization", "list", "--project", project, "--domain", "other.example")["organizations"] == []
    table = stack.tessera("organization", "list", "--project", project).stdout.splitlines()
    assert table[0].split()[0] == "ID" and organization in table[1]
    assert stack.tessera("organization", "delete", "--project", project, organization).returncode == 0
    assert stack.tessera("organization", "show", "--project", project, organization, check=False).returncode == 1


def test_a_user_is_found_by_id_and_by_address(stack, project, organization):
    made = stack.tessera_json("user", "create", "--project", project, "--organization", organization, "--email", "Ann@example.com", "--owner",
                              "--email-verified", "--set", "locale=pl-PL")
    assert made["owner"] is True and made["emailVerified"] is True and made["locale"] == "pl-PL"
    assert stack.tessera_json("user", "show", "--project", project, "ann@EXAMPLE.com") == made
    changed = stack.tessera_json("user", "update", "--project", project, made["id"], "--display-name", "Ann")
    assert changed["displayName"] == "Ann" and changed["locale"] == "pl-PL"
    refused = stack.tessera("user", "disable", "--project", project, made["id"], check=False)
    assert refused.returncode == 1 and "owner" in refused.stderr
    other = stack.tessera_json("organization", "create", "--project", project, "--display-name", "Other")["id"]
    there = stack.tessera_json("user", "create", "--project", project, "--organization", other, "--email", "ann@example.com")
    ambiguous = stack.tessera("user", "show", "--project", project, "ann@example.com", check=False)
    assert ambiguous.returncode == 1 and "--organization" in ambiguous.stderr
    assert stack.tessera_json("user", "show", "--project", project, "ann@example.com", "--organization", other)["id"] == there["id"]
    assert len(stack.tessera_json("user", "list", "--project", project)["users"]) == 2
    assert stack.tessera_json("user", "disable", "--project", project, there["id"])["disabled"] is True
    assert stack.tessera_json("user", "enable", "--project", project, there["id"])["disabled"] is False
    assert stack.tessera("user", "delete", "--project", project, there["id"]).returncode == 0
    nobody = stack.tessera("user", "show", "--project", project, "nobody@example.com", check=False)
    assert nobody.returncode == 1 and "nobody@example.com" in nobody.stderr


def test_a_password_comes_by_stdin_and_is_shown_nowhere(stack, project, organization):
    user = stack.tessera_json("user", "create", "--project", project, "--organization", organization, "--email", "ann@example.com")["id"]
    chosen = "canary " + secrets.token_hex(12)
    answer = stack.tessera("user", "set-password", "--project", project, user, "--json", stdin=chosen + "\n")
    assert json.loads(answer.stdout)["hasPassword"] is True and chosen not in answer.stdout + answer.stderr
    weak = stack.tessera("user", "set-password", "--project", project, user, stdin="password1\n", check=False)
    assert weak.returncode == 1 and "password1" not in weak.stderr


def test_an_invite_is_made_renewed_and_withdrawn(stack, project, organization):
    made = stack.tessera_json("invite", "create", "--project", project, "--organization", organization, "--email", "bob@example.com")
    again = stack.tessera_json("invite", "create", "--project", project, "--organization", organization, "--email", "BOB@example.com", "--owner")
    assert again["id"] == made["id"] and again["owner"] is True
    assert [one["id"] for one in stack.tessera_json("invite", "list", "--project", project)["invites"]] == [made["id"]]
    assert stack.tessera_json("invite", "show", "--project", project, made["id"])["email"] == "bob@example.com"
    assert stack.tessera("invite", "delete", "--project", project, made["id"]).returncode == 0
    assert stack.tessera_json("invite", "list", "--project", project)["invites"] == []


@pytest.mark.parametrize("template, method, application, grants, has_secret", [
    ("spa", "none", "browser", ["authorization_code", "refresh_token"], False),
    ("web", "client_secret_basic", "web", ["authorization_code", "refresh_token"], True),
    ("native", "none", "native", ["authorization_code", "refresh_token"], False),
    ("machine", "client_secret_basic", "web", ["client_credentials"], True)])
def test_a_template_is_a_client_that_works(stack, project, template, method, application, grants, has_secret):
    redirect = [] if template == "machine" else ["--redirect-uri", "https://app.example/cb"]
    made = stack.tessera_json("client", "create", "--project", project, "--display-name", "App", "--template", template, *redirect)
    client = made["client"]
    assert (client["tokenEndpointAuthMethod"], client["applicationType"], client["grantTypes"]) == (method, application, grants)
    assert ("client_secret" in made) == has_secret
    changed = stack.tessera_json("client", "update", "--project", project, made["client_id"], "--set", "clientUri=https://app.example/")
    assert changed["clientUri"] == "https://app.example/" and changed["redirectUris"] == client["redirectUris"]


def test_options_go_before_the_template_and_an_unknown_one_is_wrong_usage(stack, project):
    made = stack.tessera_json("client", "create", "--project", project, "--display-name", "App", "--template", "native", "--scope", "openid",
                              "--redirect-uri", "http://127.0.0.1/cb", "--redirect-uri", "https://app.example/cb")["client"]
    assert made["redirectUris"] == ["http://127.0.0.1/cb", "https://app.example/cb"] and made["scopes"] == ["openid"]
    assert stack.tessera("client", "create", "--project", project, "--display-name", "App", "--template", "toaster", check=False).returncode == 2


def test_a_project_of_one_organization_and_its_look(stack):
    slug = f"cli-{secrets.token_hex(6)}"
    made = stack.tessera_json("project", "create", "--slug", slug, "--single-organization")
    assert made["soleOrganizationId"].startswith("org_")
    user = stack.tessera_json("user", "create", "--project", slug, "--email", "ann@example.com")
    assert user["organizationId"] == made["soleOrganizationId"]
    look = stack.tessera_json("project", "branding", slug, "--name", "Shop", "--primary-color", "#AABBCC")
    assert look["name"] == "Shop" and look["primaryColor"] == "#aabbcc"
    assert stack.tessera_json("project", "branding", slug) == look
    assert stack.tessera_json("project", "branding", slug, "--primary-color", "")["name"] == "Shop"
    assert stack.tessera("project", "branding", slug, "--primary-color", "red", check=False).returncode == 1
