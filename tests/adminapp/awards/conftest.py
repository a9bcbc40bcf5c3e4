from tests.story import case, engine  # noqa: F401 - fixtures
