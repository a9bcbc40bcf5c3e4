"""Leads in the database of stories."""

from tests.story import database, engine, story_settings  # noqa: F401 - fixtures
