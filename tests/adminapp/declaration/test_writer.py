"""Writing is canonical: what is written reads back equal, and writing it again gives the same bytes."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args, get_origin

from hypothesis import given, settings
from hypothesis import strategies as st

from adminapp.declaration import model, read_file, read_mapping, read_text, to_text
from adminapp.declaration.reader import shape
from adminapp.declaration.writer import WIDTH, to_mapping

SAMPLES = Path(__file__).parent.parent.parent / "declaration_samples"

texts = st.text(max_size=12) | st.sampled_from(
    [
        "null",
        "~",
        "2026-07-01",
        "- a",
        "a: b",
        "a #b",
        "'",
        '"',
        "'\"",
        "\\n",
        "true",
        "<<",
        "=",
        "...",
        "---",
        "%a",
        "\u2028",
        "\x85",
        "\ufeff",
    ]
)


def build(cls, depth=0):
    """Return a strategy for objects of a model class, every field at random."""
    return st.fixed_dictionaries({item.name: strategy(kind, item, depth) for item, kind in shape(cls).values()}).map(
        lambda given: cls(**given)
    )


def strategy(kind, item, depth):
    if is_dataclass(kind):
        return build(kind, depth + 1)
    origin = get_origin(kind)
    if origin is tuple:
        inner = get_args(kind)[0]
        if depth > 3 and is_dataclass(inner):
            return st.just(())
        return st.lists(build(inner, depth + 1) if is_dataclass(inner) else texts, max_size=2).map(tuple)
    if origin is Literal:
        # a blank word only stands for "not written"
        return st.sampled_from([word for word in get_args(kind) if word or item.default == ""])
    if kind is int:
        return st.integers(0, 9_999_999)
    if kind is bool:
        return st.booleans()
    if kind is str:
        return texts
    days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
    return days if item.default is MISSING else st.none() | days


def test_good_sample_is_canonical_after_one_writing():
    once = to_text(read_file(SAMPLES / "good.yaml"))
    assert to_text(read_text(once)) == once


def test_defaults_are_left_out():
    assert to_mapping(model.Step(step="accept")) == "accept"
    assert to_mapping(model.Payment(cycle="once")) == {"cycle": "once"}


def test_short_objects_stand_on_one_line_and_long_ones_on_several():
    short = model.Clock(id="a", label="期限", start="accepted", stop="decided", limit=20)
    lines = to_text(short).splitlines()
    assert lines[0] == "id: a" and "from: accepted" in lines
    declared = read_file(SAMPLES / "good.yaml")
    assert "  - {id: decision, label: 办理, from: accepted, to: decided, limit: 20, extended: 45}\n" in to_text(
        declared
    )
    assert max(len(line) for line in to_text(declared).splitlines()) <= WIDTH + 10


@settings(max_examples=60, deadline=None)
@given(build(model.Section))
def test_any_section_reads_back_equal(section):
    declared = read_file(SAMPLES / "good.yaml")
    arguments = {item.name: getattr(declared, item.name) for item in fields(declared)}
    changed = model.ReliefType(**arguments | {"sections": (section,)})
    text = to_text(changed)
    assert read_text(text) == changed
    assert to_text(read_text(text)) == text


@settings(max_examples=60, deadline=None)
@given(
    build(model.Amount),
    st.lists(build(model.Step), max_size=3),
    st.lists(build(model.Clock), max_size=3),
    build(model.Review),
    st.lists(texts, max_size=4),
)
def test_any_procedure_reads_back_equal(amount, steps, clocks, review, posted):
    declared = read_file(SAMPLES / "good.yaml")
    arguments = {item.name: getattr(declared, item.name) for item in fields(declared)}
    more = {"amount": amount, "steps": tuple(steps), "clocks": tuple(clocks), "review": review, "posted": tuple(posted)}
    changed = model.ReliefType(**arguments | more)
    assert read_text(to_text(changed)) == changed
    assert read_mapping(to_mapping(changed)) == changed
