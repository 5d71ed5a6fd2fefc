"""Persons of the small county before their screens."""

import pytest

from tests.browser.people import Person
from tests.support.browser import DESK


@pytest.fixture
def person(browse, world):
    """`person("firm", PHONE)`: signed in through the login page, in a window of her own."""

    def come(username: str, viewport=DESK) -> Person:
        return Person(browse(viewport), username).sign_in()

    return come
