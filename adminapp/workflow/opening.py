"""Opens a case: its number, its place, its version. From here on it changes only by edits and actions.

`draft_of` makes it in memory, `finish` judges it and adds what every case has from its first moment; forms, the interface
for other systems and imports all take these two steps, one case at a time or many (adminapp/imports/applying.py).
"""

import secrets

from mongoengine.errors import NotUniqueError

from adminapp import awards, dates, divisions
from adminapp.cases import check_values, fill_envelope, values_of
from adminapp.editing import apply_values
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.numbering import next_serial
from adminapp.related import marks, recusal
from adminapp.scope import Actor
from adminapp.search import terms as search_terms
from adminapp.workflow import events

OPEN = ("open", "登记申请")


def open_case(published, actor: Actor, village: str, values: dict, standards, on=None, ident=None):
    """Store a new draft of the published type in `village` and return it.

    `values` are plain values by field id and may be incomplete; `ident` is the id it gets when that was chosen before. Raise
    Forbidden outside the actor's places, Invalid with {field id: sentences} when a validation rule is broken, Conflict for an id
    that is taken.
    """
    on = on or dates.today()
    case = draft_of(published, actor, village, values, on)
    case.id = ident
    finish(case, published, actor, standards, on)
    return store_new(case, published)


def store_new(case, published):
    """Give a finished case its number and store it with its first event."""
    give_number(case, next_number(case.township, published.relief_type.code, case.applied_on.year))
    try:
        case.save(force_insert=True)
    except NotUniqueError as error:
        raise Conflict from error
    events.drain(case.id)
    return case


def give_number(case, number: str):
    """Set the number of a finished case, and let search find it."""
    case.number = number
    search_terms.index(case)


def draft_of(published, actor: Actor, village: str, values: dict, on):
    """Return a case in memory, not judged yet. Raise Invalid for no village, Forbidden outside the actor's places."""
    if not divisions.exists(village) or len(village) != 12:
        raise Invalid("请选择村（社区）", problems=[{"village": ["请选择村（社区）"]}])
    if published.retired:
        raise Forbidden(f"“{published.name}”已停止受理新的申请")
    township = divisions.township_of(village)
    if not actor.reaches(township, village):
        raise Forbidden("只能在自己的乡镇（村）登记申请")
    case = published.model(
        type=published.key, schema_version=published.version, township=township, village=village, state="draft", state_since=on,
        created_by=actor.id, applied_on=on, event_seq=1,
    )  # fmt: skip
    apply_values(case, published.relief_type, values)
    return case


def finish(case, published, actor: Actor, standards, on, *, complete=False, register=None, relations=None, first=OPEN, **told):
    """Judge a case in memory, fill its envelope and let its first event wait in the outbox; return its values.

    `complete` also asks for what is required. `register` and `relations` are what is known of its people when it was read
    for many cases at once; `first` is (action, label) of the event, `told` goes into it. Raise Invalid with
    {field id: sentences}, Recused.
    """
    found = values_of(case, published.relief_type, standards=standards, on=on, awards=register or awards.Register(case, on))
    problems = check_values(found, complete=complete)
    if problems:
        raise Invalid("；".join(text for texts in problems.values() for text in texts), problems=[problems])
    fill_envelope(case, published.relief_type, found)
    recusal.refuse(actor, case.people)
    action, label = first
    entry = events.entry(actor, action, label, "", "draft", {"type": published.key, "version": published.version, **told})
    case.outbox = [{"key": secrets.token_hex(8), "kind": "event", "data": {**entry, "seq": 1}}]
    marks.mark(case, on, relations)
    return found


def next_number(township: str, code: str, year: int) -> str:
    """Return the next case number: township, type, year, serial (domain default of the acceptance number)."""
    return next_numbers(township, code, year, 1)[0]


def next_numbers(township: str, code: str, year: int, count: int) -> list[str]:
    """Return so many numbers in a row."""
    first = next_serial(counter_of(township, code, year), count)
    return [f"{township}{code.replace('-', '')}{year}{first + place:05d}" for place in range(count)]


def counter_of(township: str, code: str, year: int) -> str:
    """Return the id of the counter of a township's numbers."""
    return f"case:{township}:{code}:{year}"
