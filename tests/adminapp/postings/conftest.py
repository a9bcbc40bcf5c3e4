from tests.adminapp.postings.village import village  # noqa: F401 - fixture
from tests.quick import engine  # noqa: F401 - fixture
