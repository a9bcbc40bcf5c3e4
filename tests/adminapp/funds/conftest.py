"""Fund requests stand on lists: the small county of the payment tests."""

from tests.adminapp.payments.conftest import engine, raw, work, world  # noqa: F401 (fixtures)
