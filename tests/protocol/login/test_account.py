"""The signed-in person's own page: sessions, password, factors and apps, each behind the proof it needs."""

import re
import uuid

import pytest

from code_flow import App
from login_house import PASSWORD, Account, shown_secret, totp
from oauth_client import prefixed
from signed_in import relying_party

FRESH = "a quite different phrase 9"


@pytest.fixture
def at_account(house, account):
    browser = house.signed_in(account)
    page = browser.get(house.oauth.path + "/account")
    assert page.status == 200 and account.email in page.text, page.text
    return browser


def stale(house, account):
    """The sign-in was an hour ago."""
    house.oauth.execute("UPDATE tessera.sessions SET auth_time = auth_time - interval '1 hour' WHERE user_id = %s", [str(account.user)])


def change(house, browser, do, **fields):
    return browser.post(house.oauth.path + "/account", {"do": do} | fields)


def bodies(house, account, event_type):
    """Of this person's events."""
    return [event["body"] for event in house.oauth.events(type=event_type, principal_id=prefixed("user_", account.user))]


def test_who_is_not_signed_in_signs_in_and_comes_back(house, account):
    browser = house.browser()
    assert "/login" in browser.get(house.oauth.path + "/account").url
    page = browser.submit(username=account.email, password=PASSWORD)
    assert page.url.endswith(house.oauth.path + "/account") and account.email in page.text


def test_a_person_sees_their_sessions_and_ends_another(house, account, at_account):
    other = house.signed_in(account)
    page = at_account.get(house.oauth.path + "/account")
    (session,) = house.rows("SELECT session_id FROM tessera.sessions WHERE user_id = %s ORDER BY create_time DESC LIMIT 1", [str(account.user)])
    ended = prefixed("session_", uuid.UUID(session[0]))
    assert "This device" in page.text and ended in page.reply.body.decode()
    change(house, at_account, "end_session", choice=ended)
    assert "error=login_required" in house.app.begin(other, prompt="none").url
    assert house.sessions(account) == 1


def test_a_session_of_somebody_else_is_not_ended(house, account, at_account):
    stranger = Account(house)
    house.signed_in(stranger)
    (session,) = house.rows("SELECT session_id FROM tessera.sessions WHERE user_id = %s", [str(stranger.user)])
    change(house, at_account, "end_session", choice=prefixed("session_", uuid.UUID(session[0])))
    assert house.sessions(stranger) == 1


def test_all_other_sessions_end_at_once(house, account, at_account):
    others = [house.signed_in(account) for _ in range(3)]
    change(house, at_account, "end_other_sessions")
    assert house.sessions(account) == 1
    assert all("error=login_required" in house.app.begin(other, prompt="none").url for other in others)
    assert at_account.get(house.oauth.path + "/account").status == 200


# T-24
def test_a_password_change_needs_the_present_one_and_ends_other_sessions(house, account, at_account, mailbox):
    other = house.signed_in(account)
    wrong = change(house, at_account, "change_password", password="no", new_password=FRESH, new_password_again=FRESH)
    assert "not right" in wrong.text and house.sessions(account) == 2
    assert bodies(house, account, "login.refused") == [{"step": "account", "email": account.email, "reason": "wrong_password"}]
    weak = change(house, at_account, "change_password", password=PASSWORD, new_password="password1", new_password_again="password1")
    assert "too easy to guess" in weak.text and house.sessions(account) == 2
    page = change(house, at_account, "change_password", password=PASSWORD, new_password=FRESH, new_password_again=FRESH)
    assert "is saved" in page.text, page.text
    assert house.sessions(account) == 1
    assert bodies(house, account, "session.ended") == [{"reason": "password_change", "user": account.id}]
    assert "error=login_required" in house.app.begin(other, prompt="none").url
    assert "password" in mailbox.wait_for(account.email).subject.lower()


def test_sessions_that_an_operators_new_password_ends_are_told_of(house, account, at_account):
    house.set_password(account.id, FRESH)
    ended = [event["body"] for event in house.oauth.events(type="session.ended", principal_kind="operator")]
    assert {"reason": "password_set", "user": account.id} in ended and house.sessions(account) == 0


