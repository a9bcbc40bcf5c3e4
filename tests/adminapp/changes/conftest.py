from tests.running import database, engine, granted, story_settings  # noqa: F401 - fixtures
