"""Mail of a running appliance: to real servers, over TLS, through outages and kill -9."""

import contextlib
import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from login_house import Account, House
from mail_server import Inbox, mail_server, server_context
from oauth_client import make_realm
from ports import free_port
from scratch import scratch_stack
from wait import SANITIZER_FACTOR, wait_for
from wire import Node

PASSWORD = "smtp-canary-0e5c1f"


@pytest.fixture(scope="module")
def appliance(binaries):
    """A Tessera whose front is started anew by each test."""
    with scratch_stack(binaries) as made:
        made.up()
        yield made


@pytest.fixture(scope="module")
def house(appliance) -> House:
    return House(appliance, make_realm(appliance, [Node("localhost", appliance.port, str(appliance.ca_file))], "mail"))


@pytest.fixture
def start(appliance, house):
    """Starts the front anew with these smtp-… settings, and an empty outbox."""
    def start_front(**settings):
        if "tessera-serve" in appliance.processes:
            appliance.stop("tessera-serve")
        house.rows("DELETE FROM tessera.mail_outbox")
        appliance.serve_settings = {name.replace("_", "-"): value for name, value in settings.items()}
        appliance.start_serve()
    return start_front


def ask_for_code(house) -> str:
    """A sign-in that asks for a code; the address it goes to. A token that is busy making keys answers 503: later, then."""
    def asked():
        account = Account(house, password=None, log_in_with_password=False)
        browser = house.at_sign_in()
        page = browser.submit("email_code", username=account.email)
        if page.status == 503:
            return None
        assert "code" in page.form("code")["fields"], page.text
        return account.email
    return wait_for("a code that was asked for", asked, 90)


def row(house, address) -> dict:
    columns = ("attempts", "sent_time", "failed_time", "last_error", "values_sealed")
    (found,) = house.rows(f"SELECT {', '.join(columns)} FROM tessera.mail_outbox WHERE recipient = %s", [address])
    return dict(zip(columns, found, strict=True))


def password_file(stack, password: str):
    path = stack.directory / "conf" / "smtp-password"
    path.write_text(password + "\n")
    stack.serve_account.own(path)
    path.chmod(0o600)
    return path


def authenticated(stack, port, scheme="smtp") -> dict:
    return {"smtp_url": f"{scheme}://localhost:{port}", "smtp_user": "appliance", "smtp_ca_file": str(stack.ca_file),
            "smtp_password_file": str(password_file(stack, PASSWORD))}


def arrived(inbox, address):
    wait_for(f"mail to {address}", lambda: address in inbox.recipients, 60)


@pytest.mark.parametrize("kind", ["starttls", "implicit"])
def test_a_mail_goes_over_tls_with_the_password_of_a_file(appliance, house, start, kind):
    inbox = Inbox()
    with contextlib.ExitStack() as servers:
        port = servers.enter_context(mail_server(inbox, users={b"appliance": PASSWORD.encode()}, **{kind: server_context(appliance)}))
        start(**authenticated(appliance, port, {"starttls": "smtp", "implicit": "smtps"}[kind]))
        address = ask_for_code(house)
        arrived(inbox, address)
        wait_for("the record", lambda: row(house, address)["sent_time"])
        assert inbox.secured == [True]
        assert set(inbox.logins) == {(b"appliance", PASSWORD.encode())}  # whoever asks whether the server answers signs in too
        assert row(house, address)["values_sealed"] is None
        assert_secret_is_nowhere(appliance, PASSWORD)


