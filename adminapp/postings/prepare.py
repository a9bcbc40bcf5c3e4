"""Gathers the due cases of a village into a posting: PREPARED, rows frozen, nothing posted yet."""

import secrets
from collections import defaultdict
from datetime import date

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, divisions, history
from adminapp.errors import Conflict, Invalid
from adminapp.jobs import model
from adminapp.legal_basis import legal_basis
from adminapp.objections import register as objections
from adminapp.postings import register, rows, settings
from adminapp.postings.register import PREPARED, REPOSTED, REVIEW, RUNNING
from adminapp.scope import Actor, ScopedCollection
from adminapp.workflow.transition import Move, offered

MOST_ROWS = 400
STEPS = {"opinion": "post", "publicity": "repost"}
"""State of a case that is to be posted → its action."""
AHEAD = 60
"""Days ahead for which a sheet may be planned: further is a slip of the hand, and what hangs then runs until that day."""


def due_by_village(engine, township: str, actor: Actor, village: str = "") -> dict[str, list[Move]]:
    """Return {village: moves} of the cases that are to be posted and stand in no running posting, in order of number."""
    due = defaultdict(list)
    for row in _without_sheet(township, village):
        published = engine.registry.get(row["type"], row["schema_version"])
        if published.relief_type.protected or "posting" not in published.relief_type.step_by_name:
            continue
        move = Move(published.model._from_son(row), published, actor, engine.standards, driver="posting")
        if STEPS[row["state"]] in offered(move):
            due[row["village"]].append(move)
    return dict(due)


def _without_sheet(township, village) -> list[dict]:
    """Return the cases that no sheet shows: those with an opinion, and those that a replaced sheet left behind."""
    query = {"township": township, "state": {"$in": list(STEPS)}, "_id": {"$nin": list(_taken(township))}}
    found = list(ScopedCollection(database.raw("cases")).find(query | ({"village": village} if village else {}), sort=[("number", 1)]))
    behind = _left_behind({row["_id"]: _sheet_of(row) for row in found if row["state"] == "publicity"})
    return [row for row in found if row["state"] == "opinion" or row["_id"] in behind]


def _sheet_of(row):
    return next((record["data"].get("posting") for record in reversed(row.get("records") or ()) if record["kind"] == "posting"), None)


def _left_behind(sheets: dict) -> set:
    """Return those of {case: its sheet} whose sheet was replaced without them, or by one that was given up, and whom no objection holds."""
    wanted = {"_id": {"$in": list(set(sheets.values()))}, "state": REPOSTED, "next": {"$exists": False}}
    replaced = {row["_id"] for row in database.raw(register.COLLECTION).find(wanted, {"_id": 1})} if sheets else set()
    return {case for case, sheet in sheets.items() if sheet in replaced and not objections.open_of_case(case)}


def _taken(township) -> set:
    """Return the cases that stand in a running posting of the township."""
    query = {"township": township, "state": {"$in": list(RUNNING)}}
    running = database.raw(register.COLLECTION).find(query, {"active": 1}, hint="work_township")
    return {case for row in running for case in row.get("active", ())}


def prepare(engine, village: str, actor: Actor, planned: date, place: str = "", phone: str = "", cases=None) -> list[dict]:
    """Store the postings of a village and return them: one for each length of posting that its cases declare.

    `cases` (ids) picks some of what is due; None takes all, an empty choice takes none. Raise Invalid when nothing is due.
    """
    township = divisions.township_of(village)
    _check(actor, township, village, planned)
    moves = due_by_village(engine, township, actor, village).get(village, [])
    if cases is not None:
        wanted = {str(case) for case in cases}
        moves = [move for move in moves if str(move.case.pk) in wanted]
    if not moves:
        raise Invalid(f"{divisions.name_of(village)}没有可以公示的案件")
    if len(moves) > MOST_ROWS:
        raise Invalid(f"一张公示表最多 {MOST_ROWS} 户，请分批编制")
    groups = defaultdict(list)
    for move in moves:
        step = move.relief_type.step_by_name["posting"]
        groups[step.days, step.unit].append(move)
    return [_store(village, township, length, group, actor, planned, place, phone) for length, group in sorted(groups.items())]


def _check(actor, township, village, planned):
    if not actor.reaches(township, village):
        raise Invalid("只能编制自己乡镇的公示表")
    check_planned(planned)


def check_planned(planned: date):
    """Raise Invalid unless a sheet may be planned for the day."""
    if planned < dates.today():
        raise Invalid("计划张贴日期不能早于今天")
    if planned > (last := dates.add_days(dates.today(), AHEAD, "day")):
        raise Invalid(f"计划张贴日期最晚为 {last}，请核对填写的年月")


def _store(village, township, length, moves, actor, planned, place, phone):
    held = settings.read()
    days, unit = length
    frozen = [rows.freeze(move.case, move.relief_type, move.values, held) for move in moves]
    return insert(
        {
            "village": village, "township": township, "days": days, "unit": unit, "planned": planned.isoformat(),
            "place": place.strip() or f"{divisions.name_of(village)}村务公开栏", "phone": phone or legal_basis().county_phone,
            "wide": held.wide, "rows": _ordered(frozen),
        },
        actor, "编制公示表",
    )  # fmt: skip


def _ordered(frozen):
    """Type by type, by case number within; so the sheet and the page read alike."""
    return sorted(frozen, key=lambda row: (row["type_name"], row["number"]))


def insert(values: dict, actor: Actor, what: str) -> dict:
    """Store a new posting. Raise Conflict when a case stands in another running one."""
    posting = document(values, actor, what)
    try:
        register.collection().insert_one(posting)
    except DuplicateKeyError as error:
        raise Conflict("有案件刚刚列入了另一张公示表，请刷新后重新编制。") from error
    return posting


def document(values: dict, actor: Actor, what: str, note: str = "", **more) -> dict:
    """Return a new posting with the next number of its village; nothing is stored."""
    year = dates.today().year
    serial = _next_serial(values["village"], year)
    return {
        "_id": secrets.token_hex(8), "rev": 1, "kind": REVIEW, "state": PREPARED, **values, "year": year, "serial": serial,
        "issue": f"{year}年第{serial}期", "start": None, "end": None, "office": legal_basis().county.name,
        "active": [row["case"] for row in values["rows"]], "photos": [], "taken_down": None, "maker": model.snapshot(actor),
        "replaced_by": "", "due": values["planned"], "history": [history.entry(actor, what, note)],
        **({"replaces": ""} | more),
    }  # fmt: skip


def _next_serial(village, year) -> int:
    row = database.raw("counters").find_one_and_update(
        {"_id": f"posting:{village}:{year}"}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    return row["value"]
