"""The command line: what it prints for people and programs, and how it ends."""

import json
import re
import secrets
import subprocess

import pytest

from wait import wait_for

@pytest.fixture
def project(realm):
    return realm.slug


def client_of(stack, realm):
    return stack.tessera_json("client", "create", "--project", realm.slug, "--display-name", "A client", "--access", f"{realm.resource}=read")


def test_help_names_every_command_and_each_explains_itself(stack):
    text = stack.tessera("--help").stdout
    for noun in ("serve", "migrate", "setup", "doctor", "project", "organization", "user", "invite", "client",
                 "resource", "keys", "audit", "version", "completion"):
        assert re.search(rf"(?m)^  {noun}\b", text), noun
        assert stack.tessera(noun, "--help").stdout.startswith(f"usage: tessera {noun}"), noun


def test_exit_codes_are_as_documented(stack, project):
    assert stack.tessera("project", "show", project).returncode == 0
    absent = stack.tessera("project", "show", "absent", check=False)
    assert absent.returncode == 1 and "not found" in absent.stderr and absent.stdout == ""
    for wrong in (["nonsense"], ["project", "nonsense"], ["project", "show"], ["project", "list", "--nonsense"], []):
        used = stack.tessera(*wrong, check=False)
        assert used.returncode == 2 and used.stderr and used.stdout == "", (wrong, used)
    unreachable = stack.tessera("project", "list", "--socket", "/nonexistent/console.sock", check=False)
    assert unreachable.returncode == 3 and "/nonexistent/console.sock" in unreachable.stderr
    no_keyd = stack.tessera("keys", "health", "--keyd-socket", "/nonexistent/admin.sock", check=False)
    assert no_keyd.returncode == 3 and "/nonexistent/admin.sock" in no_keyd.stderr


def test_tables_are_for_people_and_json_for_programs(stack, project):
    table = stack.tessera("project", "list").stdout.splitlines()
    assert table[0].split()[0].isupper() and any(project in line for line in table)
    for command in (["project", "list"], ["client", "list", "--project", project], ["resource", "list", "--project", project],
                    ["audit", "list", "--project", project], ["keys", "list"], ["keys", "tokens"], ["keys", "health"], ["keys", "journal"],
                    ["version"]):
        json.loads(stack.tessera(*command, "--json").stdout)


def test_a_secret_is_printed_once_and_a_chosen_one_comes_by_stdin(stack, realm, project):
    made = client_of(stack, realm)
    assert made["client_secret"] not in stack.tessera("client", "show", "--project", project, made["client_id"], "--json").stdout
    chosen = "tessera_secret_" + secrets.token_urlsafe(32)
    answer = stack.tessera("client", "secret-create", "--project", project, made["client_id"], "--stdin", stdin=chosen + "\n")
    assert chosen not in answer.stdout + answer.stderr
    shown = stack.tessera_json("client", "show", "--project", project, made["client_id"])
    assert {one["hint"] for one in shown["secrets"]} == {made["client_secret"][-4:], chosen[-4:]}


def test_a_client_lives_its_life(stack, realm, project):
    client = client_of(stack, realm)["client_id"]
    at = ("--project", project)
    stack.tessera("client", "update", *at, client, "--display-name", "Renamed")
    assert stack.tessera_json("client", "show", *at, client)["displayName"] == "Renamed"
    stack.tessera("client", "access-grant", *at, client, "--resource", realm.resource, "--scope", "write")
    assert "write" in stack.tessera("client", "show", *at, client).stdout
    stack.tessera("client", "disable", *at, client)
    stack.tessera("client", "enable", *at, client)
    stack.tessera("client", "delete", *at, client)
    assert stack.tessera("client", "show", *at, client, check=False).returncode == 1


def test_doctor_finds_nothing_wrong_with_a_whole_installation(stack):
    said = stack.tessera("doctor", "--config", str(stack.directory / "conf" / "tessera-serve.conf"), "--json", check=False)
    checks = json.loads(said.stdout)["checks"]
    assert said.returncode == 0 and len(checks) >= 8, said.stdout
    assert {check["result"] for check in checks} == {"ok"}, checks


