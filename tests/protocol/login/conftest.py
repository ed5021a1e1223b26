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
