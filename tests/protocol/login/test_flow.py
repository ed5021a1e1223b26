"""The state of a sign-in: one browser, each step once, and a page for whatever comes late."""

import urllib.parse

from login_house import PASSWORD, Account
from oauth_client import uuid_of


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
    house.oauth.execute("UPDATE tessera.login_flows SET expire_time = now() WHERE flow_id = %s", [str(uuid_of(flow_of(browser)))])
    page = browser.submit(username=account.email, password=PASSWORD)
    assert page.status == 400 and "error=login_expired" in page.text


def test_the_back_button_after_the_end_shows_that_the_request_is_over(house, account):
    browser = house.at_sign_in()
    login = browser.page.url
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser)
    page = browser.get(login)
    assert "/authorize/resume?" in page.url and page.status == 400 and "error=invalid_request" in page.text
    assert house.sessions(account) == 1


def test_a_realms_sign_in_is_no_other_realms(house, account, other_oauth):
    browser = house.at_sign_in()
    page = browser.get(f"{other_oauth.path}/login?flow={flow_of(browser)}")
    assert page.status == 400


def test_a_malformed_handle_gets_the_same_page_as_an_unknown_one(house):
    browser = house.browser()
    for flow in ["", "x", "login_flow_" + "0" * 25, "login_flow_" + "z" * 25, "org_" + "0" * 25, "a" * 5000]:
        page = browser.get(f"{house.oauth.path}/login?flow={flow}")
        assert page.status == 400 and "error=login_expired" in page.text, flow[:40]


def test_every_page_of_a_sign_in_says_that_nobody_may_frame_or_keep_it(house, account):
    browser = house.at_sign_in()
    pages = [browser.page, browser.get(next(link for link in browser.page.links if link and "forgot" in link))]
    pages += [browser.submit(username=account.email), browser.submit(code="000000")]
    mfa = house.at_sign_in()
    pages += [mfa.submit(username=Account(house, require_mfa=True).email, password=PASSWORD), mfa.submit("authenticator", _form="authenticator")]
    pages.append(house.browser().get(f"{house.oauth.path}/login?flow=x"))
    assert len({page.text for page in pages}) == len(pages), "each is a page of its own"
    for page in pages:
        headers = page.reply.headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"] and "no-store" in headers["cache-control"], page.text
        assert headers["referrer-policy"] == "no-referrer" and headers["x-frame-options"] == "DENY", page.text


def test_every_cookie_of_a_sign_in_is_of_this_host_over_tls_and_out_of_reach_of_scripts(house, account):
    browser = house.signed_in(account)
    assert len({cookie.split("=")[0] for cookie in browser.set_cookies}) >= 2
    for cookie in browser.set_cookies:
        assert cookie.startswith("__Host-") and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie, cookie


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
    house.oauth.execute("UPDATE tessera.sessions SET expire_time = now() WHERE user_id = %s AND revoke_time IS NULL", [str(account.user)])
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


def test_the_session_that_somebody_elses_sign_in_replaces_is_told_of_with_its_person(house, account):
    browser, other = house.signed_in(account), Account(house)
    house.app.begin(browser, prompt="login")
    browser.submit(username=other.email, password=PASSWORD)
    assert house.is_back(browser), browser.page.text
    assert house.sessions(account) == 0 and house.sessions(other) == 1
    ended = house.oauth.events(type="session.ended", principal_id=other.id)
    assert [event["body"] for event in ended] == [{"reason": "replaced", "user": account.id}]
