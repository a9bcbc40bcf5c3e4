"""Months are closed over lists: the small county of the payment tests."""

from tests.adminapp.payments.conftest import engine, raw, work, world  # noqa: F401 (fixtures)
