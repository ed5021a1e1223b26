"""Back-channel logout: OpenID Connect Back-Channel Logout 1.0, docs/spec-map.md L-04, L-06, L-08."""

import signal
import time
import uuid

import psycopg2

from jose import claims_of, verify
from logout_receiver import LogoutReceiver
from oauth_client import OauthRealm
from signed_in import Person, relying_party
from wait import SANITIZER_FACTOR, wait_for
from wire import Node

EVENT = "http://schemas.openid.net/event/backchannel-logout"
SOON = 5 * SANITIZER_FACTOR  # s


def end(oauth, session):
    """A session ends as any of the endpoints would end it."""
    oauth.execute("UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'test' WHERE session_id = %s", [str(session)])


def deliveries(oauth, client):
    return oauth.execute("SELECT attempts, sent_time IS NOT NULL, failed_time IS NOT NULL, last_error FROM tessera.logout_deliveries "
                         "WHERE client_id = %s", [str(client.uuid)])


def test_every_relying_party_of_a_session_hears_of_its_end_and_no_other(oauth):
    """L-08: two RPs, one session; logout at one, both are told, with the sid of their ID tokens."""
    person = Person(oauth)
    with LogoutReceiver() as first, LogoutReceiver() as second, LogoutReceiver() as elsewhere:
        clients = [relying_party(oauth, backchannel_logout_uri=receiver.uri) for receiver in (first, second, elsewhere)]
        tokens = [person.tokens(client) for client in clients[:2]]
        session, _ = person.sign_in()
        other = person.tokens(clients[2], session=session)
        reply = oauth.get(oauth.path + "/logout?id_token_hint=" + tokens[0].id_token, headers=[person.cookie])
        assert reply.status == 200, reply.body
        for receiver, client, made in ((first, clients[0], tokens[0]), (second, clients[1], tokens[1])):
            wait_for("the logout token", lambda: receiver.tokens, SOON)
            assert receiver.requests[0]["content_type"] == "application/x-www-form-urlencoded"
            header, claims = verify(receiver.tokens[0], oauth.jwks())
            assert header["typ"] == "logout+jwt"
            id_claims = claims_of(made.id_token)
            assert (claims["iss"], claims["aud"]) == (oauth.issuer, client.id)
            assert (claims["sid"], claims["sub"]) == (id_claims["sid"], id_claims["sub"])
            assert claims["events"] == {EVENT: {}} and claims["jti"] and "nonce" not in claims
            assert 0 < claims["exp"] - claims["iat"] <= 120
        assert claims_of(first.tokens[0])["jti"] != claims_of(second.tokens[0])["jti"]
        for client in clients[:2]:
            wait_for("the row to be settled", lambda: deliveries(oauth, client)[0][:3] == (1, True, False), SOON)
        assert deliveries(oauth, clients[2]) == [] and not elsewhere.tokens and other.renew().status == 200
        assert len(first.tokens) == len(second.tokens) == 1
        (event,) = oauth.events(type="oauth.logout.told", client_id=clients[0].id)
        assert event["result"] == "success" and event["body"]["status"] == 200


def test_clients_with_pairwise_subjects_know_the_session_by_names_of_their_own(oauth):
    """With one sid for all they could tell each other whom they have in common."""
    person = Person(oauth)
    with LogoutReceiver() as first, LogoutReceiver() as second:
        clients = [relying_party(oauth, subject_type="pairwise", sector_identifier_uri=f"https://{host}.example/uris", backchannel_logout_uri=receiver.uri)
                   for host, receiver in (("one", first), ("two", second))]
        tokens = [person.tokens(client) for client in clients]
        sids = [claims_of(made.id_token)["sid"] for made in tokens]
        assert len({*sids, person.sid}) == 3 and [claims_of(made.access)["sid"] for made in tokens] == sids
        reply = oauth.get(oauth.path + "/logout?id_token_hint=" + tokens[0].id_token, headers=[person.cookie])
        assert b'id="logout-done"' in reply.body, reply.body
        for receiver, sid, made in zip((first, second), sids, tokens, strict=True):
            wait_for("the logout token", lambda: receiver.tokens, SOON)
            told = claims_of(receiver.tokens[0])
            assert (told["sid"], told["sub"]) == (sid, claims_of(made.id_token)["sub"])


