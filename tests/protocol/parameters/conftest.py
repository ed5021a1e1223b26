"""A person with tokens, and two others of whom nothing may be used: of another app and of another realm."""

import pytest

from code_flow import App, Person, relying_party, signed_in_browser


@pytest.fixture(scope="module")
def person(oauth):
    return Person(oauth)


@pytest.fixture(scope="module")
def browser(oauth, person):
    return signed_in_browser(oauth, person)


@pytest.fixture(scope="module")
def app(oauth):
    return App(oauth, relying_party(oauth))


@pytest.fixture(scope="module")
def other_app(oauth):
    return App(oauth, relying_party(oauth))


@pytest.fixture(scope="module")
def foreign_app(other_oauth):
    return App(other_oauth, relying_party(other_oauth))


@pytest.fixture(scope="module")
def foreign_browser(other_oauth):
    return signed_in_browser(other_oauth, Person(other_oauth))
