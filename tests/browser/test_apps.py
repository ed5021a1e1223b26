"""What an app sees of a sign-in in a real browser: consent, refusals, form_post, error pages, signing out; and the demo app, whole circle."""

import pytest

from code_flow import REDIRECT_URI, App
from dev import seed_demo, start_app
from jose import claims_of
from login_house import PASSWORD
from ports import free_port
from signed_in import relying_party
from walks import at_sign_in, signed_in

BYE = "https://rp.example/bye"


@pytest.fixture
def app(house):
    """One that has to ask."""
    client = relying_party(house.oauth, profile="oidc_legacy", post_logout_redirect_uris=[BYE], display_name="Ledger",
                           client_uri="https://ledger.example/", policy_uri="https://ledger.example/privacy")
    return App(house.oauth, client, scope="openid email profile offline_access")


def test_what_was_allowed_is_not_asked_again(house, app, account, tab):
    signed_in(house, tab, account)
    app.scope = "openid email profile"
    tab.go(app.link())
    assert "Ledger" in tab.page.text and "Then you go on to rp.example" in tab.page.text
    tab.press("#allow")
    assert "code" in tab.page.query
    tab.go(app.link())
    assert "code" in tab.page.query and tab.page.url.startswith(REDIRECT_URI)


def test_a_refusal_is_told_to_the_app(house, app, account, tab):
    tab.go(app.link(prompt="consent"))
    tab.submit(username=account.email, password=PASSWORD)
    tab.press("#deny")
    assert tab.page.query["error"] == "access_denied" and tab.page.url.startswith(REDIRECT_URI)


def test_form_post_answers_by_a_form_of_its_own(house, account, landing, tab):
    signed_in(house, tab, account)
    if tab.way.script:
        tab.ask("go", url=tab.chromium.origin + house.app.link(response_mode="form_post"))
        tab.arrive(REDIRECT_URI)
    else:
        tab.go(house.app.link(response_mode="form_post"))
        tab.press("#submit")
    assert tab.page.url == REDIRECT_URI
    visit = landing.visits[-1]
    assert visit.method == "POST" and visit.parameters["state"] == "s"
    assert house.app.redeem(visit.parameters["code"]).status == 200


def test_form_post_after_the_password(house, account, landing, tab):
    at_sign_in(house, tab, response_mode="form_post")
    tab.fill(username=account.email, password=PASSWORD)
    if tab.way.script:
        tab.ask("click", selector="#submit")
        tab.arrive(REDIRECT_URI)
    else:
        tab.press("#submit")
        tab.press("#submit")
    assert tab.page.url == REDIRECT_URI and "code" in landing.visits[-1].parameters


@pytest.mark.parametrize("changed", [{"redirect_uri": "https://evil.example/"}, {"client_id": "client_nobody"}, {"redirect_uri": None}])
def test_a_request_nobody_may_answer_is_an_error_page(house, changed, tab):
    tab.go(house.app.link(**changed))
    assert tab.page.status == 400 and "error=invalid_" in tab.page.text and "evil.example" not in tab.page.text


def test_what_an_app_may_be_told_is_told_to_it(house, tab):
    tab.go(house.app.link(scope="nonsense"))
    assert tab.page.url.startswith(REDIRECT_URI) and tab.page.query["error"] == "invalid_scope"


def test_a_sign_in_that_took_too_long_is_an_error_page(house, account, tab):
    at_sign_in(house, tab)
    house.oauth.execute("UPDATE tessera.login_flows SET expire_time = now() WHERE browser_digest IS NOT NULL", [])
    tab.submit(username=account.email, password=PASSWORD)
    assert tab.page.status == 400 and "error=login_expired" in tab.page.text


def test_signing_out_asks_and_goes_back_to_the_app(house, app, account, tab):
    signed_in(house, tab, account)
    logout = f"{house.oauth.path}/logout?client_id={app.client.id}&post_logout_redirect_uri={BYE}&state=x"
    tab.go(logout)
    tab.submit("cancel")
    assert tab.page.url.endswith("/account") and house.sessions(account) == 1
    tab.go(logout)
    tab.press("#logout-confirm")
    assert tab.page.url.startswith(BYE) and house.sessions(account) == 0


def test_signing_out_without_an_app_ends_on_our_page(house, account, tab):
    signed_in(house, tab, account)
    tab.go(house.oauth.path + "/logout")
    tab.press("#logout-confirm")
    assert "You are signed out" in tab.page.text and house.sessions(account) == 0


def test_signing_out_reaches_apps_by_frames_and_goes_on(house, account, landing, tab):
    client = relying_party(house.oauth, profile="oidc_legacy", post_logout_redirect_uris=[BYE], frontchannel_logout_uri="https://rp.example/front")
    app = App(house.oauth, client)
    tab.go(app.link())
    tab.submit(username=account.email, password=PASSWORD)
    tab.press("#allow")
    sid = claims_of(app.redeem(tab.page.query["code"]).json["id_token"])["sid"]
    tab.go(f"{house.oauth.path}/logout?client_id={client.id}&post_logout_redirect_uri={BYE}")
    tab.ask("press", selector="#logout-confirm")
    tab.arrive(BYE)
    framed = next(visit for visit in reversed(landing.visits) if visit.path == "/front")
    assert framed.parameters == {"iss": house.oauth.issuer, "sid": sid}


class Remembered:
    """What ./tessera-dev up keeps, for this run only."""

    def __init__(self):
        self.remembered = {"app_port": free_port()}


@pytest.fixture(scope="session")
def demo(stack):
    instance = Remembered()
    seed_demo(stack, instance)
    start_app(stack, instance.remembered["demo"])
    return instance.remembered["demo"]


def test_the_demo_app_goes_round(demo, tab):
    tab.go(demo["app"]["url"])
    tab.press('button:text("Sign in")')
    assert "/realms/demo/login" in tab.page.url
    tab.submit(username=demo["user"], password=demo["password"])
    if tab.has("#allow"):
        tab.press("#allow")
    assert tab.page.url.startswith(demo["app"]["url"]) and "Hello, Alice" in tab.page.text, tab.page
    tab.press('button:text("Refresh the tokens")')
    assert "renewed 1 times" in tab.page.text
    tab.press('button:text("Sign out")')
    assert "You are signed out of this app and of Tessera" in tab.page.text, tab.page
    tab.press('button:text("Sign in again")')
    assert "/realms/demo/login" in tab.page.url
