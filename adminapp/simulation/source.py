"""Which cases a simulation looks at, and what each is worth today.

Live: every case that is not closed, drafts left out, and those refused within a year. A month: the awards that were paid in
it as they were known when it ended, each with the values and the version of the decision that gave its amount; those values
are kept when they change (adminapp/contents.py), so the same month gives the same answer at any later day.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bson import ObjectId

from adminapp import awards, contents, database, dates, decisions
from adminapp.recipes.preview import HEAVY
from adminapp.simulation.plan import LIVE, Plan
from adminapp.stored import StoredCase
from adminapp.workflow.machine import STATES

CHUNK = 200
REFUSED = "refused"
YEAR = timedelta(days=365)
PAYING = [key for key, state in STATES.items() if state.on_roll or key == "suspended"]
APPLYING = [key for key, state in STATES.items() if state.open and key not in ("draft", *PAYING)]


@dataclass
class Subject:
    """One case to decide: its raw document, the version it stands under, the register of its people, what it is paid."""

    row: dict
    version: int
    group: str
    register: object
    paid: int = 0
    size: int = 1


def end_of(month: str) -> datetime:
    """Return the moment a month ended."""
    return datetime.combine(dates.last_day(month) + timedelta(days=1), time(), dates.SHANGHAI) - timedelta(milliseconds=1)


def keys(plan: Plan, registry) -> list[str]:
    """Return the types whose cases can come out otherwise, in a fixed order."""
    moved = plan.changes_standards()
    return sorted(
        {item.key for key in registry.latest() for item in registry.versions(key) if plan.concerns(item.relief_type, moved)} | set(plan.types)
    )


def count(plan: Plan, registry) -> int:
    return sum(database.raw(_collection(plan)).count_documents(_query(plan, key, registry)) for key in keys(plan, registry))


def chunks(plan: Plan, registry, after=None):
    """Yield (type, case ids) in a fixed order, beginning behind `after`, a pair (type, last id as text)."""
    for key in keys(plan, registry):
        if after and key < after[0]:
            continue
        query = _query(plan, key, registry)
        last = ObjectId(after[1]) if after and key == after[0] else None
        while True:
            limits = {**query, **({"_id": {"$gt": last}} if last else {})}
            found = [row["_id"] for row in database.raw(_collection(plan)).find(limits, {"_id": 1}, sort=[("_id", 1)], limit=CHUNK)]
            if not found:
                break
            yield key, found
            last = found[-1]


def _collection(plan):
    return "cases" if plan.over == LIVE else awards.COLLECTION


def _query(plan, key, registry):
    if plan.over != LIVE:
        return {"type": key, "entries.at": {"$lte": end_of(plan.over)}, "entries.from": {"$lte": plan.over}}
    states = list(APPLYING)
    if _monthly(key, plan, registry):
        states += PAYING
    recent = datetime.combine(plan.on - YEAR, time())
    return {"type": key, "$or": [{"state": {"$in": states}}, {"state": REFUSED, "decided_on": {"$gte": recent}}]}


def _monthly(key, plan, registry):
    """Tell whether what is granted goes on: a single payment that was made is not decided again."""
    relief_type = plan.types.get(key) or registry.get(key).relief_type
    return relief_type.payment.cycle != "once"


def subjects(plan: Plan, key: str, ids: list) -> list[Subject]:
    """Return the cases of a chunk, read with a handful of queries."""
    return (_live if plan.over == LIVE else _in_month)(plan, key, ids)


def _live(plan, key, ids):
    rows = list(database.raw("cases").find({"_id": {"$in": ids}}, LIGHT, sort=[("_id", 1)]))
    held = {row["_id"]: row for row in database.raw(awards.COLLECTION).find({"_id": {"$in": ids}}, {"spells": 1, "unit": 1})}
    registers = awards.registers([StoredCase(row) for row in rows], plan.on)
    found = []
    for row in rows:
        spell = awards.spell_in(held[row["_id"]], plan.month) if row["_id"] in held else None
        group = "refused" if row["state"] == REFUSED else "paying" if row["state"] in PAYING else "applying"
        found.append(Subject(row, row["schema_version"], group, registers[row["_id"]], (spell or {}).get("amount", 0), _size(spell, row)))
    return found


LIGHT = {name: 0 for name in HEAVY if name != "decision"} | {"decision.conditions": 0, "decision.terms": 0, "decision.standards": 0}


def _size(spell, row):
    return (spell or {}).get("size") or max(1, len(row.get("people") or ()))


def _in_month(plan, key, ids):
    known = end_of(plan.over)
    held = [awards.as_known(row, known) for row in database.raw(awards.COLLECTION).find({"_id": {"$in": ids}}, sort=[("_id", 1)])]
    paid = [(row, spell) for row in held if row["spells"] and (spell := awards.spell_in(row, plan.over)) and spell["amount"]]
    documents = {row["_id"]: row for row in database.raw("cases").find({"_id": {"$in": ids}}, LIGHT)}
    by_decision = {"_id": {"$in": [spell["decision"] for _, spell in paid if spell.get("decision")]}}
    shown = {"version": 1, "content": 1, "decision.adjusted_by": 1}
    made = {row["_id"]: row for row in database.raw(decisions.COLLECTION).find(by_decision, shown)}
    wanted = [f"{row['_id']}:{made[spell['decision']]['content']}" for row, spell in paid if spell.get("decision") in made]
    kept = {row["_id"]: row["content"] for row in database.raw(contents.COLLECTION).find({"_id": {"$in": wanted}})}
    found = []
    for award, spell in paid:
        document = documents.get(award["_id"])
        if document is None:
            continue
        decision = made.get(spell.get("decision"), {})
        old = kept.get(f"{award['_id']}:{decision.get('content')}")
        row = _as_decided(document, old) if old is not None else document
        row = {**row, "township": spell["township"], "village": spell["village"], "decision": decision.get("decision") or document.get("decision")}
        found.append(Subject(row, decision.get("version", document["schema_version"]), "paying", None, spell["amount"], _size(spell, row)))
    registers = awards.registers([StoredCase(each.row) for each in found], plan.on, known)
    for each in found:
        each.register = registers[each.row["_id"]]
    return found


def _as_decided(document, content):
    """Return the document with the declared values it had when it was decided."""
    return {name: value for name, value in document.items() if not name.startswith("x_")} | content
