"""The engine of tests/story.py on the database of the app, whose indexes stay from test to test: a tenth of the time."""

import pytest

from adminapp.related import register
from tests.story import DECLARATION


class Held(tuple):
    """(registry, standards) as tests/story.py wants it, and the engine they belong to."""

    engine = None


@pytest.fixture
def engine(app):
    held = app.extensions["relief"]
    held.registry.publish(DECLARATION, "tests", held.standards.types())
    register.forget()
    found = Held((held.registry, held.standards))
    found.engine = held
    return found
