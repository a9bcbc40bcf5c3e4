"""A source of work: which documents of a collection wait, for whom, until when, and how one of them reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from adminapp import policy
from adminapp.scope import Actor


@dataclass(frozen=True)
class Item:
    """One thing to do: `what` is to be done about `title`, at `link` (endpoint, values), until `due` under `clause`.

    `owner` is the user id of who has it; without one anybody with one of `roles` may take it.
    """

    what: str
    title: str
    link: tuple[str, Mapping]
    number: str = ""
    kind: str = ""
    township: str = ""
    village: str = ""
    due: date | None = None
    clause: str = ""
    owner: str = ""
    roles: tuple[str, ...] = ()
    id: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    state: str = ""
    """Of a case: what may be done with several at once depends on it (workflow/bulk.py)."""


@dataclass(frozen=True)
class Source:
    """`open(actor)` is the filter of what waits for an actor, None when nothing does; place and scope are added.

    `timed(actor)` finds what waits only while it has a due date (default: as `open`). `due` is the field of the due date, a
    datetime at midnight UTC or, with `due_text`, ISO text. `indexes` are the names of the one that begins with the
    township and of the one that does not; both go on with what `open` asks and then `due`, so that piles are read in order.
    `owner` is the field with the ids of who has it ("" when nobody is named), carried by the index `person`; `handler` is the
    field of the one who is expected to act, for counting; `kind_field` is the one that a relief type filters.
    `urged(actor)` finds what was brought to this actor because it runs late, carried by `urged_indexes`.
    """

    key: str
    label: str
    collection: str
    open: Callable[[Actor], dict | None]
    item: Callable[[dict, Actor], Item]
    projection: tuple[str, ...]
    indexes: tuple[str, str]
    timed: Callable[[Actor], dict | None] | None = None
    due: str = "due"
    due_text: bool = False
    owner: str = ""
    person: str = ""
    handler: str = ""
    kind_field: str = ""
    urged: Callable[[Actor], dict | None] | None = None
    urged_indexes: tuple[str, str] = ("", "")

    def stored(self, day: date):
        """Return a day as the documents hold it."""
        return day.isoformat() if self.due_text else datetime(day.year, day.month, day.day, tzinfo=UTC)

    @property
    def ever(self):
        """Return the lower bound that leaves out documents without a due date."""
        return self.stored(date(1900, 1, 1))

    def day(self, row: dict) -> date | None:
        """Return the due date of a document."""
        value = row.get(self.due)
        if not value:
            return None
        return date.fromisoformat(value) if isinstance(value, str) else value.date()


SOURCES: dict[str, Source] = {}


def register(source: Source):
    """Add a source; naming one twice raises ValueError."""
    if source.key in SOURCES and SOURCES[source.key] is not source:
        raise ValueError(f"source of work {source.key!r} is registered twice")
    SOURCES[source.key] = source


def everyone(actor: Actor) -> Actor:
    """Return an actor with every role of casework and the places of this one: for what waits for anybody there."""
    return replace(actor, roles=policy.CASE_WORKERS)
