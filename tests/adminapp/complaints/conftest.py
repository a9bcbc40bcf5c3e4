from tests.adminapp.related.filings import official  # noqa: F401 - fixture
from tests.quick import engine  # noqa: F401 - fixture
from tests.story import case  # noqa: F401 - fixture
