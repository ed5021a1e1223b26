"""Passkeys in a real browser, with an authenticator that Chromium plays: made, used as the only step and as the second one."""

import pytest

from chromium import NARROW, Way
from code_flow import REDIRECT_URI
from login_house import PASSWORD, Account
from walks import at_account, at_sign_in, signed_in

CREATE, GET = '[data-passkey="create"] button', '[data-passkey="get"] button'


def sign_out_everywhere(house, account):
    house.oauth.execute("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'admin' WHERE user_id = %s", [str(account.user)])


@pytest.fixture
def owner(house, account, scripted):
    """Somebody who has just made a passkey on their own page; the tab has the authenticator."""
    scripted.ask("authenticator")
    signed_in(house, scripted, account)
    at_account(house, scripted)
    scripted.prove(CREATE)
    assert "passkey is added" in scripted.page.text, scripted.page
    return account


def test_a_passkey_made_on_the_own_page_signs_in_by_its_button(house, owner, scripted):
    sign_out_everywhere(house, owner)
    at_sign_in(house, scripted)
    scripted.prove(GET)
    assert house.is_back(scripted), scripted.page
    claims = house.claims(scripted)
    assert claims["sub"] == owner.id and claims["acr"] == "phr" and "pwd" not in claims["amr"]


def test_the_sign_in_page_offers_passkeys_without_being_asked(house, owner, scripted):
    sign_out_everywhere(house, owner)
    scripted.ask("presence", enabled=True)
    scripted.ask("go", url=scripted.chromium.origin + house.app.link())
    scripted.arrive(REDIRECT_URI)
    assert house.is_back(scripted) and house.claims(scripted)["sub"] == owner.id


def test_a_passkey_is_asked_for_after_the_password(house, owner, scripted):
    sign_out_everywhere(house, owner)
    at_sign_in(house, scripted).submit(username=owner.email, password=PASSWORD)
    assert scripted.has(GET), scripted.page
    scripted.prove(GET)
    assert house.is_back(scripted), scripted.page
    assert {"pwd", "mfa"} <= set(house.claims(scripted)["amr"])


@pytest.mark.parametrize("width", [NARROW, 1280])
def test_a_passkey_is_set_up_where_a_second_step_is_required(house, open_tab, width):
    account, tab = Account(house, require_mfa=True), open_tab(Way(width=width))
    tab.ask("authenticator")
    at_sign_in(house, tab).submit(username=account.email, password=PASSWORD)
    tab.submit("passkey")
    tab.fill(name="My telephone")
    tab.prove(CREATE)
    assert house.is_back(tab), tab.page
    assert account.value("SELECT name FROM tessera.passkeys WHERE user_id = %s") == "My telephone"
    sign_out_everywhere(house, account)
    at_sign_in(house, tab).submit(username=account.email, password=PASSWORD)
    tab.prove(GET)
    assert house.is_back(tab), tab.page


def test_a_passkey_gets_a_name_and_is_taken_away(house, owner, scripted):
    scripted.ask("click", selector='summary:text("Rename")')
    scripted.fill(name="Key on the ring")
    scripted.look("security_with_a_passkey_renamed")
    scripted.press('button:text("Save"):visible')
    assert "Key on the ring" in scripted.page.text
    scripted.ask("click", selector='summary[aria-label="Remove Key on the ring"]')
    scripted.press('button:text("Remove"):visible')
    assert "no passkeys yet" in scripted.page.text
    assert owner.value("SELECT count(*) FROM tessera.passkeys WHERE user_id = %s") == 0


def test_a_passkey_that_was_taken_away_signs_nobody_in(house, owner, scripted):
    house.oauth.execute("DELETE FROM tessera.passkeys WHERE user_id = %s", [str(owner.user)])
    sign_out_everywhere(house, owner)
    at_sign_in(house, scripted)
    scripted.prove(GET)
    assert "No account here knows this passkey" in scripted.page.text, scripted.page


def test_an_authenticator_without_a_passkey_is_said_on_the_page(house, owner, open_tab):
    tab = open_tab()
    tab.ask("authenticator")
    at_sign_in(house, tab).submit(username=owner.email, password=PASSWORD)
    tab.ask("presence", enabled=True)
    tab.ask("click", selector=GET)
    tab.ask("appear", selector="[data-because=cancelled]")
    tab.look("use_your_passkey_not_used")


def test_without_script_the_page_says_what_passkeys_need(house, owner, open_tab):
    tab = open_tab(Way(width=NARROW, script=False))
    at_sign_in(house, tab)
    assert not tab.shown("[data-passkey]")
    tab.submit(username=owner.email, password=PASSWORD)
    assert "need JavaScript" in tab.page.text
