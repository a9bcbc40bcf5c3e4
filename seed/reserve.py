"""The reserve of the demo's townships (虚构): advanced by the county, small relief paid out of it at once, settled month by month.

What was paid out of it stands in no list, so the choice is made before the lists are.
"""

import hashlib
from datetime import date, datetime, time, timedelta

from bson import ObjectId

from adminapp import awards, database, dates
from adminapp.errors import Invalid
from adminapp.loading import load_case
from adminapp.money import format_yuan
from adminapp.payments import lines
from adminapp.reserve import book, moves, paying, settling
from adminapp.scope import acting
from seed.names import MARK
from seed.papers import CHUNKS, FILES, sheet
from seed.predictable import follow_seed, predictable
from seed.staff import Staff

MOST = 12
"""Payments of a township."""
LAST_DAY, SETTLED = 20, 22
"""Days of a month: until then the demo pays, and then it settles, before the month is closed; what is paid after it is booked in the next."""
ADVANCE = "20000"


def chosen(paid: list, standards, months: list[str], on: date) -> dict[ObjectId, date]:
    """Return {award id: day it was granted} of one-off relief that the reserve paid in these months."""
    limit, found, count = standards.value("temporary.reserve_limit", on), {}, {}
    for item in sorted(paid, key=lambda item: item.place):
        award = item.award
        entry = award["entries"][0]
        day = date.fromisoformat(entry["on"])
        fits = award["cycle"] == "once" and dates.month_of(day) in months and day < on
        fits = fits and (day.day <= LAST_DAY or dates.month_of(day) == dates.month_of(on))
        town = award["township"]
        if not fits or count.get(town, 0) == MOST or awards.amount_in(award, entry["from"]) > limit or entry["from"] > dates.month_of(day):
            continue
        found[award["_id"]], count[town] = day, count.get(town, 0) + 1
    return found


def fill(engine, staff: Staff, at_once: dict, on: date):
    """Make the books. They are made whole or anew: what an interrupted run left of them goes first."""
    for name in (book.COLLECTION, moves.COLLECTION, settling.COLLECTION):
        database.raw(name).delete_many({})
    database.raw(lines.COLLECTION).delete_many({"batch": {"$gte": lines.RESERVE, "$lt": lines.RESERVE + "~"}})
    places = {row["_id"]: row["township"] for row in database.raw(awards.COLLECTION).find({"_id": {"$in": list(at_once)}}, {"township": 1})}
    for town in sorted(set(places.values())):
        mine = sorted((day, ident) for ident, day in at_once.items() if places[ident] == town)
        with predictable(f"reserve {town}"):
            _book(engine, staff, town, mine, on)


def _book(engine, staff, town, mine, on):
    clerk, first = staff.of("township_clerk", town), dates.first_day(dates.month_of(mine[0][0]))
    _advance(staff, town, ADVANCE, first)
    late = []
    for month in dates.month_range(dates.month_of(first), dates.month_of(on)):
        settled = dates.first_day(month).replace(day=SETTLED)
        days = [each for each in mine if dates.month_of(each[0]) == month]
        paid = [_pay(engine, clerk, *each, on, number) for number, each in enumerate(days) if each[0].day <= LAST_DAY]
        if settled <= on:
            for entry in filter(None, paid):
                _receipt(engine, clerk, entry, on)
            if month in book.months(town):
                _settle(staff, town, month, settled)
            paid = []
        late = [*paid, *(_pay(engine, clerk, *each, on, number) for number, each in enumerate(days) if each[0].day > LAST_DAY)]
    late = list(filter(None, late))
    for entry in late[:-2]:
        _receipt(engine, clerk, entry, on)
    if len(late) > 1:
        _not_collected(clerk, late[-1], on)
    with acting(reviewer := staff.of("county_reviewer", "")), _at(on, 14):
        moves.propose(town, book.ADVANCE, "5000", f"补足备用金（{MARK}）", reviewer)


def _not_collected(clerk, entry, on):
    with acting(clerk), _at(on, 11):
        stored = database.raw(book.COLLECTION).find_one({"_id": entry["_id"]})
        paying.refund(stored, clerk, format_yuan(-entry["amount"]), f"本人外出，没有领取（{MARK}）")


def _advance(staff, town, yuan, day):
    reviewer, finance = staff.of("county_reviewer", ""), staff.of("finance", "")
    with acting(reviewer), _at(day, 9):
        move = moves.propose(town, book.ADVANCE, yuan, f"预拨备用金（{MARK}）", reviewer)
    with acting(finance), _at(day, 15):
        moves.confirm(move, finance, move["rev"], f"虚构备拨{day:%Y%m}-{town[-3:]}", day.isoformat())


def _pay(engine, clerk, granted, ident, on, number):
    """Pay one the day after it was granted; who cannot be paid (somebody held by a list of another office) is left to the next list."""
    day = min(on, granted + timedelta(days=1))
    with acting(clerk), _at(day, 10):
        case, _published = load_case(engine.registry, ident)
        about = {"way": paying.TRANSFER if number % 4 == 3 else paying.CASH, "on": day.isoformat(), "receiver": case.name}
        try:
            return paying.pay(engine, case, clerk, **about, voucher=f"虚构收{day:%m%d}-{case.number[-5:]}")
        except Invalid:
            return None


def _receipt(engine, clerk, entry, on):
    day = min(on, date.fromisoformat(entry["on"]) + timedelta(days=1))
    with acting(clerk), _at(day, 16):
        stored = database.raw(book.COLLECTION).find_one({"_id": entry["_id"]})
        if not stored.get("wants"):
            return
        case, _published = load_case(engine.registry, entry["case"])
        before, (kind, data) = case.event_seq, sheet(paying.PAPER, paying.PAPER_LABEL)
        paying.document(stored, case, clerk, f"签收单.{kind.extension}", data)
        follow_seed({"case": case.pk, "seq": {"$gt": before}})
        _same_bytes(database.raw(book.COLLECTION).find_one({"_id": entry["_id"]})["papers"][-1])


def _same_bytes(paper):
    """Give the stored bytes ids and times that follow from the file, so that the same seed makes the same database."""
    chunk = database.raw(CHUNKS).find_one({"files_id": paper["id"]})
    database.raw(CHUNKS).delete_one({"_id": chunk["_id"]})
    database.raw(CHUNKS).insert_one(chunk | {"_id": ObjectId(hashlib.sha256(paper["id"].encode()).digest()[:12])})
    database.raw(FILES).update_one({"_id": paper["id"]}, {"$set": {"uploadDate": paper["at"]}})


def _settle(staff, town, month, day):
    deputy, reviewer = staff.of("township_deputy", town), staff.of("county_reviewer", "")
    with acting(deputy), _at(day, 10):
        row = settling.take(town, month, "submit", deputy, settling.get(town, month)["rev"])
    with acting(reviewer), _at(day, 16):
        settling.take(town, month, "approve", reviewer, row["rev"])


def _at(day: date, hour: int):
    return dates.frozen(datetime.combine(day, time(hour), dates.SHANGHAI))
