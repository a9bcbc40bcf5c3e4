"""What is wrong with a draft, addressed to the item and property on the screen.

The reader finds what is missing or has the wrong shape, the kind's own check finds the rest: the same two that publishing asks.
What is wrong with a formula is said of the formula as people see it.
"""

import re
from dataclasses import dataclass

from adminapp.declaration.model import ReliefType
from adminapp.declaration.vocabulary import word
from adminapp.drafts.content import ROOT
from adminapp.formula.reading import explain


@dataclass(frozen=True)
class Found:
    """A problem at property `name` ("" for the item as a whole) of item `item`; `path` is the one of the declaration.

    `start` and `end` mark the place in the written formula, None when the whole is meant.
    """

    item: str
    name: str
    text: str
    path: str
    title: str = ""
    start: int | None = None
    end: int | None = None


def problems_of(draft, engine) -> list[Found]:
    """Return all problems of a draft in the order of the declaration, one for each place and sentence."""
    found, missing = {}, {problem.path for problem in draft.shape_problems}
    for problem in (*draft.shape_problems, *draft.sort.check(draft.thing, engine)):
        # What is missing is said once: the checks would complain of the blank that stands for it.
        if problem.path not in missing or problem in draft.shape_problems:
            found.setdefault((problem.path, problem.text), problem)
    places = {place.path: place for place in draft.places.values()}
    formulas = draft.sort.formulas(draft.thing, engine) if found else {}
    order = {key: number for number, key in enumerate(draft.places)}
    return sorted((_address(problem, places, formulas) for problem in found.values()), key=lambda one: order[one.item])


def in_words(draft, engine, problems=None) -> list[str]:
    """Return `problems` of the draft's file, or all it has, as sentences for people: the name of the place instead of its path."""
    if problems is None:
        return [_sentence(found) for found in problems_of(draft, engine)]
    places = {place.path: place for place in draft.places.values()}
    formulas = draft.sort.formulas(draft.thing, engine) if problems else {}
    return [_sentence(_address(problem, places, formulas)) for problem in problems]


def _sentence(found) -> str:
    if found.item != ROOT:
        return f"{found.title}：{found.text}" if found.title else found.text
    return f"{word(ReliefType, found.name.rpartition('.')[2]).label}：{found.text}" if found.name else found.text


def _address(problem, places, formulas) -> Found:
    path = problem.path
    ends = [len(path), *(at for at in range(len(path) - 1, 0, -1) if path[at] in ".["), 0]
    end = next(at for at in ends if path[:at] in places)
    place = places[path[:end]]
    name = re.sub(r"\[\d+\]$", "", path[end:].lstrip("."))
    stored, expect, words = formulas.get(path, ("", None, None))
    error = explain(stored, words, expect) if stored else None
    if error is None:
        return Found(place.key, name, problem.text, path, place.title)
    start = error.position - 1 if error.position else None
    return Found(place.key, name, error.sentence, path, place.title, start, error.end)
