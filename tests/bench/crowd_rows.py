"""What a crowd costs the one who signs in or refreshes: 10,000 realms with people, then 1,000,000 people in one realm."""

import time
from dataclasses import dataclass

from measure import three_runs
from passwords import encoded_hash
from people import PASSWORD, USERS, People
from report import Report
from seed import Tokens
from served import Served
from sign_in import Door

PEOPLE_PER_REALM = 20
CROWD = 1_000_000
CROWD_TOKENS = 100_000
WARM_SIGN_INS = 5
SIGN_INS = 40
WITHIN = 1.15


@dataclass
class Latencies:
    sign_in_ms: float
    refresh_ms: float


class Crowd:
    """One realm that is measured, and what is put around it; the first latencies taken are the small case."""

    def __init__(self, served: Served):
        self.served = served
        self.people = People(served, served.realm)
        self.door = Door(self.people)
        self.small = self.latencies()

    def latencies(self) -> Latencies:
        self.door.latency_ms(WARM_SIGN_INS)
        run = three_runs(lambda: self.people.refresh_load("read", self.people.realm.resource, connections=8), self.served.seconds,
                         self.served.pids()).median
        return Latencies(self.door.latency_ms(SIGN_INS), run.p50_us / 1000)

    def report(self, report: Report, beside: str) -> None:
        now = self.latencies()
        for name, value, small in (("sign-in", now.sign_in_ms, self.small.sign_in_ms), ("refresh", now.refresh_ms, self.small.refresh_ms)):
            report.add(f"{name} {beside}: p50", value, "ms", against=f"with {USERS:,} users in 10 realms {small:.2f} ms", peer=small,
                       goal=f"<= {WITHIN:.2f} x", met=value <= WITHIN * small)

    def projects(self) -> list[str]:
        return self.served.stack.postgres.psql(
            f"SELECT project_id FROM tessera.projects WHERE project_id <> '{self.people.project}'", "tessera_system").split()

    def fill_other_realms(self, report: Report) -> None:
        """People with passwords, sessions and refresh tokens in every realm but the measured one."""
        begun = time.monotonic()
        others, seeder = self.projects(), self.people.seeder
        seeder.clients(others)
        seeder.users(others, PEOPLE_PER_REALM, encoded_hash(PASSWORD))
        seeder.refresh_tokens(others, Tokens("crowd", "openid", "https://api.example", PEOPLE_PER_REALM, count=PEOPLE_PER_REALM))
        seeder.settle()
        report.note(f"{len(others):,} realms filled with {PEOPLE_PER_REALM} people each in {time.monotonic() - begun:.0f} s")

    def fill_own_realm(self, report: Report) -> None:
        begun = time.monotonic()
        seeder, project = self.people.seeder, self.people.project
        seeder.users([project], CROWD - USERS, encoded_hash(PASSWORD), first=USERS)
        seeder.refresh_tokens([project], Tokens("crowd", "openid", self.people.own_api, CROWD, count=CROWD_TOKENS))
        seeder.settle()
        self.people.users = CROWD
        report.note(f"{CROWD:,} people and {CROWD_TOKENS:,} refresh tokens in one realm in {time.monotonic() - begun:.0f} s")


def beside_crowds(crowd: Crowd, report: Report) -> None:
    """The realms exist by now."""
    crowd.fill_other_realms(report)
    crowd.report(report, "beside 10,000 realms with users")
    crowd.fill_own_realm(report)
    crowd.report(report, "in a realm of 1,000,000 users")
