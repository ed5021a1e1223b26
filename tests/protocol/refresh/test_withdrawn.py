"""What a client may have is asked again at each token: access withdrawn from it ends with the next refresh (SR-11)."""

import uuid

import pytest

from jose import claims_of
from signed_in import Person, relying_party
from wait import SANITIZER_FACTOR, wait_for

SOON = 2 * SANITIZER_FACTOR


class Held:
    """Tokens for two resources, and what becomes of them."""

    def __init__(self, oauth):
        self.oauth, self.client, self.person = oauth, relying_party(oauth), Person(oauth)
        self.uris = [f"https://{name}-{uuid.uuid4().hex}.example/" for name in ("one", "two")]
        self.rows = [oauth.add_resource(uri, [f"read{i}", f"write{i}"]) for i, uri in enumerate(self.uris)]
        for i, row in enumerate(self.rows):
            oauth.grant(self.client, row, [f"read{i}", f"write{i}"])
        what = {"scope": "openid email read0 write0 read1", "resources": self.uris}
        self.tokens = self.person.tokens(self.client, offline=True, **what)
        self.code = self.person.authorize(self.client, **what)
        assert self.renewed() == (self.uris, {"openid", "email", "read0", "write0", "read1", "offline_access"})

    def withdraw(self, table, where, parameters):
        self.oauth.execute(f"DELETE FROM tessera.{table} WHERE {where}", parameters)

    def withdraw_access(self, row):
        for table in ("client_access_scopes", "client_access"):
            self.withdraw(table, "client_id = %s AND resource_id = %s", [str(self.client.uuid), str(row)])

    def renewed(self, node=1, reply=None):
        reply = reply or self.tokens.renew(node)
        if reply.status != 200:
            return reply.error
        claims = claims_of(reply.json["access_token"])
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        return audience, set(claims["scope"].split())


@pytest.fixture
def held(oauth):
    return Held(oauth)


def test_a_resource_withdrawn_from_the_client_is_in_no_token_any_more(held):
    held.withdraw_access(held.rows[0])
    left = ([held.uris[1]], {"openid", "email", "read1", "offline_access"})
    wait_for("the resource to be gone", lambda: held.renewed() == left, SOON)
    assert held.renewed(reply=held.code.redeem(1)) == (left[0], left[1] - {"offline_access"})
    form = {"grant_type": "refresh_token", "refresh_token": held.tokens.refresh, "resource": held.uris[0]}
    assert held.tokens._ask(1, **form).error == "invalid_target"


def test_where_nothing_is_left_nothing_is_issued(held):
    for row in held.rows:
        held.withdraw_access(row)
    wait_for("the refusal", lambda: held.renewed() == "invalid_target", SOON)
    assert held.renewed(reply=held.code.redeem(1)) == "invalid_target"
    # Nothing was consumed: what comes back can be used again.
    held.oauth.grant(held.client, held.rows[0], ["read0"])
    wait_for("the resource to be back", lambda: held.renewed() == ([held.uris[0]], {"openid", "email", "read0", "offline_access"}), SOON)


def test_a_scope_withdrawn_from_the_client_is_in_no_token_any_more(held):
    held.withdraw("client_access_scopes", "client_id = %s AND scope = 'write0'", [str(held.client.uuid)])
    held.oauth.execute("UPDATE tessera.clients SET scopes = '{openid,offline_access}' WHERE client_id = %s", [str(held.client.uuid)])
    wait_for("the scopes to be gone", lambda: held.renewed() == (held.uris, {"openid", "read0", "read1", "offline_access"}), SOON)


def test_a_resource_that_is_deleted_is_in_no_token_any_more(held):
    held.withdraw_access(held.rows[0])
    held.withdraw("resource_scopes", "resource_id = %s", [str(held.rows[0])])
    held.withdraw("resources", "resource_id = %s", [str(held.rows[0])])
    wait_for("the resource to be gone", lambda: held.renewed()[0] == [held.uris[1]], SOON)


def test_a_client_whose_scopes_are_all_withdrawn_gets_no_token(oauth):
    client, person = relying_party(oauth), Person(oauth)
    tokens = person.tokens(client, scope="openid email")
    oauth.execute("UPDATE tessera.clients SET scopes = '{profile}' WHERE client_id = %s", [str(client.uuid)])
    wait_for("the refusal", lambda: tokens.renew(1).error == "invalid_scope", SOON)