def test_doctor_says_what_is_wrong_and_what_to_do(stack, tmp_path):
    config = tmp_path / "serve.conf"
    text = (stack.directory / "conf" / "tessera-serve.conf").read_text()
    config.write_text(re.sub(r"(?m)^database-url = .*$", "database-url = host=/nonexistent dbname=tessera", text))
    said = stack.tessera("doctor", "--config", str(config), "--json", check=False)
    wrong = [check for check in json.loads(said.stdout)["checks"] if check["result"] != "ok"]
    assert said.returncode == 1 and wrong and all(check["advice"] for check in wrong), said.stdout


def test_measured_password_settings_are_never_below_the_floor_and_are_settings(stack, tmp_path):
    measured = stack.tessera_json("measure-passwords", "--target-ms", "10", "--memory-mib-max", "19")
    assert measured["memory_kib"] == 19456 and measured["iterations"] >= 2 and measured["parallelism"] == 1 and measured["took_us"] > 0
    config = tmp_path / "serve.conf"
    config.write_text((stack.directory / "conf" / "tessera-serve.conf").read_text() + stack.tessera("measure-passwords", "--target-ms", "10").stdout)
    said = stack.tessera("doctor", "--config", str(config), "--json", check=False)
    assert said.returncode == 0, said.stdout
    for wrong in (("--target-ms", "9"), ("--target-ms", "x"), ("--memory-mib-max", "257"), ("--memory-mib-max", "-1")):
        assert stack.tessera("measure-passwords", *wrong, check=False).returncode == 2, wrong


def test_setup_is_repeatable(stack):
    slug = f"setup-{secrets.token_hex(6)}"
    for _ in range(2):
        stack.tessera("setup", "--project", slug)
    assert [one["slug"] for one in stack.tessera_json("project", "list")["projects"]].count(slug) == 1


def test_migrate_is_repeatable_and_says_what_it_applied(stack):
    rows = stack.tessera_json("migrate", "--database-url", stack.postgres.database_url())["migrations"]
    assert rows and not any(row["applied_now"] for row in rows)


@pytest.mark.parametrize("shell, check", [("bash", ["bash", "-n"]), ("zsh", None), ("fish", None)])
def test_completion_scripts_know_every_noun(stack, shell, check):
    script = stack.tessera("completion", shell).stdout
    assert all(noun in script for noun in ("project", "client", "audit", "keys"))
    if check:
        assert subprocess.run(check, input=script, text=True).returncode == 0


def test_bash_completes_nouns_and_verbs(stack):
    script = stack.tessera("completion", "bash").stdout

    def complete(*words):
        run = f'{script}\nCOMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}\n'
        name = re.search(r"complete .*-F (\S+)", script)[1]
        return subprocess.run(["bash", "-c", f'{run}{name}; echo "${{COMPREPLY[@]}}"'], capture_output=True, text=True).stdout.split()

    assert complete("tessera", "pro") == ["project"]
    assert "create" in complete("tessera", "project", "cr")


def test_follow_prints_events_as_they_come(stack, project):
    command = [str(stack.binary("tessera")), "audit", "follow", "--project", project, "--from", "2020-01-01T00:00:00Z", "--json"]
    follow = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                              env=stack.environment() | {"TESSERA_CONSOLE_SOCKET": str(stack.console_socket)})
    try:
        assert follow.stdout.readline(), "what was there before: it follows, and what comes from here on is new to it"
        stack.tessera("project", "update", project, "--set", "displayName=Followed")
        for line in follow.stdout:
            if json.loads(line)["type"] == "project.updated":
                break
        else:
            raise AssertionError("follow ended")
    finally:
        follow.terminate()
        follow.wait(10)


def test_export_is_one_canonical_line_an_event(stack, project):
    wait_for("every event to have its position",
             lambda: all(int(event["position"]) for event in stack.tessera_json("audit", "list", "--project", project)["events"]), 10)
    lines = stack.tessera("audit", "export", "--project", project).stdout.splitlines()
    assert [int(json.loads(line)["position"]) for line in lines] == list(range(1, len(lines) + 1)) and lines


def test_list_filters_and_limits(stack, project):
    events = stack.tessera_json("audit", "list", "--project", project, "--type", "resource.", "--limit", "1")["events"]
    assert len(events) == 1 and events[0]["type"].startswith("resource.")
