"""Every key of the model has words of its own, so that a key added there is never shown to an administrator as it is spelt."""

import typing
from dataclasses import is_dataclass

from adminapp.declaration import model
from adminapp.declaration.reader import shape
from adminapp.declaration.vocabulary import WORDS, said, word
from adminapp.drafts.standards_draft import StandardsTable


def classes(*found):
    """Return the classes a declaration or a table of standards is made of."""
    for cls in found or (model.ReliefType, StandardsTable):
        yield cls
        for _item, kind in shape(cls).values():
            inner = [part for part in (kind, *typing.get_args(kind)) if is_dataclass(part) and part is not cls]
            yield from classes(*inner) if inner else ()


def test_every_key_of_the_model_has_a_label():
    assert [(cls.__name__, key) for cls in classes() for key in shape(cls) if word(cls, key).label == key] == []


def test_every_code_of_the_model_has_a_label():
    codes = [
        (cls.__name__, key, code)
        for cls in classes()
        for key, (_item, kind) in shape(cls).items()
        if typing.get_origin(kind) is typing.Literal
        for code in typing.get_args(kind)
        if code and code not in word(cls, key).codes
    ]
    assert codes == []


def test_no_word_is_left_over():
    known = {f"{cls.__name__}.{key}" for cls in classes() for key in shape(cls)}
    known |= {key for cls in classes() for key in shape(cls)}
    assert [key for key in WORDS if key not in known] == []


def test_values_are_said_in_words():
    assert said(model.Payment, "cycle", "once") == "一次性"
    assert said(model.Field, "required", "true") == "是"
    assert said(model.Field, "label", "家庭人口") == "家庭人口"
