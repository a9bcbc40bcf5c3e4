"""The start page: parts that modules register, each with the roles it is for and a function that builds it.

A part returns a Tile, a list of Tiles, a Figures, a Lines, or None when there is nothing to say. Its function must be
fast: bounded counts on indexes, or figures somebody worked out before (`adminapp.figures`). A part that fails says so in
its own place and is logged; the page stands.

    startpage.register(Part("spot_checks", "side", 30, policy.COUNTY, build))     # def build(asked: Asked) -> Figures | None
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from adminapp.scope import Actor

log = logging.getLogger(__name__)
TILES, MAIN, SIDE = "tiles", "main", "side"
PLACES = (TILES, MAIN, SIDE)
Link = tuple[str, Mapping]
"""An endpoint and its values. A link that the actor may not open is left out by the page."""


@dataclass(frozen=True)
class Asked:
    actor: Actor
    today: date


@dataclass(frozen=True)
class Tile:
    """One number. `tone` is bad, wait, good or nothing; `note` a few words under it."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Row:
    """A line of figures: one value for each column, `links` beside them or one `link` for the whole line."""

    label: str
    values: tuple[int, ...]
    link: Link | None = None
    links: tuple[Link | None, ...] = ()


@dataclass(frozen=True)
class Figures:
    """Numbers with their picture. `kind`: bars (a bar a row, one column), columns (rows stand side by side, columns are
    stacked in them), table (no picture). `money`: values are fen. The table is always there, behind a picture.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    kind: str = "bars"
    head: str = ""
    money: bool = False
    hint: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Line:
    """One thing that happened or waits."""

    title: str
    note: str = ""
    state: str = ""
    tone: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Lines:
    """A short list; `nothing` is what it says when empty, `link` leads to all of it."""

    title: str
    lines: tuple[Line, ...]
    nothing: str = ""
    hint: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Failed:
    """What stands in the place of a part that could not be built."""

    title: str = ""


@dataclass(frozen=True)
class Part:
    """`place` is tiles, main (wide) or side (narrow); parts of a place come in the order of `order`."""

    key: str
    place: str
    order: int
    roles: frozenset[str]
    build: Callable[[Asked], object]
    title: str = field(default="", compare=False)


PARTS: dict[str, Part] = {}


def register(part: Part):
    """Add a part; raise ValueError for a key that is taken or an unknown place."""
    if part.place not in PLACES:
        raise ValueError(f"part {part.key!r} of the start page stands in {part.place!r}; known: {', '.join(PLACES)}")
    if part.key in PARTS and PARTS[part.key].build is not part.build:
        raise ValueError(f"part {part.key!r} of the start page is registered twice")
    PARTS[part.key] = part


def build(asked: Asked) -> dict[str, list]:
    """Return {place: [what the parts for these roles gave, in order]}."""
    found = {place: [] for place in PLACES}
    for part in sorted(PARTS.values(), key=lambda part: part.order):
        if part.roles & asked.actor.roles:
            given = _try(part, asked)
            found[part.place] += given if isinstance(given, list) else _alone(given)
    return found


def _try(part, asked):
    try:
        return part.build(asked)
    except Exception:
        log.exception("part %s of the start page failed", part.key)
        return Failed(part.title)


def _alone(given) -> Iterable:
    return [] if given is None else [given]
