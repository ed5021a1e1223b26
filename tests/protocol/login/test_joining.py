"""Signing up, invitations and the choice of an organization."""

import secrets

import pytest

from oauth_client import make_realm, prefixed
from login_house import Account, House

PHRASE = "some phrase nobody else has 7"


def new_address():
    return f"n{secrets.token_hex(6)}@example.com"


@pytest.fixture(scope="session")
def open_house(stack, nodes):
    house = House(stack, make_realm(stack, nodes, "login-open"))
    house.oauth.execute("UPDATE tessera.projects SET self_serve_create_users = true, self_serve_create_organizations = true", [])
    return house


def signing_up(house):
    browser = house.browser()
    page = house.app.begin(browser, prompt="create")
    assert page.status == 200, page.text
    return browser


def test_somebody_new_proves_the_address_founds_an_organization_and_is_its_owner(open_house, mailbox):
    address = new_address()
    browser = signing_up(open_house)
    browser.submit(username=address)
    browser.submit(code=mailbox.wait_for(address).code)
    page = browser.submit(name="Acme & Söhne")
    assert "new_password" in page.form("new_password")["fields"], page.text
    browser.submit(new_password=PHRASE, new_password_again=PHRASE)
    assert open_house.is_back(browser), browser.page.text
    owner = open_house.rows("SELECT u.owner, u.email_verified, o.display_name FROM tessera.users u JOIN tessera.organizations o "
                            "USING (project_id, organization_id) WHERE u.email = %s", [address])
    assert owner == [(True, True, "Acme & Söhne")]


def test_signing_up_with_an_address_that_has_an_account_signs_in_after_the_proof(open_house, mailbox):
    account = Account(open_house)
    browser = signing_up(open_house)
    page = browser.submit(username=account.email)
    assert "code" in page.form("code")["fields"]
    browser.submit(code=mailbox.wait_for(account.email).code)
    assert open_house.sessions(account) == 0


def test_where_sign_up_is_off_a_new_address_gets_no_account(house):
    browser = house.at_sign_in()
    assert not any(link and "sign_up" in link for link in browser.page.links)
    address = new_address()
    browser.submit("email_code", username=address)
    assert house.mails_to(address) == 0
    assert house.rows("SELECT count(*) FROM tessera.users WHERE email = %s", [address]) == [(0,)]


def test_an_invite_lets_its_address_join_once(house, mailbox):
    host, address = Account(house), new_address()
    house.oauth.execute("INSERT INTO tessera.user_invites (project_id, invite_id, organization_id, email, owner, expire_time) "
                        "VALUES (%s, gen_random_uuid(), %s, %s, false, now() + interval '1 day')",
                        [str(house.oauth.project), str(host.organization), address.upper()])
    browser = house.at_sign_in()
    browser.submit("email_code", username=address)
    page = browser.submit(code=mailbox.wait_for(address).code)
    assert "Acme" in page.text
    organization = prefixed("org_", host.organization)
    browser.submit("choose", _form=organization, choice=organization)
    browser.submit(new_password=PHRASE, new_password_again=PHRASE)
    assert house.is_back(browser), browser.page.text
    assert house.rows("SELECT count(*) FROM tessera.user_invites WHERE lower(email) = %s", [address]) == [(0,)]


def test_an_organization_that_is_switched_off_is_seen_on_no_path(house):
    account = Account(house)
    house.oauth.execute("UPDATE tessera.organizations SET logins_disabled = true WHERE organization_id = %s", [str(account.organization)])
    browser = house.at_sign_in()
    assert "is not right" in browser.submit(username=account.email, password=account.password).text
    invited = new_address()
    house.oauth.execute("INSERT INTO tessera.user_invites (project_id, invite_id, organization_id, email, owner, expire_time) "
                        "VALUES (%s, gen_random_uuid(), %s, %s, false, now() + interval '1 day')",
                        [str(house.oauth.project), str(account.organization), invited])
    browser = house.at_sign_in()
    browser.submit("email_code", username=invited)
    assert house.mails_to(invited) == 0


def test_an_invitation_by_mail_leads_to_a_sign_in_for_its_address(house, mailbox):
    host, address = Account(house), new_address()
    house.stack.tessera_json("invite", "create", "--project", house.oauth.slug, "--organization", prefixed("org_", host.organization),
                             "--email", address, "--send-email")
    mail = mailbox.wait_for(address)
    assert "Acme" in mail.subject and mail.link.startswith(f"{house.oauth.issuer}/account?login_hint=")
    browser = house.browser()
    page = browser.get(mail.link)
    assert page.form("username")["fields"]["username"] == address
    browser.submit("email_code", username=address)
    browser.submit(code=mailbox.wait_for(address, count=2).code)
    organization = prefixed("org_", host.organization)
    browser.submit("choose", _form=organization, choice=organization)
    page = browser.submit(new_password=PHRASE, new_password_again=PHRASE)
    assert page.status == 200 and page.url.endswith("/account") and address in page.text
