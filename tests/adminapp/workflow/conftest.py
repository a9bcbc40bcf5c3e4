from tests.story import case, database, engine, staff, story_settings  # noqa: F401 - fixtures
