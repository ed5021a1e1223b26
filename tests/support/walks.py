"""Ways through the pages that several tests of the real browser begin with."""

import re

from chromium import Tab
from login_house import PASSWORD, totp


def at_sign_in(house, tab: Tab, **parameters) -> Tab:
    tab.go(house.app.link(**parameters))
    assert tab.page.status == 200 and "/login" in tab.page.url, tab.page
    return tab


def signed_in(house, tab: Tab, account, password=PASSWORD, **parameters) -> Tab:
    at_sign_in(house, tab, **parameters).submit(username=account.email, password=password)
    assert house.is_back(tab), tab.page
    return tab


def at_account(house, tab: Tab) -> Tab:
    tab.go(house.oauth.path + "/account")
    assert tab.page.status == 200, tab.page
    return tab


def set_up_authenticator(tab: Tab) -> tuple[str, list[str]]:
    """From the page with the QR code on: (secret, recovery codes); the sign-in goes on."""
    secret = re.sub(r"[^A-Z2-7]", "", tab.text("code.secret"))
    tab.submit(code=totp(secret))
    assert "not shown again" in tab.page.text, tab.page
    codes = re.findall(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b", tab.page.text)
    tab.submit()
    return secret, codes
