"""What the designer needs of every kind of field: a place in the palette, words for its properties, a believable example."""

import pytest

from adminapp.declaration.model import Field, Option
from adminapp.declaration.vocabulary import word
from adminapp.fields import KINDS
from adminapp.fields.base import COMMON
from adminapp.fields.panel import groups_of, palette

COLUMN = Field(id="name", label="姓名", kind="person_name")
OPTIONS = (Option(code="old", label="旧", retired=True), Option(code="a", label="甲"))


def declared(kind, **more):
    begin = (
        {"options": OPTIONS}
        if "options" in kind.properties
        else {"fields": (COLUMN,)}
        if "fields" in kind.properties
        else {}
    )
    return Field(id="x", label="示例", kind=kind.name, **begin, **more)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_offered_once_with_hint_and_words(kind):
    assert kind.hint and kind.title
    assert sum(kind in kinds for _title, kinds in palette(KINDS)) == 1
    shown = [name for _title, names in groups_of(kind) for name in names]
    assert len(shown) == len(set(shown)) and set(shown) == kind.allowed - {"fields"}
    assert all(word(Field, name).label != name for name in shown)
    assert set(kind.panel_words) <= kind.allowed and set(kind.begin) <= {*kind.properties, *COMMON}


def test_a_column_offers_what_a_column_can_be():
    offered = {kind.name for _title, kinds in palette(KINDS, column=True) for kind in kinds}
    assert offered == {name for name, kind in KINDS.items() if kind.in_tables}
    assert "list" not in {name for _title, names in groups_of(KINDS["text"], column=True) for name in names}


@pytest.mark.parametrize("number", [0, 1, 7])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_example_is_accepted_by_its_own_kind(kind, number):
    field = declared(kind)
    value = kind.sample(field, number)
    if kind.name in ("attachment", "computed", "note"):
        assert value is None
    elif kind.name == "table":
        assert [set(row) for row in value] == [{"name"}] * 2
    elif kind.name == "multi_choice":
        assert value == ["a"]
    else:
        assert kind.parse(kind.text(value, field), field) == value
        assert value == kind.sample(field, number)


@pytest.mark.parametrize(
    ("kind", "low", "high", "value"),
    [("integer", "5", "9", 5), ("integer", "", "2", 2), ("money", "10", "20", 2_000), ("integer", "1", "", 3)],
)
def test_an_example_keeps_the_bounds(kind, low, high, value):
    assert KINDS[kind].sample(declared(KINDS[kind], min=low, max=high)) == value
