"""What is wrong with a draft, addressed to the item and property on the screen.

The reader finds what is missing or has the wrong shape, the kind's own check finds the rest: the same two that publishing asks.
"""

import re
from dataclasses import dataclass


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
    found = {}
    shape = draft.shape_problems
    for problem in (*shape, *draft.sort.check(draft.thing, engine)):
        # What is missing is said once: the checks would complain of the blank that stands for it.
        if problem.path not in {one.path for one in shape} or problem in shape:
            found.setdefault((problem.path, problem.text), problem)
    places = {place.path: place for place in draft.places.values()}
    return sorted((_address(problem, places) for problem in found.values()), key=_order(draft))


def _address(problem, places) -> Found:
    path = problem.path
    ends = [len(path), *(at for at in range(len(path) - 1, 0, -1) if path[at] in ".["), 0]
    end = next(at for at in ends if path[:at] in places)
    place = places[path[:end]]
    return Found(place.key, re.sub(r"\[\d+\]$", "", path[end:].lstrip(".")), problem.text, path, place.title)


def _order(draft):
    order = {key: number for number, key in enumerate(draft.places)}
    return lambda found: order[found.item]
