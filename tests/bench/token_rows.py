"""Token and document figures: rates, CPU per operation, latencies."""

import json
import secrets
import time
from dataclasses import replace

from console import Console
from jose import Key
from measure import Load, Median, three_fresh_runs, three_runs
from peers import PEER_FORM, oidc_provider, raw_sign, static_nginx
from realm import Client, basic, request
from report import Report
from served import Served

CPU_GOAL_US = 170
CPU_PEER_US = 510


def rows_of(report: Report, name: str, measured: Median, *, rate_goal: float | None = None, cpu_goal_us: float | None = None,
            peer: Median | None = None, peer_name: str = "", peer_cpu_us: float = CPU_PEER_US) -> None:
    """The rate and the CPU time of one kind of request. `peer_cpu_us` is what the peer took where the goal was set."""
    run = measured.median
    against = f"{peer_name} {peer.median.rate:,.0f}/s" if peer else None
    report.add(f"{name}: rate", run.rate, "1/s", against=against, peer=peer.median.rate if peer else None,
               goal=f">= {rate_goal:,.0f}" if rate_goal else None, met=run.rate >= rate_goal if rate_goal else None)
    ratio_goal = peer and cpu_goal_us and cpu_goal_us / peer_cpu_us
    met = None
    if cpu_goal_us:
        met = run.cpu_total <= cpu_goal_us or bool(ratio_goal and run.cpu_total <= ratio_goal * peer.median.cpu_total)
    report.add(f"{name}: CPU", run.cpu_total, "us", against=f"{peer_name} {peer.median.cpu_total:,.0f} us" if peer else None,
               peer=peer.median.cpu_total if peer else None, met=met,
               goal=f"<= {cpu_goal_us} us" + (f" or {ratio_goal:.2f} of the peer" if ratio_goal else "") if cpu_goal_us else None)
    report.note(f"{measured.rate_min:,.0f} to {measured.rate_max:,.0f}/s; p50 {run.p50_us} us, p99 {run.p99_us} us; CPU "
                + ", ".join(f"{process} {value:.0f} us" for process, value in run.cpu_us_per_operation.items()))


def tokens_beside_the_peer(served: Served, report: Report) -> None:
    with oidc_provider(served.cache / "peer") as (origin, pid):
        peer = three_runs(Load(f"{origin}/token", PEER_FORM, basic("bench", "bench-secret")), served.seconds, {"peer": pid})
    ours = three_runs(served.token_load(), served.seconds, served.pids())
    rows_of(report, "client_credentials ES256", ours, rate_goal=6000, cpu_goal_us=CPU_GOAL_US, peer=peer,
            peer_name="oidc-provider in memory")


def share_of_the_hsm(served: Served, report: Report, name: str, algorithm: str, client: Client) -> None:
    """What the module signs alone on the core, and how many tokens a second come of the same sessions there."""
    raw_rate = float(raw_sign(served.stack, served.build, algorithm, threads=2, seconds=served.seconds).communicate(timeout=60)[0])
    run = three_runs(served.token_load(client=client), served.seconds, served.pids()).median
    report.add(f"client_credentials {name}, of raw C_Sign", run.rate, "1/s", against=f"raw C_Sign, same sessions {raw_rate:,.0f}/s",
               peer=raw_rate, goal=">= 60 % of raw C_Sign", met=run.rate >= 0.6 * raw_rate)


def tokens_beside_the_hsm(served: Served, report: Report) -> None:
    share_of_the_hsm(served, report, "ES256", "ES256", served.client)
    share_of_the_hsm(served, report, "RS256 (3072)", "RS256", rs256_client(served))


def latencies(served: Served, report: Report) -> None:
    eight = three_runs(served.token_load(connections=8), served.seconds, served.pids())
    report.add("client_credentials ES256, 8 connections: p99", eight.median.p99_us / 1000, "ms", goal="<= 5", met=eight.median.p99_us <= 5000)
    pause_ms = max(1, round(32 / (eight.median.rate / 2) * 1000))
    half = three_runs(served.token_load(connections=32, pause_ms=pause_ms), served.seconds, served.pids())
    report.add("client_credentials ES256, half of peak: p99", half.median.p99_us / 1000, "ms", goal="<= 10", met=half.median.p99_us <= 10000)
    report.note(f"at {half.median.rate:,.0f}/s of {eight.median.rate:,.0f}/s")


def tokens_over_tls(served: Served, report: Report) -> None:
    rows_of(report, "client_credentials ES256, TLS kept alive",
            three_runs(served.token_load(tls=True), served.seconds, served.pids(tls=True)))
    rows_of(report, "client_credentials ES256, new TLS connection each",
            three_runs(served.token_load(tls=True, close=True), served.seconds, served.pids(tls=True)))


def tokens_by_private_key_jwt(served: Served, report: Report) -> None:
    key = Key("ES256")
    client = served.realm.create_client("private_key_jwt", "--jwks", "-", stdin=key.jwks)
    places = served.cache / "assertions"

    def load(count: int) -> Load:
        now = int(time.time())
        with places.open("w") as file:
            for _ in range(count):
                assertion = key.sign({"iss": client.id, "sub": client.id, "aud": served.realm.issuer, "iat": now, "exp": now + 240,
                                      "jti": secrets.token_hex(12)})
                file.write(served.form(client_id=client.id, client_assertion=assertion,
                                       client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer") + "\n")
        return replace(served.token_load(), body=f"@{places}", authorization="")

    rows_of(report, "client_credentials ES256, private_key_jwt", three_fresh_runs(load, 3000, served.seconds, served.pids()))


def rs256_client(served: Served) -> Client:
    client = served.realm.create_client()
    changed = Console(served.stack.console_socket).patch(f"/v1/projects/{served.realm.slug}/clients/{client.id}?updateMask=accessTokenSigningAlg",
                                                         {"accessTokenSigningAlg": "RS256"})
    assert changed.status == 200, changed.body
    return client


def tokens_signed_rs256(served: Served, report: Report) -> None:
    rows_of(report, "client_credentials RS256 (3072)", three_runs(served.token_load(client=rs256_client(served)), served.seconds, served.pids()))


def documents(served: Served, report: Report) -> None:
    path = served.realm.path
    files = {"jwks": request(served.stack, "GET", f"{path}/jwks").body,
             "discovery": request(served.stack, "GET", f"{path}/.well-known/openid-configuration").body}
    json.loads(files["jwks"])
    with static_nginx(served.cache / "nginx", files) as (origin, pid):
        limits = {name: three_runs(Load(f"{origin}/{name}"), served.seconds, {"nginx": pid}) for name in files}
    for name, place in (("jwks", f"{path}/jwks"), ("discovery", f"{path}/.well-known/openid-configuration")):
        rows_of(report, {"jwks": "JWKS", "discovery": "discovery document"}[name],
                three_runs(Load(served.origin() + place), served.seconds, served.pids()), rate_goal=40_000, peer=limits[name],
                peer_name="nginx static")