def environment_of(pid: int) -> bytes:
    """Nothing where the process keeps it from all but root, and this is not root."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except PermissionError:
        assert os.geteuid() != 0
        return b""


def assert_secret_is_nowhere(stack, secret: str) -> None:
    """SR-16: not in argv, environment or a log of any process."""
    for name, process in stack.processes.items():
        assert secret.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes(), name
        assert secret.encode() not in environment_of(process.pid), name
        assert secret not in stack.log_file(name).read_text(errors="replace"), name


def test_neither_password_nor_mail_goes_to_a_server_that_is_not_who_it_should_be(appliance, house, start):
    inbox = Inbox()
    with mail_server(inbox, users={b"appliance": PASSWORD.encode()}, starttls=server_context(appliance)) as port:
        settings = authenticated(appliance, port) | {"smtp_ca_file": ""}  # the system's authorities do not know it
        start(**settings)
        address = ask_for_code(house)
        wait_for("the attempt", lambda: row(house, address)["last_error"])
        assert inbox.logins == [] and inbox.mails == []
        assert row(house, address)["failed_time"] is None


def test_a_server_without_tls_gets_no_password(appliance, house, start):
    inbox = Inbox()
    with mail_server(inbox) as port:
        start(**authenticated(appliance, port))
        address = ask_for_code(house)
        wait_for("the attempt", lambda: row(house, address)["last_error"])
        assert inbox.mails == [] and inbox.logins == []


def test_a_wrong_password_loses_no_mail_and_is_read_again(appliance, house, start):
    inbox = Inbox()
    with mail_server(inbox, users={b"appliance": b"another"}, starttls=server_context(appliance)) as port:
        start(**authenticated(appliance, port))
        address = ask_for_code(house)
        wait_for("the refusal", lambda: row(house, address)["last_error"])
        assert row(house, address)["failed_time"] is None and inbox.mails == []
        password_file(appliance, "another")
        arrived(inbox, address)


def test_doctor_says_whether_the_mail_server_takes_the_password(appliance, start):
    def checked():
        config = appliance.directory / "conf" / "tessera-serve.conf"
        checks = json.loads(appliance.tessera("doctor", "--json", f"--config={config}", check=False).stdout)["checks"]
        return next(check for check in checks if check["check"] == "mail server")

    inbox = Inbox()
    with mail_server(inbox, users={b"appliance": PASSWORD.encode()}, starttls=server_context(appliance)) as port:
        start(**authenticated(appliance, port))
        assert checked()["result"] == "ok"
        password_file(appliance, "another")
        found = checked()
    assert found["result"] == "WRONG" and PASSWORD not in json.dumps(found) and "another" not in json.dumps(found)
    assert checked()["result"] == "WRONG"
    assert inbox.mails == []


def test_a_front_killed_between_pick_and_sent_loses_nothing(appliance, house, start):
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        start(smtp_url=f"smtp://127.0.0.1:{port}", smtp_timeout="4")
        address = ask_for_code(house)
        connection, _ = silent.accept()  # picked, and now it waits for a greeting
        assert row(house, address)["attempts"] == 1
        appliance.processes.pop("tessera-serve").stop(signal.SIGKILL)
        connection.close()
    assert row(house, address)["sent_time"] is None
    with mail_server(inbox, port=port):
        appliance.start_serve()
        arrived(inbox, address)
        wait_for("the record", lambda: row(house, address)["sent_time"])
    assert inbox.recipients == [address]
    assert row(house, address)["attempts"] == 2


def test_a_mail_server_that_is_away_or_silent_delays_no_sign_in(appliance, house, start):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in (free_port(), silent.getsockname()[1]):
            start(smtp_url=f"smtp://127.0.0.1:{port}")
            ask_for_code(house)
            took = []
            for _ in range(5):
                begun = time.monotonic()
                ask_for_code(house)
                took.append(time.monotonic() - begun)
            assert sorted(took)[2] < 2 * SANITIZER_FACTOR, took


def test_a_code_is_there_within_a_second(stack, nodes, mailbox):
    house = House(stack, make_realm(stack, nodes, "mail-soon"))
    ask_for_code(house)  # connections are open now
    begun = time.monotonic()
    address = ask_for_code(house)
    asked = time.monotonic() - begun
    mailbox.wait_for(address)
    assert time.monotonic() - begun - asked < 1 * SANITIZER_FACTOR


def test_what_was_sent_is_counted(stack, nodes, mailbox):
    house = House(stack, make_realm(stack, nodes, "mail-counted"))

    def sent():
        lines = stack.admin.metrics().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith('tessera_mails_total{result="sent"}'))

    def send_one():
        mailbox.wait_for(ask_for_code(house))
        return sent() > before
    before = sent()
    # Either front may take a mail; this one takes one of some.
    wait_for("a mail sent by this front", send_one, 60)


@pytest.fixture
def mailbox(stack):
    return stack.mailbox
