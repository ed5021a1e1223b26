"""Who is asked what before a code is given: sessions, prompts, hints, consent (T-05 to T-07, C-15, O-02, O-03, O-10, O-15)."""

import time

import pytest

from code_flow import REDIRECT_URI, App, Person, query_of, relying_party, signed_in_browser
from jose import claims_of


@pytest.fixture
def person(oauth):
    return Person(oauth)


@pytest.fixture
def browser(oauth, person):
    return signed_in_browser(oauth, person)


@pytest.fixture
def app(oauth):
    return App(oauth, relying_party(oauth))


def is_at(page, place):
    return f"/{place}?" in page.url


def test_nobody_signed_in_is_sent_to_the_login_page(oauth, app):
    page = app.begin(signed_in_browser(oauth))
    assert page.status == 200 and is_at(page, "login"), page.url


def test_prompt_none_says_what_is_missing(oauth, app, browser):
    assert app.answer(signed_in_browser(oauth), prompt="none")["error"] == "login_required"
    assert app.answer(browser, prompt="none")["error"] == "consent_required"
    app.answer(browser)
    assert "code" in app.answer(browser, prompt="none")


def test_consent_is_remembered_by_scope(app, browser):
    assert "code" in app.answer(browser)
    page = app.begin(browser)
    assert "code" in query_of(page.url), "asked again"
    app.scope = "openid email"
    page = app.begin(browser)
    assert is_at(page, "consent")
    assert "code" in query_of(browser.submit("allow").url)
    app.scope = "openid"
    assert "code" in query_of(app.begin(browser).url)


def test_consent_is_remembered_by_resource(oauth, browser):
    uris = [f"https://{name}-{time.monotonic_ns()}.example/" for name in ("one", "two")]
    client = relying_party(oauth)
    for uri in uris:
        oauth.grant(client, oauth.add_resource(uri, ["read"]), ["read"])
    app = App(oauth, client, scope="read")
    assert "code" in app.answer(browser, resource=uris[0])
    assert "code" in query_of(app.begin(browser, resource=uris[0]).url)
    assert is_at(app.begin(browser, resource=uris[1]), "consent")


def test_one_persons_consent_is_not_anothers(oauth, app, browser):
    app.answer(browser)
    assert is_at(app.begin(signed_in_browser(oauth, Person(oauth))), "consent")


def test_a_denial_is_told_to_the_app_and_remembered_nowhere(oauth, app, browser, person):
    answer = app.answer(browser, do="deny")
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "s", oauth.issuer)
    assert is_at(app.begin(browser), "consent")
    (event,) = oauth.events(type="oauth.consent.denied", client_id=app.client.id)
    assert event["principal_id"] == person.id


def test_what_is_not_a_plain_yes_is_a_no(app, browser):
    app.begin(browser)
    assert query_of(browser.submit("maybe").url)["error"] == "access_denied"


def test_a_request_is_answered_once(app, browser):
    page = app.begin(browser)
    form, consent = page.form(), page.url
    assert "code" in query_of(browser.submit("allow").url)
    again = browser.get(consent)
    assert again.status == 400 and "error=invalid_request" in again.text
    again = browser.post(form["action"], form["fields"] | {"do": "allow"})
    assert again.status == 400
    again = browser.get(consent.replace("/consent?", "/authorize/resume?"))
    assert again.status == 400 and again.reply.headers["Location"] is None


def test_a_request_belongs_to_the_browser_that_began_it(oauth, app, browser):
    """C-19: its id alone is worth nothing."""
    page = app.begin(browser)
    other = signed_in_browser(oauth, Person(oauth))
    app.begin(other)
    for place in ("/consent?", "/authorize/resume?"):
        foreign = other.get(page.url.replace("/consent?", place))
        assert foreign.status == 400 and foreign.reply.headers["Location"] is None
    foreign = other.post(page.form()["action"], page.form()["fields"] | {"do": "allow"})
    assert foreign.status == 400
    assert "code" in query_of(browser.submit("allow").url)


def test_a_request_is_nothing_elsewhere(other_oauth, app, browser):
    page = app.begin(browser)
    here, there = app.oauth.path, other_oauth.path
    for url in (page.url.replace(here + "/", there + "/"), f"{here}/consent", f"{here}/consent?request=", f"{here}/consent?request=x",
                page.url + "x", f"{here}/authorize/resume", f"{here}/authorize/resume?request=%00", f"{here}/consent?request=%ff"):
        answer = browser.get(url)
        assert answer.status == 400 and "error=invalid_request" in answer.text and answer.reply.headers["Location"] is None, url
    for fields in ({}, {"request": "x", "do": "allow"}, page.form()["fields"] | {"do": ["allow", "deny"]}):
        answer = browser.post(page.form()["action"], [(n, v) for n, vs in fields.items() for v in (vs if isinstance(vs, list) else [vs])])
        assert answer.status == 400, fields


