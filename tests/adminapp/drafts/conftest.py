"""A draft of a small type, and three administrators."""

from pathlib import Path

import pytest

from adminapp import drafts
from adminapp.declaration import read_text
from adminapp.declaration.writer import to_mapping
from adminapp.scope import Actor

SAMPLE = Path(__file__).parents[2] / "declaration_samples" / "good.yaml"
MAPPING = to_mapping(read_text(SAMPLE.read_text("utf-8")))
XIANG = Actor("policy", "向晓禾", frozenset({"policy_admin"}), None)
LONG = Actor("policy2", "龙春生", frozenset({"policy_admin"}), None)


@pytest.fixture
def draft(app):
    """Return an open draft of a new type, begun by 向晓禾."""
    return drafts.create("type", MAPPING, XIANG)


@pytest.fixture
def revision(app):
    """Return an open draft of something published."""
    return drafts.create("type", MAPPING, XIANG, (MAPPING, 1, "digest"))


def key(draft, **wanted):
    """Return the key of the first item with these values: fields come before what reads them."""
    found = [
        place.key
        for place in draft.places.values()
        if all(place.node.get(name) == value for name, value in wanted.items())
    ]
    assert found, wanted
    return found[0]


def change(draft, name, value, **wanted):
    return {"do": "set", "item": key(draft, **wanted), "name": name, "value": value}


def field_of(draft, id):
    return next(
        field
        for section in drafts.get(draft.id).mapping["sections"]
        for field in section["fields"]
        if field["id"] == id
    )


def add_rent(section, **where):
    """Return the operation that adds the field 房租 to a section."""
    return {
        "do": "add",
        "item": section,
        "name": "fields",
        "value": {"id": "rent", "label": "房租", "kind": "money"},
        **where,
    }
