"""Requests to the authorization endpoint: what is refused where, and what is sent back as it came (X-01, X-08, X-11, C-01 to C-04, T-09)."""

import urllib.parse

import pytest

from code_flow import REDIRECT_URI, App, Person, query_of, relying_party, signed_in_browser


@pytest.fixture
def person(oauth):
    return Person(oauth)


@pytest.fixture
def browser(oauth, person):
    return signed_in_browser(oauth, person)


@pytest.fixture
def app(oauth):
    return App(oauth, relying_party(oauth))


def is_page(page, code):
    """An error page at the URL that was asked for: 400, no redirect, no link to the app."""
    return (page.status == 400 and "/authorize" in page.url and f"error={code}" in page.text and "error-code" in page.ids
            and "error-description" in page.ids and page.reply.headers["Location"] is None
            and b"rp.example" not in page.reply.body)


def error_of(page):
    assert page.url.startswith(REDIRECT_URI), (page.url, page.status, page.text)
    answer = query_of(page.url)
    assert answer.get("iss"), answer
    assert "code" not in answer
    return answer["error"]


@pytest.mark.parametrize("change, code", [
    ({"client_id": None}, "invalid_request"), ({"client_id": ""}, "invalid_request"), ({"client_id": "client_x"}, "invalid_client"),
    ({"client_id": "client_" + "0" * 25}, "invalid_client"), ({"client_id": "x" * 5000}, "invalid_client"),
    ({"redirect_uri": None}, "invalid_request"), ({"redirect_uri": ""}, "invalid_request"),
    ({"redirect_uri": REDIRECT_URI + "/"}, "invalid_request"), ({"redirect_uri": REDIRECT_URI + "?x"}, "invalid_request"),
    ({"redirect_uri": "https://evil.example/callback"}, "invalid_request"), ({"redirect_uri": REDIRECT_URI + "#f"}, "invalid_request"),
    ({"redirect_uri": "javascript:alert(1)"}, "invalid_request"),
    ({"redirect_uri": [REDIRECT_URI, "https://evil.example/"]}, "invalid_request"),
    ({"state": "s" * 2049}, "invalid_request"),
])
def test_what_has_no_safe_way_back_is_told_to_the_person_only(app, browser, change, code):
    page = app.begin(browser, **change)
    assert is_page(page, code), (page.url, page.status, page.text)


def test_a_client_of_another_realm_is_unknown(oauth, other_oauth, browser):
    assert is_page(App(oauth, relying_party(other_oauth)).begin(browser), "invalid_client")


@pytest.mark.parametrize("query", ["scope=%ff", "scope=%00", "scope=%zz"])
def test_a_query_that_is_no_text_is_refused(app, browser, query):
    assert is_page(browser.get(app.link() + "&" + query), "invalid_request")


@pytest.mark.parametrize("change, error", [
    ({"response_type": None}, "invalid_request"), ({"response_type": ""}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"), ({"response_type": "id_token"}, "unsupported_response_type"),
    ({"response_type": "code token"}, "unsupported_response_type"),
    ({"response_mode": "fragment"}, "invalid_request"), ({"response_mode": "jwt"}, "invalid_request"),
    ({"scope": ["openid", "profile"]}, "invalid_request"), ({"nonce": ["a", "b"]}, "invalid_request"),
    ({"prompt": ["login", "login"]}, "invalid_request"), ({"nonce": "n" * 1025}, "invalid_request"),
    ({"login_hint": "h" * 257}, "invalid_request"), ({"scope": "s" * 4097}, "invalid_scope"),
    ({"scope": 'open"id'}, "invalid_scope"), ({"scope": "openid  email"}, "invalid_scope"), ({"scope": "nothing-known"}, "invalid_scope"),
    ({"code_challenge": "short"}, "invalid_request"), ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"), ({"code_challenge": None}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"), ({"max_age": "-1"}, "invalid_request"), ({"max_age": "1.5"}, "invalid_request"),
    ({"max_age": "9" * 10}, "invalid_request"), ({"claims": "{"}, "invalid_request"), ({"claims": "[]"}, "invalid_request"),
    ({"id_token_hint": "x.y.z"}, "invalid_request"), ({"request": "x.y.z"}, "request_not_supported"),
    ({"request_uri": "https://rp.example/r"}, "request_uri_not_supported"), ({"registration": "{}"}, "registration_not_supported"),
    ({"resource": "https://nobody.example/"}, "invalid_target"), ({"resource": "no-uri"}, "invalid_target"),
    ({"resource": "https://a.example/#f"}, "invalid_target"),
])
def test_what_else_is_wrong_is_told_to_the_app_with_state_and_iss(app, browser, change, error):
    page = app.begin(browser, **change)
    assert error_of(page) == error
    answer = query_of(page.url)
    assert answer["state"] == "s" and answer["iss"] == app.oauth.issuer
    assert set(answer) <= {"error", "error_description", "state", "iss"}


