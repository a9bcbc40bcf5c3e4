from tests.adminapp.releases.conftest import database, story_settings, world  # noqa: F401 - fixtures
