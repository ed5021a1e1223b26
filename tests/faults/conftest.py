"""One Tessera for each file of fault tests, because its tests break it; they leave it working."""

import pytest

from broken import Broken
from code_flow import Person, signed_in_browser
from oauth_client import OauthRealm
from scratch import scratch_stack
from wire import Node


@pytest.fixture(scope="module")
def broken(binaries):
    with scratch_stack(binaries) as stack:
        stack.up()
        yield Broken(stack)


@pytest.fixture(autouse=True)
def it_works_before(broken):
    """A test that left something broken is found at the next one, by name."""
    broken.wait_for_token()


@pytest.fixture
def oauth(broken):
    node = Node("localhost", broken.stack.port, str(broken.stack.ca_file))
    return OauthRealm(broken.realm.issuer, [node], broken.stack.postgres.database_url)


@pytest.fixture
def browser(oauth):
    return signed_in_browser(oauth, Person(oauth))
