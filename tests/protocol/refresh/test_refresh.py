"""Refresh tokens: rotation, reuse, the grace, ends, narrowing (C-11, C-12, O-16, T-13, ASVS 10.4.5, 10.4.8)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from code_flow import App, Person, relying_party, signed_in_browser
from jose import claims_of
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
def public(oauth):
    return App(oauth, relying_party(oauth, public=True))


@pytest.fixture
def confidential(oauth):
    return App(oauth, relying_party(oauth))


def refused(reply, error="invalid_grant"):
    assert reply.status == 400 and reply.error == error, reply.body
    return True


def past_the_grace(oauth, app):
    oauth.execute("UPDATE tessera.refresh_tokens r SET rotate_time = rotate_time - interval '31 seconds' FROM tessera.token_families f "
                  "WHERE f.family_id = r.family_id AND f.client_id = %s AND rotate_time IS NOT NULL", [str(app.client.uuid)])


def test_a_public_client_gets_another_token_each_time(public, browser):
    first = public.tokens(browser)
    second = public.refresh(first["refresh_token"]).json
    third = public.refresh(second["refresh_token"], node=1).json
    assert len({first["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
    assert third["refresh_token"].startswith("tessera_refresh_")
    old, new = claims_of(first["access_token"]), claims_of(third["access_token"])
    assert {name: old[name] for name in ("sub", "aud", "sid", "family", "auth_time", "acr", "amr", "scope")} == {
        name: new[name] for name in ("sub", "aud", "sid", "family", "auth_time", "acr", "amr", "scope")}
    assert old["jti"] != new["jti"]


def test_a_confidential_client_keeps_its_token(confidential, browser):
    token = confidential.tokens(browser)["refresh_token"]
    for node in (0, 1, 0):
        reply = confidential.refresh(token, node)
        assert reply.status == 200 and "refresh_token" not in reply.json


def test_a_retry_within_the_grace_gets_the_same_successor(public, browser):
    token = public.tokens(browser)["refresh_token"]
    first, second = public.refresh(token).json, public.refresh(token, node=1).json
    assert first["refresh_token"] == second["refresh_token"] and first["access_token"] != second["access_token"]


def test_a_successor_in_use_ends_the_grace(oauth, public, browser):
    token = public.tokens(browser)["refresh_token"]
    successor = public.refresh(token).json["refresh_token"]
    last = public.refresh(successor).json
    refused(public.refresh(token))
    refused(public.refresh(last["refresh_token"]))
    ask = introspector(oauth)
    wait_for("the last token to be revoked", lambda: not ask(last["access_token"])["active"], SOON_S)


def test_reuse_past_the_grace_revokes_everything(oauth, public, browser):
    tokens = public.tokens(browser)
    successor = public.refresh(tokens["refresh_token"]).json
    past_the_grace(oauth, public)
    refused(public.refresh(tokens["refresh_token"]))
    refused(public.refresh(successor["refresh_token"]))
    wait_for("the last token to be revoked", lambda: public.userinfo(successor["access_token"]).status == 401, SOON_S)
    (event,) = oauth.events(type="oauth.refresh_token.reused", client_id=public.client.id)
    assert event["body"]["family"] == claims_of(tokens["access_token"])["family"]


def test_reuse_by_another_client_revokes_nothing(oauth, public, browser):
    tokens = public.tokens(browser)
    successor = public.refresh(tokens["refresh_token"]).json["refresh_token"]
    past_the_grace(oauth, public)
    refused(public.refresh(tokens["refresh_token"], client=relying_party(oauth, public=True)))
    assert public.refresh(successor).status == 200


def test_of_fifty_refreshes_on_two_fronts_one_lineage_lives(oauth, public, browser):
    token = public.tokens(browser)["refresh_token"]
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda i: public.refresh(token, node=i % 2), range(50)))
    assert {reply.status for reply in replies} == {200}, {reply.body for reply in replies if reply.status != 200}
    assert len({reply.json["refresh_token"] for reply in replies}) == 1
    (row,) = oauth.execute("SELECT count(*) FROM tessera.refresh_tokens JOIN tessera.token_families USING (project_id, family_id) "
                           "WHERE client_id = %s", [str(public.client.uuid)])
    assert row[0] == 2
    assert public.refresh(replies[0].json["refresh_token"]).status == 200


def test_families_refreshed_at_once_get_each_their_own(public, browser):
    tokens = [public.tokens(browser) for _ in range(24)]
    for _ in range(2):
        with ThreadPoolExecutor(24) as pool:
            replies = list(pool.map(lambda each: public.refresh(each["refresh_token"]), tokens))
        assert {reply.status for reply in replies} == {200}, [reply.body for reply in replies if reply.status != 200]
        for before, reply in zip(tokens, replies):
            assert claims_of(before["access_token"])["family"] == claims_of(reply.json["access_token"])["family"]
        tokens = [reply.json for reply in replies]
    assert len({each["refresh_token"] for each in tokens}) == 24


def test_among_many_refreshes_at_once_each_is_judged_for_itself(public, browser):
    good = [public.tokens(browser)["refresh_token"] for _ in range(8)]
    asked = [({"token": token}, 200) for token in good] + [
        ({"token": f"tessera_refresh_{n}"}, 400) for n in range(8)] + [
        ({"token": public.tokens(browser)["refresh_token"], "scope": "openid phone"}, 400) for _ in range(8)]
    with ThreadPoolExecutor(24) as pool:
        replies = list(pool.map(lambda each: public.refresh(each[0].pop("token"), **each[0]), asked))
    assert [reply.status for reply in replies] == [status for _, status in asked]


def test_the_successor_is_nowhere_in_the_database(oauth, public, browser):
    token = public.tokens(browser)["refresh_token"]
    successor = public.refresh(token).json["refresh_token"]
    stored = " ".join(row[0] for row in oauth.execute("SELECT r::text FROM tessera.refresh_tokens r"))
    for text in (token, successor, successor.removeprefix("tessera_refresh_")):
        assert text not in stored and text.encode().hex() not in stored


@pytest.mark.parametrize("which", ["public", "confidential"])
@pytest.mark.parametrize("ending", ["UPDATE tessera.users SET disabled = true WHERE user_id = %(user)s",
                                    "UPDATE tessera.organizations SET logins_disabled = true WHERE organization_id = %(organization)s",
                                    "UPDATE tessera.sessions SET revoke_time = now() WHERE session_id = %(session)s",
                                    "DELETE FROM tessera.grants WHERE user_id = %(user)s",
                                    "UPDATE tessera.refresh_tokens r SET expire_time = now() FROM tessera.token_families f "
                                    "WHERE f.family_id = r.family_id AND f.user_id = %(user)s",
                                    "UPDATE tessera.token_families SET expire_time = now() WHERE user_id = %(user)s"])
def test_a_refresh_token_dies_with_what_it_stands_on(request, oauth, browser, person, which, ending):
    app = request.getfixturevalue(which)
    token = app.tokens(browser)["refresh_token"]
    oauth.execute(ending, {"user": str(person.user), "organization": str(person.organization), "session": str(person.session)})
    refused(app.refresh(token))


def test_offline_access_outlives_the_session_and_nothing_else_does(oauth, confidential, browser, person):
    online = confidential.tokens(browser)
    offline = confidential.tokens(browser, scope="openid offline_access")
    oauth.execute("UPDATE tessera.sessions SET revoke_time = now() WHERE session_id = %s", [str(person.session)])
    refused(confidential.refresh(online["refresh_token"]))
    assert confidential.refresh(offline["refresh_token"]).status == 200
    oauth.execute("DELETE FROM tessera.sessions WHERE session_id = %s", [str(person.session)])
    assert confidential.refresh(offline["refresh_token"]).status == 200


def test_a_family_ends_absolutely_and_with_its_session(oauth, confidential, browser):
    """ASVS 10.4.8: use does not move the end."""
    def ends():
        return oauth.execute("SELECT f.offline, f.expire_time, f.create_time, s.expire_time FROM tessera.token_families f "
                             "JOIN tessera.sessions s USING (project_id, session_id) WHERE f.client_id = %s ORDER BY f.offline",
                             [str(confidential.client.uuid)])
    tokens = [confidential.tokens(browser), confidential.tokens(browser, scope="openid offline_access")]
    (_, online, _, session), (_, offline, made, _) = before = ends()
    assert online == session
    assert abs((offline - made).total_seconds() - 2_592_000) < 60
    for each in tokens:
        confidential.refresh(each["refresh_token"])
    assert ends() == before


def test_use_moves_the_idle_end_but_not_beyond_the_family(oauth, public, confidential, browser):
    for app in (public, confidential):
        token = app.tokens(browser, scope="openid offline_access")["refresh_token"]
        oauth.execute("UPDATE tessera.refresh_tokens r SET expire_time = now() + interval '5 seconds' FROM tessera.token_families f "
                      "WHERE f.family_id = r.family_id AND f.client_id = %s", [str(app.client.uuid)])
        app.refresh(token)
        (row,) = oauth.execute("SELECT max(r.expire_time) - now() > interval '13 days', max(r.expire_time) <= max(f.expire_time) FROM "
                               "tessera.refresh_tokens r JOIN tessera.token_families f USING (project_id, family_id) WHERE f.client_id = %s",
                               [str(app.client.uuid)])
        assert row == (True, True)


def test_scope_is_narrowed_for_the_token_and_never_widened(oauth, public, browser):
    """C-12, ASVS 10.4.11."""
    public.scope = "openid email profile"
    token = public.tokens(browser)["refresh_token"]
    narrow = public.refresh(token, scope="openid email").json
    assert narrow["scope"] == "email openid" == claims_of(narrow["access_token"])["scope"]
    refused(public.refresh(narrow["refresh_token"], scope="openid phone"), "invalid_scope")
    refused(public.refresh(narrow["refresh_token"], scope="openid  email"), "invalid_scope")
    wide = public.refresh(narrow["refresh_token"]).json
    assert wide["scope"] == "email openid profile"


def test_a_refused_narrowing_consumes_nothing(oauth, public, browser):
    token = public.tokens(browser)["refresh_token"]
    refused(public.refresh(token, resource="https://nobody.example/"), "invalid_target")
    refused(public.refresh(token, scope="openid phone"), "invalid_scope")
    assert public.refresh(token).status == 200


def test_a_refreshed_id_token_is_of_the_same_sign_in(public, browser):
    """O-16, T-13."""
    tokens = public.tokens(browser, nonce="n-1")
    first, second = claims_of(tokens["id_token"]), claims_of(public.refresh(tokens["refresh_token"]).json["id_token"])
    assert first["nonce"] == "n-1" and "nonce" not in second
    assert all(first[name] == second[name] for name in ("iss", "sub", "aud", "auth_time", "sid", "acr"))
    assert second["iat"] >= first["iat"]


@pytest.mark.parametrize("change, error", [({"refresh_token": None}, "invalid_request"), ({"refresh_token": ""}, "invalid_request"),
                                           ({"refresh_token": ["a", "b"]}, "invalid_request"), ({"refresh_token": "x" * 5000}, "invalid_grant"),
                                           ({"refresh_token": "tessera_refresh_x"}, "invalid_grant")])
def test_malformed_requests(public, change, error):
    refused(public.refresh(change["refresh_token"]), error)


def test_every_character_of_a_refresh_token_counts(confidential, browser):
    """SR-14."""
    token = confidential.tokens(browser)["refresh_token"]
    for other in (token[:-1], token + "A", token + "=", token.swapcase(), token.removeprefix("tessera_refresh_"),
                  token.replace("refresh", "secret"), token[:20] + ("A" if token[20] != "A" else "B") + token[21:]):
        refused(confidential.refresh(other))
    refused(confidential.redeem(token))
    assert confidential.refresh(token).status == 200


def test_a_token_of_another_realm_is_unknown(oauth, other_oauth, confidential, browser):
    token = confidential.tokens(browser)["refresh_token"]
    refused(App(other_oauth, relying_party(other_oauth)).refresh(token))
    assert confidential.refresh(token).status == 200


def test_each_refresh_is_in_the_trail_with_its_person(oauth, public, browser, person):
    tokens = public.tokens(browser)
    refreshed = public.refresh(tokens["refresh_token"]).json
    events = oauth.events(type="oauth.token.issued", client_id=public.client.id)
    assert [event["authority"] for event in events] == ["grant_type=authorization_code", "grant_type=refresh_token"]
    for event, token in zip(events, (tokens, refreshed)):
        claims = claims_of(token["access_token"])
        assert event["principal_kind"] == "user" and event["principal_id"] == person.id
        assert event["body"]["jti"] == claims["jti"] and event["body"]["family"] == claims["family"]
        assert event["target_id"] == claims["aud"]
