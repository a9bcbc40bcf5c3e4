"""Opens a case: its number, its place, its version. From here on it changes only by edits and actions."""

import secrets

from adminapp import awards, dates, divisions
from adminapp.cases import check_values, fill_envelope, values_of
from adminapp.editing import apply_values
from adminapp.errors import Forbidden, Invalid
from adminapp.numbering import next_serial
from adminapp.related import marks, recusal
from adminapp.scope import Actor
from adminapp.search import terms as search_terms
from adminapp.workflow import events


def open_case(published, actor: Actor, village: str, values: dict, standards, on=None):
    """Store a new draft of the published type in `village` and return it.

    `values` are plain values by field id and may be incomplete. Raise Forbidden outside the actor's places, Invalid with
    {field id: sentences} when a validation rule is broken.
    """
    on = on or dates.today()
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
    found = values_of(case, published.relief_type, standards=standards, on=on, awards=awards.Register(case, on))
    problems = check_values(found, complete=False)
    if problems:
        raise Invalid("；".join(text for texts in problems.values() for text in texts), problems=[problems])
    fill_envelope(case, published.relief_type, found)
    recusal.refuse(actor, case.people)
    entry = events.entry(actor, "open", "登记申请", "", "draft", {"type": published.key, "version": published.version})
    case.outbox = [{"key": secrets.token_hex(8), "kind": "event", "data": {**entry, "seq": 1}}]
    marks.mark(case, on)
    case.number = next_number(township, published.relief_type.code, on.year)
    search_terms.index(case)
    case.save(force_insert=True)
    events.drain(case.id)
    return case


def next_number(township: str, code: str, year: int) -> str:
    """Return the next case number: township, type, year, serial (domain default of the acceptance number)."""
    serial = next_serial(f"case:{township}:{code}:{year}")
    return f"{township}{code.replace('-', '')}{year}{serial:05d}"