@pytest.mark.parametrize("headers", [[("Origin", "https://rp.example")], [("Origin", "null")],
                                     [("Origin", "https://rp.example"), ("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")]])
def test_consent_is_taken_from_our_own_page_only(app, browser, headers):
    page = app.begin(browser)
    body = "&".join(f"{name}={value}" for name, value in (page.form()["fields"] | {"do": "allow"}).items()).encode()
    reply = browser.request("POST", page.form()["action"], body, [("Content-Type", "application/x-www-form-urlencoded"), *headers])
    assert reply.status == 400, headers


def test_prompt_consent_asks_although_remembered(app, browser):
    app.answer(browser)
    assert is_at(app.begin(browser, prompt="consent"), "consent")
    assert "code" in query_of(browser.submit("allow").url)


def test_a_first_party_app_never_asks(oauth, browser):
    app = App(oauth, relying_party(oauth, skip_consent=True))
    assert "code" in query_of(app.begin(browser).url)


def test_a_native_public_app_asks_each_time(oauth, browser):
    """C-15: whoever listens on the loopback interface could be asking."""
    app = App(oauth, relying_party(oauth, public=True, redirect_uris=["http://127.0.0.1/cb"]), redirect_uri="http://127.0.0.1:4711/cb")
    assert "code" in app.answer(browser)
    assert is_at(app.begin(browser), "consent")
    assert app.begin(browser, prompt="none").url.startswith("http://127.0.0.1:4711/cb?error=consent_required")


def test_offline_access_needs_a_yes_of_its_own(oauth, app, browser):
    """O-15."""
    app.answer(browser)
    page = app.begin(browser, scope="openid offline_access")
    assert is_at(page, "consent")
    tokens = app.redeem(query_of(browser.submit("allow").url)["code"]).json
    assert tokens["scope"] == "offline_access openid"
    other = App(oauth, relying_party(oauth))
    other.answer(browser)
    tokens = other.redeem(other.answer(browser, scope="openid offline_access", prompt="none")["code"]).json
    assert tokens["scope"] == "openid"


@pytest.mark.parametrize("change", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}, {"prompt": "create"}])
def test_a_session_does_not_do_where_a_new_sign_in_is_asked_for(app, browser, change):
    assert is_at(app.begin(browser, **change), "login")


def test_max_age_is_measured_from_the_sign_in(oauth, app, browser, person):
    app.answer(browser)
    oauth.execute("UPDATE tessera.sessions SET auth_time = now() - interval '100 seconds' WHERE session_id = %s", [str(person.session)])
    assert "code" in app.answer(browser, max_age="10000")
    assert is_at(app.begin(browser, max_age="50"), "login")
    assert app.answer(browser, max_age="50", prompt="none")["error"] == "login_required"


def test_default_max_age_of_the_client_counts_when_none_is_sent(oauth, browser, person):
    app = App(oauth, relying_party(oauth, default_max_age_s=50))
    oauth.execute("UPDATE tessera.sessions SET auth_time = now() - interval '100 seconds' WHERE session_id = %s", [str(person.session)])
    assert app.answer(browser, prompt="none")["error"] == "login_required"


def test_an_id_token_hint_asks_for_that_person(oauth, app, browser):
    """T-07, O-03: an expired one will do."""
    hint = app.tokens(browser)["id_token"]
    assert "code" in app.answer(browser, prompt="none", id_token_hint=hint)
    other = signed_in_browser(oauth, Person(oauth))
    App(oauth, app.client).answer(other)
    assert app.answer(other, prompt="none", id_token_hint=hint)["error"] == "login_required"
    assert is_at(app.begin(other, id_token_hint=hint), "login")


def test_a_hint_of_another_app_or_that_is_no_id_token_is_refused(oauth, app, browser):
    tokens = app.tokens(browser)
    other = App(oauth, relying_party(oauth))
    assert other.answer(browser, id_token_hint=tokens["id_token"])["error"] == "invalid_request"
    assert app.answer(browser, id_token_hint=tokens["access_token"])["error"] == "invalid_request"
    assert app.answer(browser, id_token_hint=tokens["id_token"][:-4] + "AAAA")["error"] == "invalid_request"