def test_a_repeated_state_is_nobodys(app, browser):
    page = app.begin(browser, state=["a", "b"])
    assert error_of(page) == "invalid_request" and "state" not in query_of(page.url)


@pytest.mark.parametrize("state", ["s" * 2048, "%20+&=", 'q"<script>\'', "ünï ☃", "a b  c", "."])
def test_state_comes_back_as_it_was(app, browser, state):
    assert app.answer(browser, state=state)["state"] == state


def test_without_state_none_is_returned(app, browser):
    assert "state" not in app.answer(browser, state=None)
    assert "state" not in app.answer(browser, state="")


def test_unknown_parameters_and_prompts_are_ignored(app, browser):
    assert "code" in app.answer(browser, surprise="x", display="popup", ui_locales="xx fr", claims_locales="de", prompt="later")


def test_the_redirect_uris_own_query_stays(oauth, browser):
    uri = REDIRECT_URI + "?kept=1"
    app = App(oauth, relying_party(oauth, redirect_uris=[uri]), redirect_uri=uri)
    answer = app.answer(browser)
    assert answer["kept"] == "1" and answer["code"]


def test_form_post_is_a_form_for_the_app_that_takes_no_injection(app, browser):
    """SR-23, O-19."""
    hostile = "\"><script>alert(1)</script>'&"
    app.answer(browser)  # consent is remembered
    page = app.begin(browser, response_mode="form_post", state=hostile)
    assert page.status == 200 and page.reply.headers["Cache-Control"] == "no-store"
    form = page.form("state")
    assert form["action"] == REDIRECT_URI
    assert form["fields"]["state"] == hostile and form["fields"]["iss"] == app.oauth.issuer and form["fields"]["code"]
    assert b"<script>alert" not in page.reply.body
    assert "form-action" in page.reply.headers["Content-Security-Policy"] and "https://rp.example" in page.reply.headers["Content-Security-Policy"]


def test_an_error_goes_by_form_post_where_that_was_asked_for(app, browser):
    page = app.begin(browser, response_mode="form_post", request="e30.eyJhIjoxfQ.")
    assert page.form("error")["fields"]["error"] == "request_not_supported"


def test_a_request_object_that_alone_says_how_to_answer_is_answered_so(app, browser):
    """T-02: header {} and payload {"response_mode":"form_post","state":"inner"}, unsigned."""
    page = app.begin(browser, state=None, request="e30.eyJyZXNwb25zZV9tb2RlIjoiZm9ybV9wb3N0Iiwic3RhdGUiOiJpbm5lciJ9.")
    fields = page.form("error")["fields"]
    assert fields["error"] == "request_not_supported" and fields["state"] == "inner"


def test_an_app_without_a_web_address_is_posted_nothing(oauth, browser):
    uri = "com.example.app:/cb"
    app = App(oauth, relying_party(oauth, public=True, redirect_uris=[uri]), redirect_uri=uri)
    for change in ({"response_mode": "form_post"}, {"request": "e30.eyJyZXNwb25zZV9tb2RlIjoiZm9ybV9wb3N0In0."}):
        page = app.begin(browser, **change)
        assert page.url.startswith(uri + "?error="), page.text