def test_the_logout_token_is_signed_as_the_clients_id_tokens(oauth):
    person = Person(oauth)
    with LogoutReceiver() as receiver:
        tokens = person.tokens(relying_party(oauth, backchannel_logout_uri=receiver.uri, id_token_signed_response_alg="ES256"))
        assert verify(tokens.id_token, oauth.jwks())[0]["alg"] == "ES256"
        end(oauth, person.session)
        wait_for("the logout token", lambda: receiver.tokens, SOON)
        assert verify(receiver.tokens[0], oauth.jwks())[0]["alg"] == "ES256"


def test_a_logout_token_is_no_access_token(oauth):
    person = Person(oauth)
    with LogoutReceiver() as receiver:
        person.tokens(relying_party(oauth, backchannel_logout_uri=receiver.uri))
        end(oauth, person.session)
        wait_for("the logout token", lambda: receiver.tokens, SOON)
    reply = oauth.nodes[0].request("GET", oauth.path + "/logout?id_token_hint=" + receiver.tokens[0], headers=[Person(oauth).cookie])
    assert "Location" not in reply.headers and b"logout-confirm" in reply.body


def test_a_client_that_is_busy_is_tried_again_with_another_jti(oauth):
    person = Person(oauth)
    with LogoutReceiver(answers=[503]) as receiver:
        client = relying_party(oauth, backchannel_logout_uri=receiver.uri)
        person.tokens(client)
        end(oauth, person.session)
        wait_for("the second attempt", lambda: len(receiver.tokens) == 2, 10 + SOON)
        assert len({claims_of(token)["jti"] for token in receiver.tokens}) == 2
        wait_for("the end of it", lambda: deliveries(oauth, client)[0][:3] == (2, True, False), SOON)


def test_a_client_that_refuses_is_not_asked_again(oauth):
    person = Person(oauth)
    with LogoutReceiver(answers=[400]) as receiver:
        client = relying_party(oauth, backchannel_logout_uri=receiver.uri)
        person.tokens(client)
        end(oauth, person.session)
        wait_for("the refusal", lambda: deliveries(oauth, client)[0][2], SOON)
        assert len(receiver.tokens) == 1
        (event,) = oauth.events(type="oauth.logout.told", client_id=client.id)
        assert event["result"] == "failed" and event["body"]["status"] == 400


def test_an_address_that_is_not_public_is_refused_for_good(oauth):
    """SR-13: the operator's list opens 127.0.0.1 for the tests, and nothing else."""
    person = Person(oauth)
    client = relying_party(oauth, backchannel_logout_uri="http://127.0.0.2:9/backchannel")
    person.tokens(client)
    end(oauth, person.session)
    wait_for("the refusal", lambda: deliveries(oauth, client)[0][2], SOON)
    assert "127.0.0.2" not in (deliveries(oauth, client)[0][3] or "")


def test_a_slow_client_holds_up_neither_the_page_nor_another_client(oauth):
    person = Person(oauth)
    with LogoutReceiver() as slow, LogoutReceiver() as quick:
        slow.may_answer.clear()
        tokens = person.tokens(relying_party(oauth, backchannel_logout_uri=slow.uri))
        person.tokens(relying_party(oauth, backchannel_logout_uri=quick.uri))
        before = time.monotonic()
        oauth.get(oauth.path + "/logout?id_token_hint=" + tokens.id_token, headers=[person.cookie])
        assert time.monotonic() - before < 1 * SANITIZER_FACTOR
        wait_for("both to be asked", lambda: slow.tokens and quick.tokens, SOON)


