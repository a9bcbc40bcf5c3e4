import pytest

from adminapp.ledger import joining
from tests.running import database, engine, granted, story_settings  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def joined():
    joining.register()
