"""Two realms on two fronts: what the protocol suites share. Each test makes the clients and resources it needs."""

import pytest

from oauth_client import make_realm
from ports import free_port
from wire import Node


@pytest.fixture(scope="session")
def nodes(stack):
    second = (free_port(), free_port())
    stack.start_serve("tessera-serve-2", port=second[0], admin_port=second[1])
    return [Node("localhost", port, str(stack.ca_file)) for port in (stack.port, second[0])]


@pytest.fixture(scope="session")
def oauth(stack, nodes):
    return make_realm(stack, nodes, "protocol")


@pytest.fixture(scope="session")
def other_oauth(stack, nodes):
    return make_realm(stack, nodes, "protocol-other")
