"""Who reads a field in full, and where."""

import pytest

from adminapp import disclosure
from adminapp.declaration.model import Field
from adminapp.scope import Actor

CLERK, AUDITOR = (Actor(role, role, frozenset({role})) for role in ("township_clerk", "auditor"))
ID, PHONE = Field(id="n", label="号码", kind="id_number"), Field(id="p", label="电话", kind="phone")
OPEN = Field(id="p", label="电话", kind="phone", disclosure="public")


@pytest.mark.parametrize(
    ("field", "actor", "place", "shown"),
    [
        (ID, CLERK, disclosure.CASE, "433123********4216"),
        (ID, CLERK, disclosure.PRINT, "433123********4216"),
        (PHONE, CLERK, disclosure.CASE, "13800000000"),
        (PHONE, CLERK, disclosure.LIST, "138****0000"),
        (PHONE, AUDITOR, disclosure.CASE, "138****0000"),
        (OPEN, AUDITOR, disclosure.LIST, "13800000000"),
    ],
)
def test_value_is_masked_by_class_reader_and_place(field, actor, place, shown):
    value = "433123195603074216" if field is ID else "13800000000"
    assert disclosure.text(value, field, actor, place) == shown
    assert disclosure.hides(value, field, actor, place) == ("*" in shown)


def test_blank_value_hides_nothing():
    assert disclosure.text(None, ID, CLERK) == "" and not disclosure.hides(None, ID, CLERK)
