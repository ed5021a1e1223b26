import secrets

import pytest

from console import Console


@pytest.fixture
def console(stack):
    return Console(stack.console_socket)


@pytest.fixture
def project(console):
    """The slug of a project of the test's own."""
    slug = f"c-{secrets.token_hex(6)}"
    made = console.post("/v1/projects", {"project": {"slug": slug, "displayName": "Console test"}})
    assert made.status == 200, made.body
    return slug