def test_head_asks_for_nothing(oauth, app, browser):
    """X-16."""
    app.answer(browser)
    before = len(oauth.events(type="oauth.authorization.granted", client_id=app.client.id))
    page = browser.request("HEAD", app.link())
    assert page.status == 200 and page.reply.headers["Location"] is None
    assert len(oauth.events(type="oauth.authorization.granted", client_id=app.client.id)) == before


def test_a_post_from_another_site_is_asked_again_as_a_link(app, browser):
    """T-09: the form comes without our cookies, the link it becomes comes with them."""
    body = urllib.parse.urlencode(app.parameters(state="ü &=")).encode()
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "https://rp.example"), ("Sec-Fetch-Site", "cross-site")]
    reply = app.oauth.nodes[0].request("POST", app.oauth.path + "/authorize", body, headers)
    assert reply.status == 303
    assert reply.headers["Location"].startswith(app.oauth.path + "/authorize?")
    page = browser.get(reply.headers["Location"])
    assert page.url.startswith(REDIRECT_URI) or "/consent" in page.url


def test_a_posted_form_keeps_its_repeated_parameters_and_its_limits(app, browser):
    twice = urllib.parse.urlencode(app.parameters(nonce=["a", "b"]), doseq=True).encode()
    kind = [("Content-Type", "application/x-www-form-urlencoded")]
    reply = app.oauth.nodes[0].request("POST", app.oauth.path + "/authorize", twice, kind)
    assert error_of(browser.get(reply.headers["Location"])) == "invalid_request"
    for body, headers in ((b"x=" + b"y" * 9000, kind), (b"{}", [("Content-Type", "application/json")]), (b"a=%zz", kind)):
        reply = app.oauth.nodes[0].request("POST", app.oauth.path + "/authorize", body, headers)
        assert reply.status == 400 and reply.headers["Location"] is None


def test_a_public_client_cannot_do_without_pkce(oauth, browser):
    app = App(oauth, relying_party(oauth, public=True))
    assert error_of(app.begin(browser, code_challenge=None, code_challenge_method=None)) == "invalid_request"


@pytest.mark.parametrize("profile, nonce, is_good", [("oidc_legacy", None, True), ("oidc_legacy", "n", True),
                                                     ("web_confidential", "n", True), ("web_confidential", None, False)])
def test_pkce_is_by_profile(oauth, browser, profile, nonce, is_good):
    app = App(oauth, relying_party(oauth, profile=profile))
    page = app.begin(browser, code_challenge=None, code_challenge_method=None, nonce=nonce)
    assert is_good == ("/consent" in page.url)


@pytest.mark.parametrize("change", [{"scope": "openid unknown"}, {"response_type": "token"}, {"prompt": "none"}])
def test_an_app_nobody_vouches_for_gets_no_unattended_redirect(oauth, change):
    """C-09, RFC 9700 §4.11.2: nobody is signed in, nobody did anything."""
    app = App(oauth, relying_party(oauth, profile="web_confidential", trusted=False))
    page = app.begin(signed_in_browser(oauth), **change)
    assert page.status == 400 and page.reply.headers["Location"] is None and b"rp.example" not in page.reply.body


def test_a_client_without_the_grant_is_unauthorized(oauth, browser):
    app = App(oauth, relying_party(oauth, grant_types=["client_credentials"]))
    assert error_of(app.begin(browser)) == "unauthorized_client"


def test_a_disabled_client_is_unknown(oauth, browser):
    client = relying_party(oauth)
    oauth.execute("UPDATE tessera.clients SET disabled = true WHERE client_id = %s", [str(client.uuid)])
    assert is_page(App(oauth, client).begin(browser), "invalid_client")


def test_pages_are_framed_by_nobody_and_loaded_by_no_other_origin(app, browser):
    """X-12."""
    page = app.begin(browser)
    assert "/consent" in page.url and page.status == 200
    policy = page.reply.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert page.reply.headers["Access-Control-Allow-Origin"] is None


def test_refusals_are_in_the_trail(oauth, app, browser):
    app.begin(browser, response_type="token")
    (event,) = oauth.events(type="oauth.authorization.refused", client_id=app.client.id)
    assert event["error_code"] == "unsupported_response_type" and event["result"] == "refused"
