"""Awards, cases and accounts of the drill as stored (虚构), and what happens to them as entries that are added."""

from datetime import date, datetime, time, timedelta

from bson import ObjectId
from pymongo import ReplaceOne

from adminapp import dates, divisions, sealing
from adminapp.awards import entries, store
from adminapp.bank import accounts
from adminapp.database import raw
from adminapp.identity import make_id
from adminapp.payments import timetable
from seed.drill.plan import LATE_TYPE, RAISE_ALL, RAISE_LATE, TOLD_LATE, Fate

CHUNK = 1000
PROGRAMMES = {"dibao_rural": "dibao", "tekun": "tekun", "disability_nursing": "disability_nursing"}
CONFIRMED = {"by": "drill-head", "by_name": "确认（虚构）", "reason": ""}


class World:
    """Writes the county of a drill; `months` are its months, oldest first."""

    def __init__(self, fates: list[Fate], months: list[str]):
        self.fates, self.months = fates, months
        self.villages = [village.code for town in divisions.townships() for village in divisions.villages(town.code)]

    def ident(self, number: int) -> ObjectId:
        return ObjectId(f"{number + 1:024x}")

    def fill(self):
        """Store all awards with their cases and verified accounts; each opens in time for its first month."""
        for first in range(0, len(self.fates), CHUNK):
            made = [self._made(fate) for fate in self.fates[first : first + CHUNK]]
            for name, place in (("awards", 0), ("cases", 1), (accounts.COLLECTION, 2)):
                raw(name).insert_many([each[place] for each in made])

    def happen(self, place: int):
        """Add the entries that became known since the list before, so that the list of this month is the first to see them."""
        changes = [(fate, key, change, on) for fate in self.fates for key, change, on in self._changes(fate, place)]
        for first in range(0, len(changes), CHUNK):
            part = changes[first : first + CHUNK]
            found = {row["_id"]: row for row in raw("awards").find({"_id": {"$in": [self.ident(fate.number) for fate, *_ in part]}})}
            for fate, key, change, on in part:
                ident = self.ident(fate.number)
                found[ident] = store.applied(found[ident], key, change | _told(on))
            raw("awards").bulk_write([ReplaceOne({"_id": ident}, row) for ident, row in found.items()], ordered=False)

    def _changes(self, fate, place):
        """Yield (key, change, day) of what a list is the first to know of an award. A day is one on which all of it was decided."""
        month, on = self.months[place], timetable.cutoff(self.months[place]) - timedelta(days=2)
        if place == RAISE_ALL > fate.start:
            yield "raise", entries.paying(month, _decided(fate.amount(place)), "standard"), on
        if place == TOLD_LATE and fate.type == LATE_TYPE and fate.start <= place:
            since = self.months[max(RAISE_LATE, fate.start)]
            yield "late", entries.paying(since, _decided(fate.amount(RAISE_LATE)), "standard"), on
        if fate.last is not None and place == fate.last + (2 if fate.late else 1):
            yield "end", entries.closing(self.months[fate.last]), on
        if fate.away == place:
            yield "away", entries.suspension(month), on
        if fate.away is not None and place == fate.away + 2:
            yield "back", entries.resumption(month), on
        if fate.moves == place:
            village = self._village(fate.number + 40)
            yield "move", entries.moving(month, village[:9], village), on

    def _village(self, number):
        return self.villages[number * 7 % len(self.villages)]

    def _made(self, fate):
        number, village, ident = fate.number, self._village(fate.number), self.ident(fate.number)
        born = date(1940 + number % 60, 1 + number % 12, 1 + number // 7 % 28)
        id_number = make_id("433123", born, number % 999 + 1)
        place = {"township": village[:9], "village": village}
        key, name, label = sealing.key_of(f"{id_number}-{number}"), f"演练{number:05d}", f"{village[:9]}YL{number:09d}"
        about = {
            "number": label, "type": fate.type, "version": 1, "programme": PROGRAMMES[fate.type], "unit": "household" if number % 3 == 0 else "person",
            "cycle": "month", "person": key, "people": [key], "household_size": 1 + number % 4 if number % 3 == 0 else 1, "name": name, **place,
        }  # fmt: skip
        month = self.months[fate.start]
        on = timetable.cutoff(month) - timedelta(days=2)
        # Who opens after a raise is decided under the new standard, from when it was told.
        amount = fate.amount(fate.start if fate.start > TOLD_LATE else min(fate.start, RAISE_ALL))
        opened = entries.opening(month, _decided(amount) | {"people": [key], "size": 1}, place)
        award = store.applied(store.blank(ident, about), "open", opened | _told(on))
        case = {
            "_id": ident, "number": label, "type": fate.type, "schema_version": 1, **place, "state": "in_benefit",
            "people": [{"key": key, "name": name, "relation": "self"}], "x_applicant_name": name, "x_account_name": name,
            "x_applicant_id": sealing.seal(id_number, "id_number"), "x_account_number": sealing.seal(_card(number), "bank_account"),
            "x_bank_name": "演练农商银行", "x_phone": "13800000000", "x_home_address": f"演练村 {number} 号",
        }  # fmt: skip
        return award, case, _account(case)


def put_right(line: dict):
    """Verify the account of a line that came back, as a second person does with the bank's new receipt in hand."""
    note = accounts.step("drill-check", "核实（虚构）", "verify", "核实通过", "已到银行办理，核对新回单", f"right:{line['_id']}")
    accounts.change(accounts.of_cases([line["award"]])[line["award"]]["_id"], lambda found: found | {
        "state": accounts.VERIFIED, "since": dates.today().isoformat(), "history": [*found["history"], note],
    }, key=f"right:{line['_id']}")  # fmt: skip


def _account(case):
    asked = {"account": "x_account_number", "holder": "x_account_name", "bank": "x_bank_name", "asked_by": "drill-clerk", "verified_by": "drill-head"}
    plain = sealing.unseal(case["x_account_number"], "bank_account")
    use = accounts.use_of(case, asked, f"drill:{case['_id']}")
    about = {"number": case["x_account_number"], "holder": use["holder"], "bank": case["x_bank_name"]}
    return accounts.document(sealing.key_of(plain), plain, about, [use], case, asked)


def _card(number):
    """Return a card number of 19 digits with its check digit."""
    body = f"621799{number:012d}"
    total = sum(sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(body[::-1]))
    return f"{body}{-total % 10}"


def _decided(amount):
    return {"entitled": amount, "components": [], "decision": ""}


def _told(on):
    return CONFIRMED | {"on": on.isoformat(), "at": datetime.combine(on, time(10), dates.SHANGHAI)}
