from tests.story import case, database, engine, story_settings  # noqa: F401 - fixtures
