"""SR-16: nothing a person proves who they are with lies readable in a dump of the database, in a log, in the metrics, in an argument."""

import re

import pytest

from jose import b64url
from login_house import PASSWORD, Account, Enrolled, House, at_factor, next_code
from oauth_client import make_realm

WRONG = "canary-wrong-password-83"


@pytest.fixture(scope="module")
def house(stack, nodes):
    return House(stack, make_realm(stack, nodes, "canaries"))


def proved_in_every_way(house, mailbox):
    """name: value, after flows that went well and flows that did not."""
    enrolled, mailed = Enrolled(house), Account(house, password=None, log_in_with_password=False)
    found = {"password": PASSWORD, "wrong password": WRONG, "secret of the app": enrolled.secret}
    found |= {f"recovery code {number}": code for number, code in enumerate(enrolled.recovery_codes)}
    house.at_sign_in().submit(username=enrolled.account.email, password=WRONG)
    at_factor(house, enrolled.account).submit(code="000000")
    browser = at_factor(house, enrolled.account)
    browser.submit(code=next_code(house, enrolled))
    assert house.is_back(browser)
    tokens = house.app.redeem(code := browser.page.query["code"]).json
    found |= {"authorization code": code, "refresh token": tokens["refresh_token"]}
    found |= {name: tokens[name].rsplit(".", 1)[1] for name in ("access_token", "id_token")}
    renewed = house.app.refresh(tokens["refresh_token"]).json
    found |= {f"renewed {name}": value for name, value in renewed.items() if name == "refresh_token"}
    found |= {f"cookie {name}": value for name, value in browser.cookies.items() if "device" not in name}
    browser = house.at_sign_in()
    browser.submit("email_code", username=mailed.email)
    mail = mailbox.wait_for(mailed.email)
    found |= {"mailed link": re.search(r"link=([^&\s]+)", mail.link)[1]}
    browser.submit(code=mail.code)
    assert house.is_back(browser)
    return found


def spellings(value):
    """As text, as hexadecimal digits (what a dump shows of bytea), and as Base64."""
    raw = value.encode()
    return {value, raw.hex(), b64url(raw)}


def test_no_secret_of_a_person_is_found_in_a_dump_in_logs_in_metrics_or_in_arguments(stack, house, mailbox):
    canaries = proved_in_every_way(house, mailbox)
    dump = stack.postgres.dump()
    assert "login_flows" in dump and "user_recovery_codes" in dump
    places = {"dump": dump, "metrics": stack.admin.metrics(), "trail": stack.tessera("audit", "export", "--project", house.oauth.slug).stdout}
    places |= {log.name: log.read_text(errors="replace") for log in stack.logs.glob("*.log") if "mail" not in log.name}
    for name, process in stack.processes.items():
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            places[f"arguments of {name}"] = file.read().decode(errors="replace")
    found = [(name, place) for name, value in canaries.items() for spelling in spellings(value) for place, text in places.items() if spelling in text]
    assert not found


@pytest.fixture
def mailbox(stack):
    return stack.mailbox
