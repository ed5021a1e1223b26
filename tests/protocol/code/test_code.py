"""The authorization code at the token endpoint: redeemed once, by whom it was issued to, for what was authorized (C-03 to C-07, RI-02)."""

import base64
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from code_flow import REDIRECT_URI, App, Person, new_verifier, relying_party, signed_in_browser
from jose import Key, claims_of
from oauth_client import ASSERTION_TYPE
from signed_in import introspector
from wait import SANITIZER_FACTOR, wait_for

SOON_S = 1.0 * SANITIZER_FACTOR


@pytest.fixture
def person(oauth):
    return Person(oauth)


@pytest.fixture
def browser(oauth, person):
    return signed_in_browser(oauth, person)


@pytest.fixture
def app(oauth):
    return App(oauth, relying_party(oauth))


def refused(reply, error="invalid_grant"):
    assert reply.status == 400 and reply.error == error, reply.body
    assert reply.headers["Cache-Control"] == "no-store"
    return True


def test_a_code_is_good_for_tokens_that_nobody_may_keep(app, browser):
    reply = app.redeem(app.code(browser))
    assert reply.status == 200 and reply.headers["Cache-Control"] == "no-store"
    assert set(reply.json) == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    assert reply.json["token_type"] == "Bearer" and reply.json["scope"] == "openid"
    assert claims_of(reply.json["access_token"])["exp"] - claims_of(reply.json["access_token"])["iat"] == reply.json["expires_in"]


def test_without_openid_there_is_no_id_token(oauth, browser):
    """O-01."""
    app = App(oauth, relying_party(oauth), scope="email")
    assert "id_token" not in app.tokens(browser)


def test_a_client_that_may_not_refresh_gets_no_refresh_token(oauth, browser):
    app = App(oauth, relying_party(oauth, grant_types=["authorization_code"]))
    tokens = app.tokens(browser, scope="openid offline_access")
    assert "refresh_token" not in tokens and tokens["scope"] == "openid"


def test_the_second_use_of_a_code_revokes_what_the_first_got(oauth, app, browser):
    """C-05, T-10."""
    code = app.code(browser)
    tokens = app.redeem(code).json
    ask = introspector(oauth)
    assert ask(tokens["access_token"])["active"]
    refused(app.redeem(code, node=1))
    wait_for("the first token to be revoked", lambda: not ask(tokens["access_token"])["active"], SOON_S)
    wait_for("UserInfo to hear of it", lambda: app.userinfo(tokens["access_token"]).status == 401, SOON_S)
    refused(app.refresh(tokens["refresh_token"]))
    (event,) = oauth.events(type="oauth.code.replayed", client_id=app.client.id)
    assert event["body"]["family"] == claims_of(tokens["access_token"])["family"]


@pytest.mark.parametrize("change", [{"code_verifier": new_verifier()}, {"code_verifier": None}, {"code_verifier": ""},
                                    {"code_verifier": "short"}, {"code_verifier": "!" * 43}])
def test_a_wrong_verifier_neither_redeems_nor_revokes(app, browser, change):
    """C-03, C-07."""
    code = app.code(browser)
    refused(app.redeem(code, **change))
    tokens = app.redeem(code).json
    refused(app.redeem(code, **change))
    assert app.userinfo(tokens["access_token"]).status == 200


def test_another_client_neither_redeems_nor_revokes(oauth, app, browser):
    """C-07."""
    code = app.code(browser)
    thief = relying_party(oauth)
    refused(app.redeem(code, client=thief))
    tokens = app.redeem(code).json
    refused(app.redeem(code, client=thief))
    assert app.userinfo(tokens["access_token"]).status == 200


def test_a_code_of_another_realm_is_unknown(oauth, other_oauth, app, browser):
    code = app.code(browser)
    elsewhere = App(other_oauth, relying_party(other_oauth))
    elsewhere.verifier = app.verifier
    refused(elsewhere.redeem(code))
    assert app.redeem(code).status == 200


def test_a_verifier_for_a_code_without_a_challenge_is_refused(app, browser):
    """RFC 9700 §4.8.2: a downgrade."""
    code = app.code(browser, code_challenge=None, code_challenge_method=None)
    refused(app.redeem(code))
    assert app.redeem(code, code_verifier=None).status == 200


@pytest.mark.parametrize("change, status", [({"redirect_uri": None}, 200), ({"redirect_uri": ""}, 200),
                                            ({"redirect_uri": REDIRECT_URI + "/"}, 400), ({"redirect_uri": "https://evil.example/"}, 400)])
