"""A realm with people in it, and an app they sign in to."""

import pytest

from login_house import PASSWORD, Account, House
from oauth_client import make_realm

__all__ = ["PASSWORD"]


@pytest.fixture(scope="session")
def house(stack, nodes):
    return House(stack, make_realm(stack, nodes, "login"))


@pytest.fixture
def account(house):
    return Account(house)


@pytest.fixture
def mailbox(stack):
    return stack.mailbox


@pytest.fixture(autouse=True)
def nobody_counted_before(house):
    """All tests of this folder come from one network address, which may ask for so many mails and no more."""
    house.rows("DELETE FROM tessera.rate_counters WHERE project_id = %s RETURNING 1", [str(house.oauth.project)])
