import pytest

from adminapp.related import register
from tests.adminapp.related.filings import official  # noqa: F401 - fixture
from tests.story import DECLARATION, case  # noqa: F401 - fixture


@pytest.fixture
def engine(app):
    """Return what tests/story.py calls the engine, on the database of the app, whose indexes stay from test to test."""
    held = app.extensions["relief"]
    held.registry.publish(DECLARATION, "tests", held.standards.types())
    register.forget()
    return held.registry, held.standards
