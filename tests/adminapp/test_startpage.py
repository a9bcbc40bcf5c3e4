"""The start page is made of registered parts, each for some roles; one that fails takes no other with it."""

from datetime import date

import pytest

from adminapp import startpage
from adminapp.scope import Actor
from adminapp.startpage import Asked, Failed, Lines, Part, Tile

CLERK = frozenset({"township_clerk"})
ASKED = Asked(Actor("one", "某", CLERK, frozenset()), date(2026, 9, 16))


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(startpage, "PARTS", {})


def part(key, place="main", order=10, roles=CLERK, build=lambda asked: Tile("x", "1"), title=""):
    startpage.register(Part(key, place, order, roles, build, title))


def test_parts_come_in_order_at_their_place():
    part("b", order=20, build=lambda asked: Tile("b", "2"))
    part("a", order=10, build=lambda asked: Tile("a", "1"))
    part("t", "tiles", build=lambda asked: [Tile("one", "1"), Tile("two", "2")])
    found = startpage.build(ASKED)
    assert [item.label for item in found["main"]] == ["a", "b"]
    assert [item.label for item in found["tiles"]] == ["one", "two"]
    assert found["side"] == []


def test_a_part_is_built_for_its_roles_only():
    part("money", roles=frozenset({"finance"}), build=lambda asked: pytest.fail("asked"))
    assert startpage.build(ASKED)["main"] == []


def test_a_part_with_nothing_to_say_is_left_out():
    part("quiet", build=lambda asked: None)
    part("lines", build=lambda asked: Lines("none", ()))
    assert [item.title for item in startpage.build(ASKED)["main"]] == ["none"]


def test_a_part_that_fails_says_so_in_its_place(caplog):
    part("broken", order=1, build=lambda asked: 1 / 0, title="坏的")
    part("fine", order=2)
    found = startpage.build(ASKED)["main"]
    assert found[0] == Failed("坏的") and found[1].label == "x"
    assert "broken" in caplog.text


def test_a_taken_key_and_an_unknown_place_are_refused():
    part("a")
    with pytest.raises(ValueError, match="twice"):
        part("a", build=lambda asked: None)
    with pytest.raises(ValueError, match="known: tiles, main, side"):
        part("b", place="top")