def test_slow_clients_of_one_realm_hold_up_no_other_realm(oauth, other_oauth):
    """More than a front sends at once, all of one realm, none of them answered before the other realm's client is told."""
    person, elsewhere = Person(oauth), Person(other_oauth)
    with LogoutReceiver() as slow, LogoutReceiver() as quick:
        slow.may_answer.clear()
        client = relying_party(oauth, backchannel_logout_uri=slow.uri)
        oauth.execute("INSERT INTO tessera.logout_deliveries (project_id, delivery_id, client_id, session_id, user_id) "
                      "SELECT %s, gen_random_uuid(), %s, %s, %s FROM generate_series(1, 400)",
                      [str(oauth.project), str(client.uuid), str(person.session), str(person.user)])
        try:
            wait_for("the slow client to be asked", lambda: slow.requests, SOON)
            elsewhere.tokens(relying_party(other_oauth, backchannel_logout_uri=quick.uri))
            end(other_oauth, elsewhere.session)
            wait_for("the other realm's client to be told", lambda: quick.tokens, SOON)
            assert len(slow.requests) < 200  # most of them had not even been begun
        finally:
            oauth.execute("DELETE FROM tessera.logout_deliveries WHERE client_id = %s", [str(client.uuid)])
            slow.may_answer.set()


def test_a_disabled_user_is_signed_out_everywhere(oauth):
    person = Person(oauth)
    with LogoutReceiver() as receiver:
        person.tokens(relying_party(oauth, backchannel_logout_uri=receiver.uri))
        oauth.execute("UPDATE tessera.users SET disabled = true WHERE user_id = %s", [str(person.user)])
        wait_for("the logout token", lambda: receiver.tokens, SOON)


def test_a_front_killed_before_it_told_is_survived(own_stack):
    """kill -9 between the commit and the client's answer: the row is there, and whoever comes next tells, perhaps again."""
    stack = own_stack
    stack.serve_settings["outbound-allow"] = "http://127.0.0.1/32"
    stack.up()
    stack.tessera_json("project", "create", "--slug", "acme", "--display-name", "Acme")
    oauth = OauthRealm(f"{stack.issuer_base}/realms/acme", [Node("localhost", stack.port, str(stack.ca_file))],
                       stack.postgres.database_url)
    person = Person(oauth)
    with LogoutReceiver() as receiver:
        receiver.may_answer.clear()
        client = relying_party(oauth, backchannel_logout_uri=receiver.uri)
        person.tokens(client)
        end(oauth, person.session)
        wait_for("the first attempt", lambda: receiver.tokens, SOON)
        stack.processes.pop("tessera-serve").stop(signal.SIGKILL)
        receiver.may_answer.set()
        assert deliveries(oauth, client)[0][:3] == (1, False, False)
        # The dead front's lease would be over in half a minute.
        oauth_system(stack, "UPDATE tessera.logout_deliveries SET next_attempt_time = now() + interval '1 second'")
        stack.start_serve()
        wait_for("the row to be settled", lambda: deliveries(oauth, client)[0][:3] == (2, True, False), 10 + SOON)
        assert len(receiver.tokens) == 2


def test_of_two_fronts_one_tells(oauth):
    people, count = Person(oauth), 20
    with LogoutReceiver() as receiver:
        for _ in range(count):
            client = relying_party(oauth, backchannel_logout_uri=receiver.uri + "/" + uuid.uuid4().hex)
            people.tokens(client)
        end(oauth, people.session)
        left = "SELECT count(*) FROM tessera.logout_deliveries WHERE session_id = %s AND sent_time IS NULL"
        wait_for("all to be told", lambda: oauth.execute(left, [str(people.session)]) == [(0,)], SOON)
        assert len(receiver.tokens) == len({request["path"] for request in receiver.requests}) == count


def oauth_system(stack, statement):
    with psycopg2.connect(stack.postgres.database_url("tessera_system")) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
