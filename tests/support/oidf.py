"""`./tessera-dev seed oidf`: a realm for the OpenID Foundation's conformance suite, and the suite's configuration for that realm.

Who is registered and how the suite goes through our pages is data: tests/conformance/oidf. docs/conformance.md says how each plan ends.
"""

import json
import secrets
import shutil
import string
import urllib.parse
from datetime import datetime, timedelta, timezone
from pathlib import Path

from builds import ROOT
from processes import StackError
from stack import Stack

DATA = ROOT / "tests" / "conformance" / "oidf"
REALM = "oidf"
SUITE = "https://localhost.emobix.co.uk:8443"  # where it is when run on one's own machine
# Plans ask for what only this profile leaves out: requests without PKCE and nonce.
PROFILE = "oidc_legacy"
REGISTRATIONS = 1000  # the most of one initial access token; both dynamic plans take a hundred


class Placeholders(string.Template):
    """${name} and ${client.member}; $$ is a dollar."""

    braceidpattern = r"[a-z0-9_.]+"


def read(name: str):
    return json.loads((DATA / f"{name}.json").read_text())


def plan_names() -> list[str]:
    return list(read("plans"))


def fill(value, names: dict[str, str]):
    """The same JSON with every placeholder filled in. An unknown one is a KeyError."""
    if isinstance(value, str):
        return Placeholders(value).substitute(names)
    if isinstance(value, list):
        return [fill(each, names) for each in value]
    if isinstance(value, dict):
        return {name: fill(each, names) for name, each in value.items()}
    return value


def fields(values: dict) -> list[str]:
    """As --set takes them: JSON where it is more than a text."""
    return [argument for name, value in values.items()
            for argument in ("--set", f"{name}={value if isinstance(value, str) else json.dumps(value)}")]


# ---------------------------------------------------------------------------------------------------- what the realm has


def seed(stack: Stack, known: dict, suite: str) -> None:
    """Makes what is not there, brings the rest up to date. `known` keeps the secrets, which are shown once."""
    slugs = [project["slug"] for project in stack.tessera_json("project", "list").get("projects", [])]
    if REALM not in slugs:
        known.clear()
        stack.tessera_json("project", "create", "--slug", REALM, "--display-name", "OpenID conformance", "--single-organization")
    stack.tessera_json("project", "update", REALM, "--set", "registrationPolicy=token")
    if "registration_token" not in known:
        known["registration_token"] = registration_token(stack)
    seed_person(stack, known)
    registered = {client["displayName"]: client["id"] for client in stack.tessera_json("client", "list", "--project", REALM).get("clients", [])}
    for name, values in fill(read("clients"), {"suite": suite}).items():
        seed_client(stack, known.setdefault("clients", {}), name, values, registered.get(name))


def registration_token(stack: Stack) -> str:
    """For the plans whose clients register themselves."""
    expires = datetime.now(timezone.utc) + timedelta(days=365)
    return stack.tessera_json("project", "registration-token", REALM, "--trusted", "--uses", str(REGISTRATIONS),
                              "--expires", expires.strftime("%Y-%m-%dT%H:%M:%SZ"))["initialAccessToken"]


def seed_person(stack: Stack, known: dict) -> None:
    """Alice with every standard claim; a password when ours is not known."""
    person = read("person")
    email = person.pop("email")
    users = stack.tessera_json("user", "list", "--project", REALM, "--email", email).get("users", [])
    if users:
        stack.tessera_json("user", "update", "--project", REALM, users[0]["id"], *fields(person))
    else:
        users = [stack.tessera_json("user", "create", "--project", REALM, "--email", email, "--email-verified", *fields(person))]
    if not users[0].get("hasPassword") or known.get("username") != email:
        password = "-".join(secrets.token_hex(3) for _ in range(4))
        stack.tessera_json("user", "set-password", "--project", REALM, users[0]["id"], stdin=password)
        known |= {"username": email, "password": password}


def seed_client(stack: Stack, known: dict, name: str, values: dict, registered: str | None) -> None:
    if registered and known.get(name, {}).get("client_id") == registered:
        stack.tessera_json("client", "update", "--project", REALM, registered, *fields(values))
        return
    if registered:  # nobody knows its secret any more
        stack.tessera("client", "delete", "--project", REALM, registered)
    made = stack.tessera_json("client", "create", "--project", REALM, "--display-name", name, "--profile", PROFILE,
                              "--grant-type", "authorization_code", "--grant-type", "refresh_token", *fields(values))
    known[name] = {"client_id": made["client_id"], "client_secret": made["client_secret"]}


def front_settings(stack: Stack, suite: str, ca_file: Path | None) -> dict[str, str]:
    """What lets the front call the suite's back-channel address: permission for that one target, and trust in its CA if it has one."""
    where = urllib.parse.urlsplit(suite)
    settings = {"outbound-allow": f"{where.hostname}:{where.port or 443}"}
    if ca_file:
        if not ca_file.is_file():
            raise StackError(f"--suite-ca: there is no file {ca_file}")
        copy = stack.directory / "conf" / "suite-ca.pem"  # where the front's user may read it
        shutil.copyfile(ca_file, copy)
        copy.chmod(0o644)
        settings["outbound-ca-file"] = str(copy)
    return settings


# ---------------------------------------------------------------------------------------------------- what the suite is told


def automation(names: dict[str, str]) -> dict:
    """How the suite goes through our pages: `browser` for every module, `override` for those that see other pages."""
    data = fill(read("browser"), names)

    def steps(blocks: list[dict]) -> list[dict]:
        return [block | {"tasks": [data["tasks"][task] for task in block["tasks"]]} for block in blocks]

    return {"browser": steps(data["browser"]),
            "override": {module: {"browser": steps(each["browser"])} for each in data["override"] for module in each["modules"]}}


def plans(stack: Stack, known: dict, suite: str) -> dict:
    """By our short name: the suite's plan, its variant and the configuration to give it."""
    issuer = f"{stack.issuer_base}/realms/{REALM}"
    names = {"issuer": issuer, "suite": suite, "username": known["username"], "password": known["password"],
             "registration_token": known["registration_token"]}
    names |= {f"{client}.{member}": value for client, values in known["clients"].items() for member, value in values.items()}
    pages = automation(names)
    return {name: plan | {"configuration": fill(read(plan["configuration"]), names) | pages} for name, plan in read("plans").items()}
