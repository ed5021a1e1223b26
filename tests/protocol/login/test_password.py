"""Signing in with an address and a password."""

import re

from login_house import PASSWORD, Account


def body_without_handles(page):
    """A page's bytes but for what differs from flow to flow, and what the person typed."""
    text = re.sub(rb"login_flow_[0-9a-z]{25}|p[0-9a-f]{12}@example\.com|[A-Za-z0-9_-]{43}", b"-", page.reply.body)
    return re.sub(rb'name="step" value="\d+"', b"-", text)


def test_the_right_password_leads_back_to_the_app_with_a_code(house, account):
    browser = house.at_sign_in(state="with spaces & signs")
    browser.submit(username=account.email.upper(), password=PASSWORD)
    assert house.is_back(browser)
    assert browser.page.query["state"] == "with spaces & signs" and browser.page.query["iss"] == house.oauth.issuer
    claims = house.claims(browser)
    assert claims["sub"] == account.id and claims["amr"] == ["pwd"] and claims["acr"] == "urn:tessera:acr:1fa"


def test_a_second_request_of_the_browser_needs_no_page(house, account):
    browser = house.signed_in(account)
    house.app.begin(browser, prompt="none")
    assert house.is_back(browser)


def test_a_wrong_password_and_an_address_nobody_has_get_the_same_page(house, account):
    known, unknown = house.at_sign_in(), house.at_sign_in()
    wrong = known.submit(username=account.email, password="not the password")
    nobody = unknown.submit(username="p0123456789ab@example.com", password="not the password")
    assert wrong.status == nobody.status == 200
    assert "is not right" in wrong.text
    assert body_without_handles(wrong) == body_without_handles(nobody)


def test_the_fifth_wrong_guess_is_the_last_and_the_right_one_is_refused_then(house, account):
    browser = house.at_sign_in()
    for _ in range(5):
        page = browser.submit(username=account.email, password="wrong")
        assert "is not right" in page.text
    page = browser.submit(username=account.email, password=PASSWORD)
    assert "Too many" in page.text and not house.is_back(browser)
    assert house.sessions(account) == 0


def test_an_address_nobody_has_locks_like_any_other(house):
    browser = house.at_sign_in()
    for _ in range(5):
        browser.submit(username="p00000000aaaa@example.com", password="wrong")
    assert "Too many" in browser.submit(username="p00000000aaaa@example.com", password="wrong").text


def test_a_wrong_guess_is_counted_where_another_connection_sees_it(house, account):
    browser = house.at_sign_in()
    browser.submit(username=account.email, password="wrong")
    counted = house.rows("SELECT count FROM tessera.rate_counters WHERE bucket = sha256(%s::bytea)",
                         [f"password|account|{account.email}".encode()])
    assert counted == [(1,)]
    browser.submit(username=account.email, password=PASSWORD)
    assert house.is_back(browser)
    assert house.rows("SELECT count FROM tessera.rate_counters WHERE bucket = sha256(%s::bytea)",
                      [f"password|account|{account.email}".encode()]) == []


def test_who_knows_a_password_uses_up_nothing_of_what_an_address_may_guess(house, account):
    """A building behind one address: many sign in, and only what was wrong counts against them."""
    buckets = [f"password|address|{address}".encode() for address in ("127.0.0.1", "::/64")]
    try:
        for bucket in buckets:
            house.rows("INSERT INTO tessera.rate_counters AS c (project_id, bucket, window_end, count) VALUES (%s, sha256(%s::bytea), now() + interval "
                       "'10 minutes', 99) ON CONFLICT (project_id, bucket) DO UPDATE SET count = 99, window_end = excluded.window_end RETURNING 1",
                       [str(house.oauth.project), bucket])
        house.signed_in(account)
        house.signed_in(account)
        browser = house.at_sign_in()
        assert "is not right" in browser.submit(username=account.email, password="wrong").text
        assert "Too many" in browser.submit(username=account.email, password=PASSWORD).text
    finally:
        for bucket in buckets:
            house.rows("DELETE FROM tessera.rate_counters WHERE bucket = sha256(%s::bytea) RETURNING 1", [bucket])


def test_every_refusal_is_an_event(house, account):
    browser = house.at_sign_in()
    browser.submit(username=account.email, password="wrong")
    (events,) = house.rows("SELECT count(*) FROM tessera.audit_events WHERE type = 'login.refused' AND body LIKE %s",
                           [f"%{account.email}%"])
    assert events == (1,)


def test_no_password_is_in_the_trail_or_the_page(house, account):
    browser = house.at_sign_in()
    page = browser.submit(username=account.email, password="canary-password-71")
    assert b"canary-password-71" not in page.reply.body
    assert house.rows("SELECT count(*) FROM tessera.audit_events WHERE body LIKE '%%canary-password%%'") == [(0,)]


def test_a_disabled_user_gets_the_answer_of_a_wrong_password(house, account):
    house.oauth.execute("UPDATE tessera.users SET disabled = true WHERE user_id = %s", [str(account.user)])
    page = house.at_sign_in().submit(username=account.email, password=PASSWORD)
    assert "is not right" in page.text


def test_an_organization_without_passwords_takes_none(house):
    account = Account(house, log_in_with_password=False)
    page = house.at_sign_in().submit(username=account.email, password=PASSWORD)
    assert "is not right" in page.text
    assert house.sessions(account) == 0


def test_hostile_text_in_every_field_gets_a_page_that_does_not_repeat_it_as_markup(house):
    for text in ["\x00", "a\r\nSet-Cookie: x=y", "<script>alert(1)</script>@example.com", "{{{x}}}", "\u202e@example.com", "x" * 60_000]:
        browser = house.at_sign_in()
        page = browser.submit(username=text, password=text)
        assert page.status in (200, 400, 413), (text[:20], page.status)
        assert b"<script>alert" not in page.reply.body
