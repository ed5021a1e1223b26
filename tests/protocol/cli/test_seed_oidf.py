"""`./tessera-dev seed oidf`: the realm the OpenID Foundation's conformance suite is run against, and what the suite is told."""

import json
import shutil
import sys
import urllib.parse

import pytest

import dev
import oidf
from browser import Browser
from realm import basic, request
from scratch import scratch_stack
from wire import Node

SUITE = "https://suite.example:9443"
# OpenID Connect Core §5.1 and §5.1.1.
STANDARD_CLAIMS = {"sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
                   "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address",
                   "updated_at"}
ADDRESS = {"formatted", "street_address", "locality", "region", "postal_code", "country"}


@pytest.fixture(scope="module")
def instance(binaries):
    """What `up` leaves behind: a directory that says what runs there."""
    with scratch_stack(binaries) as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TESSERA_STATE", str(stack.directory))
        shutil.copytree(binaries, stack.directory / "bin")
        stack.up()
        dev.Instance().save(stack)
        yield stack
        stack.processes = dev.Instance().stack().processes  # the seed started the front anew


@pytest.fixture
def seed(instance, monkeypatch, capsys):
    def run(*options):
        monkeypatch.setattr(sys, "argv", ["tessera-dev", "seed", "oidf", *options])
        assert dev.main() == 0
        return json.loads(capsys.readouterr().out)
    return run


@pytest.fixture
def plans(seed, instance):
    return seed("--suite", SUITE, "--suite-ca", str(instance.ca_file))


def texts(value):
    if isinstance(value, dict):
        yield from (text for each in value.values() for text in texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in texts(each))
    elif isinstance(value, str):
        yield value


def test_every_plan_has_a_complete_configuration(plans, instance):
    issuer = f"{instance.issuer_base}/realms/oidf"
    assert list(plans) == ["config", "basic", "formpost", "rp-logout", "frontchannel-logout", "backchannel-logout", "basic-dynamic", "dynamic"]
    for plan in plans.values():
        configuration = plan["configuration"]
        assert plan["plan"].endswith("-certification-test-plan") and isinstance(plan["variant"], dict)
        assert not [text for text in texts(configuration) if "${" in text or not text]
        assert configuration["server"]["discoveryUrl"] == f"{issuer}/.well-known/openid-configuration"
        for block in [*configuration["browser"], *(block for each in configuration["override"].values() for block in each["browser"])]:
            assert block["match"].startswith(issuer + "/") and block["tasks"]
            assert all(task["match"].startswith((issuer + "/", SUITE + "/")) for task in block["tasks"])


def test_logout_notices_go_to_clients_of_their_own(plans):
    """A module of any other plan fails when such a notice comes."""
    clients = {name: plans[name]["configuration"]["client"]["client_id"] for name in ("basic", "frontchannel-logout", "backchannel-logout")}
    aliases = {name: plans[name]["configuration"]["alias"] for name in clients}
    assert len(set(clients.values())) == len(set(aliases.values())) == len(clients)


def test_seeding_again_keeps_ids_and_secrets_and_one_plan_can_be_asked_for(seed, plans, instance):
    front = dev.Instance().stack().processes["tessera-serve"]
    assert seed("--suite", SUITE) == plans
    assert seed("--suite", SUITE, "--plan", "backchannel-logout") == plans["backchannel-logout"]["configuration"]
    assert dev.Instance().stack().processes["tessera-serve"] == front, "nothing changed for the front"


def test_the_front_may_call_the_suite_and_nothing_else_and_trusts_its_authority(plans, instance):
    settings = dict(line.split(" = ", 1) for line in (instance.directory / "conf" / "tessera-serve.conf").read_text().splitlines())
    assert settings["outbound-allow"] == "suite.example:9443"
    trusted = settings["outbound-ca-file"]
    assert open(trusted).read() == instance.ca_file.read_text()


def test_a_suite_that_moved_is_known_at_its_new_place(seed, plans, instance):
    moved = seed("--suite", "https://moved.example")["basic"]["configuration"]
    assert moved["client"] == plans["basic"]["configuration"]["client"]
    shown = instance.tessera_json("client", "show", "--project", oidf.REALM, moved["client"]["client_id"])
    assert shown["redirectUris"] == ["https://moved.example/test/a/oidf/callback"]


def test_the_configured_person_signs_in_without_pkce_and_shows_every_standard_claim(plans, instance):
    """What each module of the basic plan does first, with what it is told."""
    configuration = plans["basic"]["configuration"]
    client, redirect_uri = configuration["client"], f"{SUITE}/test/a/{configuration['alias']}/callback"
    given = {command[2]: command[3] for command in configuration["browser"][0]["tasks"][0]["commands"] if command[0] == "text"}
    browser = Browser(instance.issuer_base, [Node("localhost", instance.port, str(instance.ca_file))])
    browser.get("/realms/oidf/authorize?" + urllib.parse.urlencode({
        "response_type": "code", "client_id": client["client_id"], "redirect_uri": redirect_uri, "scope": "openid profile email address phone"}))
    page = browser.submit(**given)
    assert "allow" in page.ids, page.text
    page = browser.submit("allow")
    assert page.url.startswith(redirect_uri), page.url
    body = urllib.parse.urlencode({"grant_type": "authorization_code", "code": page.query["code"], "redirect_uri": redirect_uri})
    tokens = request(instance, "POST", "/realms/oidf/token", body, {"Authorization": basic(client["client_id"], client["client_secret"]),
                                                                   "Content-Type": "application/x-www-form-urlencoded"})
    assert tokens.status == 200, tokens.body
    claims = request(instance, "GET", "/realms/oidf/userinfo", headers={"Authorization": "Bearer " + tokens.json["access_token"]}).json
    assert set(claims) == STANDARD_CLAIMS and set(claims["address"]) == ADDRESS
