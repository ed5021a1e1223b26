"""What is over is deleted while people go on: in batches, by whichever front has the time, and in nobody's way."""

import time

import pytest

from login_house import Account, House
from oauth_client import make_realm
from ports import free_port
from wait import SANITIZER_FACTOR, wait_for

OVER = 3500  # more than three batches of each table
ANSWERED_S = 1.0 * SANITIZER_FACTOR
# A row of the table like the first of it, with another key and an end long past.
TABLES = {"rate_counters": "'bucket', '\\x' || encode(sha256(n::text::bytea), 'hex'), 'window_end', now() - interval '1 hour'",
          "login_flows": "'flow_id', md5(n::text)::uuid, 'expire_time', now() - interval '2 hours'",
          "authorization_requests": "'request_id', md5(n::text)::uuid, 'expire_time', now() - interval '2 hours'",
          "authorization_codes": "'digest', '\\x' || encode(sha256(n::text::bytea), 'hex'), 'expire_time', now() - interval '2 days'"}


@pytest.fixture(scope="module")
def house(stack, nodes):
    return House(stack, make_realm(stack, nodes, "expiry"))


def left(house, table):
    column = "window_end" if table == "rate_counters" else "expire_time"
    return house.rows(f"SELECT count(*) FROM tessera.{table} WHERE {column} < now() - interval '30 minutes'")[0][0]


def is_signed_in(house, account):
    """False while the token is busy making keys of a new realm."""
    browser = house.at_sign_in()
    browser.submit(username=account.email, password=account.password)
    return house.is_back(browser)


def test_thousands_of_rows_go_while_people_sign_in(stack, house):
    account = Account(house)
    wait_for("a sign-in, and with it a row of each table to copy", lambda: is_signed_in(house, account), 60)
    for table, change in TABLES.items():
        house.rows(f"INSERT INTO tessera.{table} SELECT made.* FROM (SELECT * FROM tessera.{table} LIMIT 1) f, generate_series(1, {OVER}) n, "
                   f"LATERAL jsonb_populate_record(f::tessera.{table}, jsonb_build_object({change})) made")
        assert left(house, table) >= OVER
    took = []

    def sign_in_and_look():
        begun = time.monotonic()
        house.signed_in(account)
        took.append(time.monotonic() - begun)
        return not any(left(house, table) for table in TABLES)

    stack.start_serve("tessera-serve-tidy", port=free_port(), admin_port=free_port())  # its first round begins at once
    try:
        wait_for("every row that is over to be gone", sign_in_and_look, 60)
    finally:
        stack.stop("tessera-serve-tidy")
    assert len(took) > 1 and max(took) < 5 * ANSWERED_S, took
    assert house.sessions(account) >= len(took)


def test_what_is_not_over_stays(house):
    account = Account(house)
    browser = house.signed_in(account)
    assert house.sessions(account) == 1 and "code=" in house.app.begin(browser, prompt="none").url
