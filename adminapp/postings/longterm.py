"""The long-term list (长期公示) of who receives relief: one for each village and month, made by itself (57号 第二十四条).

A list is a posting of kind "long": rows are frozen from the awards that are paid in the month, the list of the month
before closes. Types that protect their persons are never listed, nor an award whose person is not known to be grown up.
"""

import time
from collections import defaultdict

from pymongo import UpdateOne

from adminapp import database, dates, divisions, history, sealing
from adminapp.awards.spells import PAYING, spell_in
from adminapp.jobs.model import snapshot
from adminapp.jobs.sweeping import each
from adminapp.legal_basis import legal_basis
from adminapp.money import format_yuan
from adminapp.postings import register, settings
from adminapp.postings.register import CLOSED, LONG, POSTED, UP
from adminapp.postings.rows import LONG_COLUMNS, is_adult, web_texts
from adminapp.public import refresh as public
from adminapp.scope import Actor

DONE = "long_posting"
"""Of the setting that says which townships have their lists of which month."""
SECONDS = 10
"""Of one sweep: what is left is made by the next."""
SYSTEM = Actor("system", "系统")
CHUNK = 500


def sweep(engine) -> int:
    """Make the lists of this month, township by township; return how many townships were done now."""
    month = dates.month_of(dates.today())

    def make(township):
        build(engine, township, month)
        _note(month, township)

    return each(_left(month), make)


def _left(month):
    """Yield the townships whose lists of the month are still to be made, for as long as one sweep may take."""
    began, done = time.monotonic(), database.raw("settings").find_one({"_id": DONE}) or {}
    ready = set(done.get("townships", ())) if done.get("month") == month else set()
    for township in divisions.townships():
        if time.monotonic() - began > SECONDS:
            return
        if township.code not in ready:
            yield township.code


def _note(month, township):
    table = database.raw("settings")
    if not table.update_one({"_id": DONE, "month": month}, {"$addToSet": {"townships": township}}).matched_count:
        table.update_one({"_id": DONE}, {"$set": {"month": month, "townships": [township]}}, upsert=True)


def build(engine, township: str, month: str) -> list[str]:
    """Store the lists of a township's villages for a month and close those of earlier months; return their ids. Safe to repeat."""
    held, villages = settings.read(), defaultdict(list)
    for row in _rows(engine, township, month, held):
        villages[row["village"]].append(row)
    made = []
    for village, rows in sorted(villages.items()):
        posting = document(village, township, month, sorted(rows, key=lambda row: (row["type_name"], row["number"])))
        found = database.raw(register.COLLECTION).update_one({"_id": posting["_id"]}, {"$setOnInsert": posting}, upsert=True)
        made += [posting["_id"]] if found.upserted_id else []
    _close_earlier(township, month)
    for posting_id in made:
        public.posting_changed(posting_id)
    return made


def _close_earlier(township, month):
    query = {"township": township, "kind": LONG, "state": POSTED, "month": {"$lt": month}}
    entry = history.entry(SYSTEM, "更新", f"已由 {month} 的名单代替")
    update = {"$set": {"state": CLOSED, "due": None}, "$inc": {"rev": 1}, "$push": {"history": entry}}
    earlier = [row["_id"] for row in database.raw(register.COLLECTION).find(query, {"_id": 1})]
    if earlier:
        database.raw(register.COLLECTION).bulk_write([UpdateOne({"_id": key, "state": POSTED}, update) for key in earlier])


def _rows(engine, township, month, held):
    """Yield a row for each award that is paid in the month and may be listed."""
    listed = {key: item.relief_type for key, item in engine.registry.latest().items() if _is_listed(item.relief_type)}
    chunk = []
    for award in database.raw("awards").find({"township": township, "type": {"$in": sorted(listed)}}, {"entries": 0}, hint="township"):
        spell = spell_in(award, month) if award["spells"] else None
        if spell and spell.get("state", "active") in PAYING and spell["amount"] > 0:
            chunk.append((award, spell))
        if len(chunk) == CHUNK:
            yield from _frozen(chunk, listed, held)
            chunk = []
    yield from _frozen(chunk, listed, held)


def _is_listed(relief) -> bool:
    return not relief.protected and bool(relief.posted) and "posting" in relief.step_by_name and relief.payment.cycle != "once"


def _frozen(chunk, listed, held):
    found = database.raw("cases").find({"_id": {"$in": [award["_id"] for award, _spell in chunk]}}, {"x_applicant_id": 1})
    numbers = {row["_id"]: row.get("x_applicant_id") for row in found}
    on = dates.today()
    for award, spell in chunk:
        sealed = numbers.get(award["_id"])
        if sealed and is_adult(sealing.unseal(sealed, "id_number"), on):
            yield _row(award, spell, listed[award["type"]], held)


def _row(award, spell, relief, held):
    village = spell.get("village") or award["village"]
    size = spell.get("size", award["household_size"]) if award["unit"] == "household" else 1
    said = {
        "name": spell.get("name") or award["name"], "village": divisions.name_of(village), "household_size": str(size), "amount": format_yuan(spell["amount"]),
    }  # fmt: skip
    texts = {key: said[key] for key in LONG_COLUMNS}
    return {
        "case": award["_id"], "type": award["type"], "type_name": relief.name, "version": award.get("version", 0), "number": award["number"],
        "name": said["name"], "village": village, "texts": texts, "web": web_texts(texts, held), "rev": 0, "state": UP, "note": "",
    }  # fmt: skip


def document(village: str, township: str, month: str, rows: list[dict]) -> dict:
    """Return the list of a village and month, hanging from the first to the last day of the month."""
    first, last = dates.first_day(month), dates.last_day(month)
    year, number = month.split("-")
    return {
        "_id": f"long-{village}-{month}", "rev": 1, "kind": LONG, "state": POSTED, "village": village, "township": township, "month": month, "year": int(year),
        "serial": int(number), "issue": f"{year}年{int(number)}月", "days": 0, "unit": "", "planned": first.isoformat(), "start": first.isoformat(),
        "end": last.isoformat(), "place": f"{divisions.name_of(village)}村务公开栏", "phone": legal_basis().county_phone, "office": legal_basis().county.name,
        "wide": False, "rows": [{key: value for key, value in row.items() if key != "village"} for row in rows], "photos": [], "taken_down": None,
        "maker": snapshot(SYSTEM), "replaces": "", "replaced_by": "", "due": None,
        "history": [history.entry(SYSTEM, "生成长期公示名单", f"{len(rows)} 户")],
    }  # fmt: skip
