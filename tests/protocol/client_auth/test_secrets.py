"""client_secret_basic and client_secret_post: RFC 6749 §2.3.1."""

import base64
import datetime

import pytest

from oauth_client import basic_header

GRANT = [("grant_type", "client_credentials")]


def with_secret(client, secret):
    client.secret = secret
    return client


def test_basic_works_form_encoded_and_raw(oauth):
    client = oauth.add_client()
    assert oauth.post(GRANT, [basic_header(client.id, client.secret)]).status == 200
    encoded = (client.id.replace("_", "%5F"), client.secret.replace("_", "%5F").replace("t", "%74"))
    value = base64.b64encode(":".join(encoded).encode()).decode()
    assert oauth.post(GRANT, [("Authorization", f"Basic {value}")]).status == 200


def test_post_works_with_id_and_secret_in_the_body(oauth):
    assert oauth.token(oauth.add_client("client_secret_post")).status == 200


# X-04, AB-21
def test_failed_basic_is_challenged_and_failed_post_is_not(oauth):
    client = oauth.add_client()
    reply = oauth.post(GRANT, [basic_header(client.id, "tessera_secret_wrong")])
    assert (reply.status, reply.error) == (401, "invalid_client")
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert reply.headers["Cache-Control"] == "no-store"
    post = oauth.add_client("client_secret_post")
    reply = oauth.token(with_secret(post, "tessera_secret_wrong"))
    assert (reply.status, reply.error) == (401, "invalid_client")
    assert reply.headers["WWW-Authenticate"] is None


def test_exactly_the_registered_method_is_accepted(oauth):
    client = oauth.add_client("client_secret_basic")
    client.method = "client_secret_post"
    assert oauth.token(client).error == "invalid_client"
    client = oauth.add_client("client_secret_post")
    client.method = "client_secret_basic"
    assert oauth.token(client).error == "invalid_client"


# SR-14
def test_every_byte_of_a_secret_counts(oauth):
    client = oauth.add_client()
    secret = client.secret
    changed = [secret[:-1], secret + "A", secret.swapcase(), secret[0].upper() + secret[1:], secret + " ", secret + "=",
               secret.removeprefix("tessera_secret_"), "client_secret_" + secret.removeprefix("tessera_secret_")]
    changed += [secret[:at] + chr(ord(secret[at]) ^ 1) + secret[at + 1:] for at in range(0, len(secret), 5)]
    for each in changed:
        assert oauth.token(with_secret(client, each)).error == "invalid_client", each
    assert oauth.token(with_secret(client, secret)).status == 200


# SR-24
@pytest.mark.parametrize("value", ["Basic", "Basic ", "Basic !!!!", "Basic bm9jb2xvbg==", "Basic  YTpi", "Bearer YTpi",
                                   "Basic " + base64.b64encode(b"a:%zz").decode(), "Digest a=b",
                                   "Basic " + base64.b64encode(b"a:b").decode().rstrip("=") + "!"])
def test_sloppy_basic_headers_are_refused(oauth, value):
    reply = oauth.post(GRANT, [("Authorization", value)])
    assert (reply.status, reply.error) == (401, "invalid_client")


def test_trailing_bytes_after_good_credentials_are_refused(oauth):
    client = oauth.add_client()
    name, value = basic_header(client.id, client.secret)
    for each in (value + "AA", value + "=", value + ", Basic x"):
        assert oauth.post(GRANT, [(name, each)]).error == "invalid_client", each


def test_two_authorization_headers_are_refused(oauth):
    client = oauth.add_client()
    reply = oauth.post(GRANT, [basic_header(client.id, client.secret)] * 2)
    assert reply.status == 400 and reply.error == "invalid_request"


# X-05, JB-07
@pytest.mark.parametrize("extra", [[("client_secret", "x")], [("client_assertion", "a.b.c")],
                                   [("client_assertion_type", "x")]])
def test_two_mechanisms_in_one_request_are_refused(oauth, extra):
    client = oauth.add_client()
    reply = oauth.post(GRANT + extra, [basic_header(client.id, client.secret)])
    assert (reply.status, reply.error) == (400, "invalid_request")


def test_body_client_id_must_be_the_authenticated_client(oauth):
    client, other = oauth.add_client(), oauth.add_client()
    header = [basic_header(client.id, client.secret)]
    assert oauth.post(GRANT + [("client_id", client.id)], header).status == 200
    reply = oauth.post(GRANT + [("client_id", other.id)], header)
    assert (reply.status, reply.error) == (400, "invalid_request")


def test_two_secrets_work_at_once_so_that_one_can_be_replaced(oauth):
    client = oauth.add_client()
    first, second = client.secret, oauth.add_secret(client)
    for secret in (first, second):
        assert oauth.token(with_secret(client, secret)).status == 200
    oauth.execute("DELETE FROM tessera.client_secrets WHERE client_id = %s AND hint = %s", [str(client.uuid), first[-4:]])
    assert oauth.token(with_secret(client, second)).status == 200


def test_an_expired_secret_is_refused(oauth):
    client = oauth.add_client()
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
    assert oauth.token(with_secret(client, oauth.add_secret(client, past))).error == "invalid_client"


# SR-17: nothing tells an unknown client from a wrong secret.
def test_unknown_client_wrong_secret_and_foreign_method_get_one_answer(oauth):
    known, post = oauth.add_client(), oauth.add_client("client_secret_post")
    asked = [(known.id, "tessera_secret_x"), ("client_" + "0" * 24 + "1", known.secret), ("nobody", "x"),
             (post.id, post.secret)]
    replies = [oauth.post(GRANT, [basic_header(*each)]) for each in asked]
    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1
    assert len({reply.headers["WWW-Authenticate"] for reply in replies}) == 1


def test_no_authentication_at_all_is_invalid_client(oauth):
    assert oauth.post(GRANT).error == "invalid_client"
    assert oauth.post(GRANT + [("client_id", oauth.add_client().id)]).error == "invalid_client"


def test_a_client_of_another_realm_does_not_exist_here(oauth, other_oauth):
    client = other_oauth.add_client()
    assert other_oauth.token(client).status == 200
    assert oauth.token(client).error == "invalid_client"
