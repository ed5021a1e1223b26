"""What people's apps ask for all day: refresh, code exchange, userinfo, introspection of tokens not seen before."""

from dataclasses import replace
from pathlib import Path

from console import Console
from measure import Load, Median, run_wrk, three_fresh_runs, three_runs
from peers import PEER_NAME, oidc_provider, peer_tokens
from people import SPARE_TOKENS, People
from realm import basic, request
from report import Report
from served import Served
from token_rows import rows_of

PEER_AUTHORIZATION = basic("bench", "bench-secret")
PEER_REFRESH_CPU_US = 747
PEER_INTROSPECTION_CPU_US = 329
# More than a loop remembers, asked for in turn: each is forgotten before it comes again.
FIRST_SIGHTS = 24_000


def peer_refresh(served: Served) -> Median:
    with oidc_provider(served.cache / "peer") as (origin, pid):
        def load() -> Load:
            place = served.cache / "peer-refresh-tokens"
            place.write_text("".join(token + "\n" for token in peer_tokens(origin, "refresh", 32 + SPARE_TOKENS)))
            return Load(f"{origin}/token", "grant_type=refresh_token&refresh_token=", PEER_AUTHORIZATION, tokens=place)
        return three_runs(load, served.seconds, {"peer": pid})


def peer_userinfo(served: Served) -> Median:
    with oidc_provider(served.cache / "peer") as (origin, pid):
        (token,) = peer_tokens(origin, "access", 1)
        return three_runs(Load(f"{origin}/me", authorization=f"Bearer {token}"), served.seconds, {"peer": pid})


def peer_introspection(served: Served) -> Median:
    with oidc_provider(served.cache / "peer") as (origin, pid):
        (token,) = peer_tokens(origin, "access", 1)
        return three_runs(Load(f"{origin}/token/introspection", f"token={token}", PEER_AUTHORIZATION), served.seconds, {"peer": pid})


def refresh(served: Served, report: Report) -> None:
    """Rotating, for one resource as the peer does it; then with an ID token, which is a second signature."""
    people, realm = People.of(served), served.realm
    rows_of(report, "refresh with rotation",
            three_runs(lambda: people.refresh_load("read", realm.resource), served.seconds, served.pids()), rate_goal=2500, cpu_goal_us=350,
            peer=peer_refresh(served), peer_name=PEER_NAME, peer_cpu_us=PEER_REFRESH_CPU_US)
    rows_of(report, "refresh with rotation and ID token",
            three_runs(lambda: people.refresh_load("openid", people.own_api), served.seconds, served.pids()))


def code_exchange(served: Served, report: Report) -> None:
    """With PKCE; an access token, an ID token and a refresh token each."""
    rows_of(report, "authorization code exchange",
            three_fresh_runs(People.of(served).code_load, 1500, served.seconds, served.pids()), rate_goal=2000)


def userinfo(served: Served, report: Report) -> None:
    load = People.of(served).userinfo_load()
    reply = request(served.stack, "GET", served.realm.path + "/userinfo", headers={"Authorization": load.authorization})
    assert reply.json["email"], reply.body
    rows_of(report, "userinfo", three_runs(load, served.seconds, served.pids()), rate_goal=10_000, peer=peer_userinfo(served),
            peer_name=PEER_NAME)


def introspection_load(served: Served, body: str) -> Load:
    """As the client that answers for the realm's resource."""
    server = served.realm.create_client()
    served.stack.tessera_json("resource", "update", served.realm.resource, "--project", served.realm.slug, "--introspection-client", server.id)
    return Load(f"{served.origin()}{served.realm.path}/introspect", body, basic(server.id, server.secret))


def collect_tokens(served: Served, place: Path) -> str:
    """Access tokens that last for the whole bench, as wrk's bodies. Returns one of them."""
    client = served.realm.create_client()
    changed = Console(served.stack.console_socket).patch(
        f"/v1/projects/{served.realm.slug}/clients/{client.id}?updateMask=accessTokenLifetimeS", {"accessTokenLifetimeS": 3600})
    assert changed.status == 200, changed.body
    lines: list[str] = []
    part = place.with_suffix(".part")
    while len(lines) < FIRST_SIGHTS:
        run_wrk(replace(served.token_load(client=client), keep=part), served.seconds, served.pids())
        lines += part.read_text().split()
    place.write_text("".join(f"token={line}\n" for line in lines[:FIRST_SIGHTS]))
    return lines[0]


def introspection(served: Served, report: Report) -> None:
    place = served.cache / "introspected"
    token = collect_tokens(served, place)
    load = introspection_load(served, f"token={token}")
    reply = request(served.stack, "POST", f"{served.realm.path}/introspect", load.body,
                    {"Content-Type": "application/x-www-form-urlencoded", "Authorization": load.authorization})
    assert reply.json["active"], reply.body
    rows_of(report, "introspection, token seen before", three_runs(load, served.seconds, served.pids()), rate_goal=15_000, cpu_goal_us=60,
            peer=peer_introspection(served), peer_name=PEER_NAME, peer_cpu_us=PEER_INTROSPECTION_CPU_US)
    rows_of(report, "introspection, first sight", three_runs(replace(load, body=f"@{place}"), served.seconds, served.pids()), rate_goal=6000)
