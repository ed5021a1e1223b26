"""Second factors in a real browser: an authenticator app and recovery codes with JavaScript and without, and the step-up an app asks for."""

from login_house import PASSWORD, Account, totp
from walks import at_sign_in, set_up_authenticator, signed_in

TWO_FACTORS = "urn:tessera:acr:2fa"


def next_code(house, account, secret):
    """The newest code accepted is behind us: as if half a minute had gone by."""
    house.oauth.execute("UPDATE tessera.user_authenticator_apps SET last_step = last_step - 2 WHERE user_id = %s", [str(account.user)])
    return totp(secret)


def enrolled(house, tab):
    account = Account(house, require_mfa=True)
    at_sign_in(house, tab).submit(username=account.email, password=PASSWORD)
    tab.submit("authenticator")
    secret, codes = set_up_authenticator(tab)
    assert house.is_back(tab), tab.page
    return account, secret, codes


def test_an_authenticator_app_is_set_up_and_asked_for(house, tab, open_tab):
    account, secret, codes = enrolled(house, tab)
    assert len(codes) == 10 and house.claims(tab)["acr"] == TWO_FACTORS
    elsewhere = at_sign_in(house, open_tab(tab.way))
    elsewhere.submit(username=account.email, password=PASSWORD)
    elsewhere.submit(code="000000")
    assert "is not right" in elsewhere.page.text
    elsewhere.submit(code=next_code(house, account, secret))
    assert house.is_back(elsewhere), elsewhere.page
    assert house.claims(elsewhere)["amr"] == ["pwd", "otp", "mfa"]


def test_the_qr_code_is_seen(house, scripted):
    account = Account(house, require_mfa=True)
    at_sign_in(house, scripted).submit(username=account.email, password=PASSWORD)
    scripted.submit("authenticator")
    drawn = "(() => { const image = document.querySelector('img.qr'); return [image.complete, image.naturalWidth]; })()"
    complete, width = scripted.ask("evaluate", script=drawn)
    assert complete and width > 0
    scripted.ask("click", selector="summary")
    scripted.look("set_up_an_authenticator_app_by_hand")


def test_a_recovery_code_stands_in(house, tab, open_tab):
    account, _, codes = enrolled(house, tab)
    elsewhere = at_sign_in(house, open_tab(tab.way))
    elsewhere.submit(username=account.email, password=PASSWORD)
    elsewhere.submit("recovery")
    elsewhere.submit(recovery_code="0000-0000-0000-0000")
    assert "is not right" in elsewhere.page.text
    elsewhere.submit(recovery_code=codes[0].upper())
    assert house.is_back(elsewhere), elsewhere.page


def test_an_app_that_wants_two_factors_gets_them_in_a_session_of_one(house, account, tab):
    signed_in(house, tab, account)
    assert house.claims(tab)["acr"] == "urn:tessera:acr:1fa"
    tab.go(house.app.link(claims='{"id_token":{"acr":{"essential":true,"values":["%s"]}}}' % TWO_FACTORS))
    if tab.has('[name="password"]'):
        tab.submit(password=PASSWORD)
    tab.submit("authenticator")
    set_up_authenticator(tab)
    assert house.is_back(tab), tab.page
    assert house.claims(tab)["acr"] == TWO_FACTORS and house.sessions(account) == 1
    tab.go(house.app.link(acr_values=TWO_FACTORS))
    assert house.is_back(tab), tab.page


# ADR 0094: who has a second factor is asked for it, who has none is let in with one.
def test_a_wish_for_two_factors_asks_who_has_them(house, tab):
    account, secret, _ = enrolled(house, tab)
    house.oauth.execute("UPDATE tessera.organizations SET require_mfa = false WHERE organization_id = %s", [str(account.organization)])
    house.oauth.execute("UPDATE tessera.sessions SET acr = 'urn:tessera:acr:1fa', amr = '{pwd}' WHERE user_id = %s", [str(account.user)])
    tab.go(house.app.link(acr_values=TWO_FACTORS))
    if tab.has('[name="password"]'):
        tab.submit(password=PASSWORD)
    tab.submit(code=next_code(house, account, secret))
    assert house.is_back(tab), tab.page
    assert house.claims(tab)["acr"] == TWO_FACTORS