def test_a_subject_in_the_claims_asks_for_that_person(app, browser, person):
    app.answer(browser)
    assert "code" in app.answer(browser, prompt="none", claims='{"id_token":{"sub":{"value":"%s"}}}' % person.id)
    someone = "user_" + "1" * 25
    assert app.answer(browser, prompt="none", claims='{"id_token":{"sub":{"value":"%s"}}}' % someone)["error"] == "login_required"


def test_an_essential_acr_that_is_not_reached_is_no_sign_in(app, browser):
    """O-10; voluntary ones are a wish."""
    app.answer(browser)
    wanted = '{"id_token":{"acr":{"essential":true,"values":["urn:tessera:acr:2fa"]}}}'
    assert app.answer(browser, prompt="none", claims=wanted)["error"] in ("login_required", "unmet_authentication_requirements")
    unknown = '{"id_token":{"acr":{"essential":true,"values":["urn:nobody"]}}}'
    assert app.answer(browser, claims=unknown)["error"] == "unmet_authentication_requirements"
    assert "code" in app.answer(browser, prompt="none", acr_values="urn:tessera:acr:2fa")
    assert "code" in app.answer(browser, prompt="none", acr_values="urn:tessera:acr:1fa urn:nobody")


def test_a_session_that_ended_is_none(oauth, app, browser, person):
    app.answer(browser)
    oauth.execute("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'test' WHERE session_id = %s", [str(person.session)])
    assert app.answer(browser, prompt="none")["error"] == "login_required"


def test_who_comes_back_without_signing_in_gave_up(oauth, app):
    browser = signed_in_browser(oauth)
    app.begin(browser)
    (row,) = oauth.execute("SELECT return_path FROM tessera.login_flows ORDER BY create_time DESC LIMIT 1")
    page = browser.get(oauth.path + row[0])
    assert page.url.startswith(REDIRECT_URI) and query_of(page.url)["error"] == "access_denied"


def test_a_code_is_recorded_with_its_grant(oauth, app, browser, person):
    app.code(browser)
    (event,) = oauth.events(type="oauth.authorization.granted", client_id=app.client.id)
    assert event["principal_id"] == person.id and event["authority"].startswith("grant=grant_")
    assert event["body"]["scope"] == "openid" and event["body"]["redirect_uri"] == REDIRECT_URI
    (event,) = oauth.events(type="oauth.consent.given", client_id=app.client.id)
    assert event["principal_id"] == person.id


def test_the_consent_page_names_the_app_and_what_it_asks(oauth, browser, person):
    uri = f"https://files-{time.monotonic_ns()}.example/"
    client = relying_party(oauth, display_name="Photo <b>Printer</b>", policy_uri="https://rp.example/privacy")
    oauth.grant(client, oauth.add_resource(uri, ["read:photos"]), ["read:photos"])
    page = App(oauth, client, scope="openid email read:photos").begin(browser, resource=uri)
    assert {"allow", "deny"} <= set(page.ids)
    assert "Photo <b>Printer</b>" in page.text and person.email in page.text and uri in page.text
    assert b"<b>Printer" not in page.reply.body


def test_tokens_of_a_person_carry_what_ends_them(oauth, app, browser, person):
    claims = claims_of(app.tokens(browser)["access_token"])
    assert claims["sub"] == person.id and claims["sid"] == person.sid and claims["family"].startswith("token_family_")
    assert claims["acr"] == "urn:tessera:acr:1fa" and claims["amr"] == ["pwd"] and claims["auth_time"] <= claims["iat"]
    assert claims["aud"] == oauth.issuer + "/api" and claims["client_id"] == app.client.id and claims["scope"] == "openid"


def test_a_pairwise_client_learns_nothing_by_a_subject_that_is_not_its_own(oauth, person, browser):
    """OpenID Connect Core §8.1: neither whether a person it knows of elsewhere is signed in nor that two ids are one person's."""
    app = App(oauth, relying_party(oauth, subject_type="pairwise"))
    own = claims_of(app.tokens(browser)["id_token"])["sub"]
    named = '{"id_token":{"sub":{"value":"%s"}}}'
    assert own != person.id and "code" in app.answer(browser, prompt="none", claims=named % own)
    assert app.answer(browser, prompt="none", claims=named % person.id)["error"] == "login_required"


def test_an_app_nobody_vouches_for_is_named_by_where_it_sends_people(oauth, browser):
    """RG-05: what it says its pages are is its own word."""
    for trusted, times in ((True, (1, 1)), (False, (0, 2))):
        app = App(oauth, relying_party(oauth, trusted=trusted, client_uri="https://ledger.example/"))
        text = app.begin(browser).text
        assert (text.count("ledger.example"), text.count("rp.example")) == times, text