def test_redirect_uri_is_equal_when_it_is_sent(app, browser, change, status):
    """C-06."""
    assert app.redeem(app.code(browser), **change).status == status


@pytest.mark.parametrize("change, status", [({}, 200), ({"redirect_uri": None}, 400), ({"redirect_uri": ""}, 400)])
def test_without_a_verifier_the_redirect_uri_is_sent_again(oauth, browser, change, status):
    """RFC 6749 §4.1.3: else nothing tells a code that was planted from one's own."""
    app = App(oauth, relying_party(oauth))
    code = app.code(browser, code_challenge=None, code_challenge_method=None, nonce=None)
    assert app.redeem(code, code_verifier=None, **change).status == status


@pytest.mark.parametrize("change, error", [({"code": None}, "invalid_request"), ({"code": ""}, "invalid_request"),
                                           ({"code": ["a", "b"]}, "invalid_request"), ({"code_verifier": ["a", "b"]}, "invalid_request"),
                                           ({"code": "x" * 5000}, "invalid_grant"), ({"code": "ünï"}, "invalid_grant")])
def test_malformed_requests(app, browser, change, error):
    refused(app.redeem(change.get("code", app.code(browser)), **{k: v for k, v in change.items() if k != "code"}), error)


def test_every_bit_of_a_code_counts(app, browser):
    """SR-14."""
    code = app.code(browser)
    raw = bytearray(base64.urlsafe_b64decode(code + "="))
    for i in (0, 15, 31):
        changed = bytes(raw[:i]) + bytes([raw[i] ^ 1]) + bytes(raw[i + 1:])
        refused(app.redeem(base64.urlsafe_b64encode(changed).rstrip(b"=").decode()))
    for other in (code[:-1], code + "A", code + "=", code.swapcase(), "tessera_refresh_" + code):
        refused(app.redeem(other))
    refused(app.refresh(code))
    assert app.redeem(code).status == 200


def test_a_code_expires_in_60_s(oauth, app, browser):
    code = app.code(browser)
    (row,) = oauth.execute("SELECT extract(epoch FROM c.expire_time - f.create_time) FROM tessera.authorization_codes c "
                           "JOIN tessera.token_families f USING (project_id, family_id) WHERE c.client_id = %s", [str(app.client.uuid)])
    assert row[0] == 60
    oauth.execute("UPDATE tessera.authorization_codes SET expire_time = now() WHERE client_id = %s", [str(app.client.uuid)])
    refused(app.redeem(code))


def test_of_fifty_redemptions_on_two_fronts_one_wins(oauth, app, browser):
    code = app.code(browser)
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda i: app.redeem(code, node=i % 2), range(50)))
    assert sorted(reply.status for reply in replies) == [200] + [400] * 49
    assert len(oauth.events(type="oauth.token.issued", client_id=app.client.id)) == 1
    (row,) = oauth.execute("SELECT count(*) FROM tessera.refresh_tokens JOIN tessera.token_families USING (project_id, family_id) "
                           "WHERE client_id = %s", [str(app.client.uuid)])
    assert row[0] == 1


@pytest.mark.parametrize("ending", ["UPDATE tessera.users SET disabled = true WHERE user_id = %(user)s",
                                    "UPDATE tessera.organizations SET logins_disabled = true WHERE organization_id = %(organization)s",
                                    "UPDATE tessera.sessions SET revoke_time = now() WHERE session_id = %(session)s",
                                    "DELETE FROM tessera.grants WHERE user_id = %(user)s"])
def test_a_code_dies_with_what_it_stands_on(oauth, app, browser, person, ending):
    code = app.code(browser)
    oauth.execute(ending, {"user": str(person.user), "organization": str(person.organization), "session": str(person.session)})
    refused(app.redeem(code))


def resources(oauth, client, **scopes):
    made = {}
    for name, words in scopes.items():
        made[name] = f"https://{name}-{time.monotonic_ns()}.example/"
        oauth.grant(client, oauth.add_resource(made[name], words), words)
    return made


def test_a_token_is_for_what_was_authorized_or_less(oauth, browser):
    """RI-02, RI-03, RI-04."""
    app = App(oauth, relying_party(oauth), scope="openid a b")
    uri = resources(oauth, app.client, one=["a"], two=["b"])
    both = [uri["one"], uri["two"]]
    tokens = app.redeem(app.code(browser, resource=both)).json
    assert sorted(claims_of(tokens["access_token"])["aud"]) == sorted(both) and tokens["scope"] == "a b openid"
    tokens = app.redeem(app.code(browser, resource=both), resource=uri["one"]).json
    assert claims_of(tokens["access_token"])["aud"] == uri["one"] and tokens["scope"] == "a openid"
    tokens = app.refresh(tokens["refresh_token"], resource=uri["two"]).json
    assert claims_of(tokens["access_token"])["aud"] == uri["two"] and tokens["scope"] == "b openid"


