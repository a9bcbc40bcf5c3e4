"""A rule of warnings: what it is called, what to do about it, and how it is found.

    warnings.register(Rule("late_step", "环节超期", "…", find))        # def find(engine, today) -> Iterator[Finding]

`find` reads an index, or a window of days by an index: it runs in the consumer while people work.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

Link = tuple[str, Mapping]


@dataclass(frozen=True)
class Finding:
    """One thing found. `subject` names it within the rule for ever; `facts` are what somebody judged who dismissed it.

    `case` is the raw case (or what of it is there) for place, number and name; `text` one sentence without any number of a
    person or an account. A finding whose facts changed is open again.
    """

    subject: str
    case: Mapping
    text: str
    facts: tuple = ()
    link: Link | None = None


@dataclass(frozen=True)
class Rule:
    """`todo` says what to do, `clause` the source. `every` is how long what was found last is good enough."""

    key: str
    label: str
    todo: str
    find: Callable[[object, date], Iterator[Finding]]
    clause: str = ""
    tone: str = "bad"
    every: timedelta = field(default=timedelta(hours=6))


RULES: dict[str, Rule] = {}


def register(rule: Rule):
    """Add a rule; naming one twice raises ValueError."""
    if rule.key in RULES and RULES[rule.key] is not rule:
        raise ValueError(f"rule of warnings {rule.key!r} is registered twice")
    RULES[rule.key] = rule
