"""Ways through the pages that several tests of the real browser begin with."""

import re
import uuid

from chromium import Tab
from login_house import PASSWORD, House, totp


class QuickHouse(House):
    """Hashes a password the first time only: for everybody anew it takes as long as a page."""

    def __init__(self, stack, oauth):
        self.hashes = {}
        super().__init__(stack, oauth)

    def set_password(self, user, password):
        row = str(uuid.UUID(int=int(user.removeprefix("user_"), 36)))
        if password in self.hashes:
            self.oauth.execute("INSERT INTO tessera.user_passwords (project_id, user_id, hash, set_time) VALUES (%s, %s, %s, now())",
                               [str(self.oauth.project), row, self.hashes[password]])
        else:
            super().set_password(user, password)
            self.hashes[password] = self.rows("SELECT hash FROM tessera.user_passwords WHERE user_id = %s", [row])[0][0]


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
