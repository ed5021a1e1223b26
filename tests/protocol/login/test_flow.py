"""The state of a sign-in: one browser, each step once, and a page for whatever comes late."""

import urllib.parse

from login_house import PASSWORD


def flow_of(browser):
    return browser.page.query["flow"]


def test_another_browser_cannot_take_part(house, account):
    browser, stranger = house.at_sign_in(), house.at_sign_in()
    page = stranger.get(f"{house.oauth.path}/login?flow={flow_of(browser)}")
    assert page.status == 400 and "error=login_expired" in page.text
    page = stranger.post(f"{house.oauth.path}/login", {"flow": page.query["flow"], "step": "0", "username": account.email, "password": PASSWORD})
    assert page.status == 400
    assert house.sessions(account) == 0


def test_a_form_of_another_site_is_refused(house, account):
    browser = house.at_sign_in()
    fields = browser.page.form()["fields"] | {"username": account.email, "password": PASSWORD}
    for headers in ([("Origin", "https://evil.example")], [("Sec-Fetch-Site", "cross-site")], [("Origin", "null")]):
        page = browser.request("POST", f"{house.oauth.path}/login", urllib.parse.urlencode(fields).encode(),
                               [("Content-Type", "application/x-www-form-urlencoded"), *headers])
        assert page.status == 400, headers
    assert house.sessions(account) == 0


def test_a_flow_is_over_when_its_time_is(house, account):
    browser = house.at_sign_in()
    house.oauth.execute("UPDATE tessera.login_flows SET expire_time = now() WHERE browser_digest IS NOT NULL", [])
    page = browser.submit(username=account.email, password=PASSWORD)
    assert page.status == 400 and "error=login_expired" in page.text


def test_the_back_button_after_the_end_leads_on(house, account):
    browser = house.at_sign_in()
    login = browser.page.url
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser)
    page = browser.get(login)
    assert page.status in (200, 303, 400) and "login?" not in page.url


def test_a_realms_sign_in_is_no_other_realms(house, account, other_oauth):
    browser = house.at_sign_in()
    page = browser.get(f"{other_oauth.path}/login?flow={flow_of(browser)}")
    assert page.status == 400


def test_a_malformed_handle_gets_the_same_page_as_an_unknown_one(house):
    browser = house.browser()
    for flow in ["", "x", "login_flow_" + "0" * 25, "login_flow_" + "z" * 25, "org_" + "0" * 25, "a" * 5000]:
        page = browser.get(f"{house.oauth.path}/login?flow={flow}")
        assert page.status == 400 and "error=login_expired" in page.text, flow[:40]


def test_every_page_says_that_nobody_may_frame_or_keep_it(house):
    page = house.at_sign_in().page
    headers = page.reply.headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"] and "no-store" in headers["cache-control"]
    assert headers["referrer-policy"] == "no-referrer" and headers["x-frame-options"] == "DENY"
    for cookie in headers.get_all("set-cookie") or []:
        assert cookie.startswith("__Host-") and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_session_ended_elsewhere_is_dead_here(house, account):
    browser = house.signed_in(account)
    house.oauth.execute("UPDATE tessera.sessions SET revoke_time = now() WHERE user_id = %s", [str(account.user)])
    page = house.app.begin(browser, prompt="none")
    assert "error=login_required" in page.url


def test_expired_and_idle_sessions_are_dead(house, account):
    browser = house.signed_in(account)
    house.oauth.execute("UPDATE tessera.sessions SET last_active_time = now() - interval '25 hours' WHERE user_id = %s", [str(account.user)])
    assert "error=login_required" in house.app.begin(browser, prompt="none").url
    browser = house.signed_in(account)
    house.rows("SELECT 1")
    house.oauth.execute("ALTER TABLE tessera.sessions DISABLE TRIGGER USER; UPDATE tessera.sessions SET expire_time = now() WHERE user_id = %s; "
                        "ALTER TABLE tessera.sessions ENABLE TRIGGER USER", [str(account.user)])
    assert "error=login_required" in house.app.begin(browser, prompt="none").url


def test_prompt_login_asks_again_and_keeps_the_session(house, account):
    browser = house.signed_in(account)
    first = house.claims(browser)
    page = house.app.begin(browser, prompt="login")
    assert "/login" in page.url and page.form()["fields"]["username"] == account.email
    browser.submit(password=PASSWORD)
    second = house.claims(browser)
    assert second["sid"] == first["sid"] and second["auth_time"] >= first["auth_time"]
    assert house.sessions(account) == 1