def test_a_resource_that_was_not_authorized_leaves_the_code_good(oauth, browser):
    app = App(oauth, relying_party(oauth), scope="a")
    uri = resources(oauth, app.client, one=["a"], two=["b"])
    code = app.code(browser, resource=uri["one"])
    refused(app.redeem(code, resource=uri["two"]), "invalid_target")
    refused(app.redeem(code, resource="https://nobody.example/"), "invalid_target")
    refused(app.redeem(code, resource=oauth.issuer + "/api"), "invalid_target")
    assert claims_of(app.redeem(code, resource=uri["one"]).json["access_token"])["aud"] == uri["one"]


def test_who_signed_in_may_be_asked_about_with_a_token_of_its_own(oauth, browser):
    """openid beside a resource: the resource's token is none for UserInfo, but one for UserInfo may be asked for."""
    app = App(oauth, relying_party(oauth), scope="openid email a")
    uri = resources(oauth, app.client, one=["a"])
    tokens = app.redeem(app.code(browser, resource=uri["one"])).json
    assert app.userinfo(tokens["access_token"]).status == 401
    own = app.refresh(tokens["refresh_token"], resource=oauth.issuer + "/api").json
    assert own["scope"] == "email openid" and app.userinfo(own["access_token"]).json["email"]


def test_an_ambiguous_scope_leaves_the_code_good(oauth, browser):
    app = App(oauth, relying_party(oauth), scope="read")
    uri = resources(oauth, app.client, one=["read"], two=["read"])
    code = app.code(browser, resource=[uri["one"], uri["two"]])
    refused(app.redeem(code), "invalid_target")
    assert app.redeem(code, resource=uri["one"]).status == 200


def test_a_public_client_needs_no_credentials_and_a_confidential_one_does(oauth, browser, app):
    public = App(oauth, relying_party(oauth, public=True))
    assert public.redeem(public.code(browser)).status == 200
    code = app.code(browser)
    reply = oauth.post({"grant_type": "authorization_code", "code": code, "client_id": app.client.id, "code_verifier": app.verifier,
                        "redirect_uri": REDIRECT_URI})
    assert reply.status == 401 and reply.error == "invalid_client"
    assert app.redeem(code).status == 200


def test_an_assertion_is_spent_with_the_code_it_came_with(oauth, browser):
    """JB-01: shown again it redeems nothing, and the code it came with the second time stays good."""
    client = oauth.add_client("private_key_jwt", Key("ES256"), profile="web_confidential", grants=("authorization_code", "refresh_token"))
    oauth.execute("UPDATE tessera.clients SET redirect_uris = %s WHERE client_id = %s", [[REDIRECT_URI], str(client.uuid)])
    app = App(oauth, client)

    def redeem(code, assertion, node):
        return oauth.post({"grant_type": "authorization_code", "code": code, "code_verifier": app.verifier,
                           "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}, (), node)

    codes = [app.code(browser), app.code(browser)]
    assertion = client.assertion(oauth.issuer)
    assert redeem(codes[0], assertion, 0).status == 200
    reply = redeem(codes[1], assertion, 1)
    assert reply.status == 401 and reply.error == "invalid_client"
    reply = redeem(codes[1], client.assertion(oauth.issuer), 0)
    assert reply.status == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": reply.json["refresh_token"], "client_assertion_type": ASSERTION_TYPE}
    assertion = client.assertion(oauth.issuer)
    assert oauth.post(refresh | {"client_assertion": assertion}).status == 200
    assert oauth.post(refresh | {"client_assertion": assertion}, (), 1).status == 401
    assert oauth.post(refresh | {"client_assertion": client.assertion(oauth.issuer)}).status == 200


def test_pairwise_clients_of_two_sectors_know_two_persons(oauth, browser, person):
    """O-12."""
    subjects = []
    for host in ("one", "two"):
        uri = f"https://{host}.example/cb"
        app = App(oauth, relying_party(oauth, subject_type="pairwise", redirect_uris=[uri]), redirect_uri=uri)
        tokens = app.tokens(browser)
        subject = claims_of(tokens["id_token"])["sub"]
        assert claims_of(tokens["access_token"])["sub"] == subject == app.userinfo(tokens["access_token"]).json["sub"]
        assert claims_of(app.tokens(browser)["id_token"])["sub"] == subject
        subjects.append(subject)
    assert len({*subjects, person.id}) == 3
