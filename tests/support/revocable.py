"""A person's things that may end, each with a look at it: the columns of docs/reference/revocation.md."""

import uuid
from dataclasses import dataclass

from signed_in import Person, relying_party


@dataclass
class House:
    """One person, two browsers, two authorizations of one client and a code not yet used."""

    oauth: object
    ask: object
    client: object = None
    stack: object = None

    def __post_init__(self):
        self.person = Person(self.oauth)
        self.other_session, self.other_cookie = self.person.sign_in()
        self.client = self.client or relying_party(self.oauth)
        self.grant = uuid.uuid4()
        self.oauth.execute("INSERT INTO tessera.grants (project_id, grant_id, user_id, client_id) VALUES (%s, %s, %s, %s)",
                           [str(self.oauth.project), str(self.grant), str(self.person.user), str(self.client.uuid)])
        self.bound = self.person.tokens(self.client, grant=self.grant)
        self.offline = self.person.tokens(self.client, grant=self.grant, offline=True)
        self.bound_code = self.person.authorize(self.client, grant=self.grant)
        self.offline_code = self.person.authorize(self.client, grant=self.grant, offline=True)
        for node in (0, 1):  # remembered everywhere, which is the harder case
            assert self.ask(self.bound.access, node)["active"] and self.ask(self.offline.access, node)["active"]

    def set(self, table, column, value, row=None):
        ids = {"users": ("user_id", self.person.user), "organizations": ("organization_id", self.person.organization),
               "clients": ("client_id", self.client.uuid), "sessions": ("session_id", self.person.session)}
        key, own = ids[table]
        self.oauth.execute(f"UPDATE tessera.{table} SET {column} = {value} WHERE {key} = %s", [str(row or own)])

    def is_signed_in(self, cookie, node=1):
        reply = self.oauth.get(self.oauth.path + "/logout", node, [cookie])
        return b'id="logout-confirm"' in reply.body

    # The columns of the table. Each is looked at on the node the event did not come through.
    def cells(self):
        return {
            "cookie": lambda: self.is_signed_in(self.person.cookie),
            "access": lambda: self.ask(self.bound.access, 1)["active"],
            "offline access": lambda: self.ask(self.offline.access, 1)["active"],
            "refresh": lambda: self.bound.renew(1).status == 200,
            "offline refresh": lambda: self.offline.renew(1).status == 200,
            "code": lambda: self.bound_code.redeem(1).status == 200,
            "offline code": lambda: self.offline_code.redeem(1).status == 200,
            "other": lambda: self.is_signed_in(self.other_cookie),
        }