def test_an_app_is_set_up_behind_a_fresh_sign_in_and_taken_away_again(house, account, at_account):
    page = change(house, at_account, "add_authenticator")
    assert "/login" in page.url, page.url
    at_account.submit(password=PASSWORD)
    at_account.submit("authenticator", _form="authenticator")
    secret = shown_secret(at_account)
    at_account.submit(code=totp(secret))
    page = at_account.submit("continue", _form="submit")
    assert page.url.endswith("/account"), (page.url, page.text)
    assert account.value("SELECT count(*) FROM tessera.user_authenticator_apps WHERE user_id = %s") == 1
    codes = change(house, at_account, "new_recovery_codes")
    assert len(re.findall(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b", codes.text)) == 10
    change(house, at_account, "remove_authenticator")
    assert account.value("SELECT count(*) FROM tessera.user_authenticator_apps WHERE user_id = %s") == 0
    assert account.value("SELECT count(*) FROM tessera.user_recovery_codes WHERE user_id = %s") == 0


def test_taking_a_factor_away_asks_for_a_fresh_sign_in(house, account, at_account):
    house.oauth.execute("INSERT INTO tessera.user_authenticator_apps (project_id, user_id, secret_sealed, last_step) VALUES (%s, %s, 'x', 0)",
                        [str(house.oauth.project), str(account.user)])
    stale(house, account)
    page = change(house, at_account, "remove_authenticator")
    assert "/login" in page.url
    assert account.value("SELECT count(*) FROM tessera.user_authenticator_apps WHERE user_id = %s") == 1


def test_the_last_factor_stays_where_the_organization_wants_one(house, account, at_account):
    house.oauth.execute("UPDATE tessera.organizations SET require_mfa = true WHERE organization_id = %s", [str(account.organization)])
    house.oauth.execute("UPDATE tessera.sessions SET amr = '{pwd,otp,mfa}' WHERE user_id = %s", [str(account.user)])
    house.oauth.execute("INSERT INTO tessera.user_authenticator_apps (project_id, user_id, secret_sealed, last_step) VALUES (%s, %s, 'x', 0)",
                        [str(house.oauth.project), str(account.user)])
    page = change(house, at_account, "remove_authenticator")
    assert "Your organization requires a second step" in page.text
    assert account.value("SELECT count(*) FROM tessera.user_authenticator_apps WHERE user_id = %s") == 1


def test_a_withdrawn_app_loses_its_tokens_and_asks_again(house, account, at_account):
    app = App(house.oauth, relying_party(house.oauth, profile="oidc_legacy"), scope="openid email")
    tokens = app.tokens(at_account)
    assert app.userinfo(tokens["access_token"]).status == 200
    change(house, at_account, "remove_app", choice=app.client.id)
    assert app.userinfo(tokens["access_token"], node=1).status == 401
    assert "/consent" in app.begin(at_account).url


def test_an_app_that_never_asked_is_seen_and_ended_too(house, at_account):
    """Its tokens outlive sessions, so its person must be able to end them (T-04)."""
    app = App(house.oauth, relying_party(house.oauth, skip_consent=True), scope="openid offline_access")
    tokens = app.tokens(at_account)
    assert app.client.id.encode() in at_account.get(house.oauth.path + "/account").reply.body
    change(house, at_account, "remove_app", choice=app.client.id)
    assert app.client.id.encode() not in at_account.get(house.oauth.path + "/account").reply.body
    assert app.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert app.userinfo(tokens["access_token"], node=1).status == 401


def test_a_form_of_another_site_changes_nothing(house, account, at_account):
    house.signed_in(account)
    page = at_account.post(house.oauth.path + "/account", {"do": "end_other_sessions"}, [("Sec-Fetch-Site", "cross-site")])
    assert page.status == 400 and house.sessions(account) == 2


def test_an_action_nobody_knows_changes_nothing(house, account, at_account):
    page = change(house, at_account, "become_owner", choice="x")
    assert page.status == 200 and account.value("SELECT owner FROM tessera.users WHERE user_id = %s") is False


def test_the_own_page_leads_to_signing_out(house, account, at_account):
    browser = at_account
    browser.get(next(link for link, text in browser.page.links.items() if "Sign out" in text))
    browser.submit("logout", _form="logout-confirm")
    assert "logout-done" in browser.page.ids and house.sessions(account) == 0
