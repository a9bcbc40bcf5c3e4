"""A small county for payment tests and the benchmark: awards with spells and their cases, invented, as stored."""

from datetime import date, datetime
from pathlib import Path

from bson import ObjectId

from adminapp import dates, divisions, sealing
from adminapp.awards import derive
from adminapp.bank import accounts
from adminapp.identity import make_id
from adminapp.scope import ALL, Actor

ROOT = Path(__file__).parents[3]
MAKER = Actor("maker", "编制虚构", frozenset({"county_reviewer"}), ALL)
CHECKER = Actor("checker", "审批虚构", frozenset({"county_approver"}), ALL)
TREASURER = Actor("treasurer", "财务虚构", frozenset({"finance"}), ALL)
CLERK = Actor("clerk", "乡镇虚构", frozenset({"township_clerk"}), frozenset({"433123109"}))
ACCOUNT = {
    "account": "x_account_number", "holder": "x_account_name", "bank": "x_bank_name", "asked_by": "clerk", "verified_by": "head",
}  # fmt: skip
TYPES = {"dibao_rural": "dibao", "tekun": "tekun", "disability_nursing": "disability_nursing", "temporary": "temporary"}


def publish(registry, standards, keys=TYPES):
    for key in keys:
        registry.publish((ROOT / f"schemas/relief_types/{key}.yaml").read_text("utf-8"), "test", standards.types())


def account_of(number: int) -> str:
    """Return a card number of 19 digits with its check digit."""
    body = f"621700{number:012d}"
    digits = [int(digit) for digit in body[::-1]]
    total = sum(sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits))
    return f"{body}{-total % 10}"


def entries_of(spells: list[dict]) -> list[dict]:
    """Return entries that give these spells ``{from, to, amount, cause, key, on}``: behind the last month of one, it ends."""
    found = []
    for place, spell in enumerate(spells):
        about = {"on": spell["on"], "at": datetime.fromisoformat(f"{spell['on']}T08:00:00+08:00"), "by": "head", "by_name": "确认虚构", "reason": ""}
        decided = {"state": "active", "entitled": spell["amount"], "components": [], "decision": ""}
        found.append({**about, "key": spell["key"], "cause": spell["cause"], "from": spell["from"], "to": None, "set": decided})
        following = spells[place + 1]["from"] if place + 1 < len(spells) else None
        if spell["to"] and following != (after := dates.add_months(spell["to"], 1)):
            found.append({**about, "key": f"{spell['key']}-end", "cause": "end", "from": after, "to": None, "set": {"state": "ended"}})
    return found


class World:
    """Makes awards: `number` fixes the person, so the same call makes the same people."""

    def __init__(self, database):
        self.database = database
        self.villages = [village.code for town in divisions.townships() for village in divisions.villages(town.code)]

    def documents(
        self, number, type_key="dibao_rural", amount=30000, first="2026-01", last=None, on=None, people=1, **about
    ):
        """Return (award, case) as stored."""
        birth = date(1940 + number % 60, 1 + number % 12, 1 + number % 28)
        id_number = make_id("433123", birth, number % 999 + 1)
        person = about.pop("person", sealing.key_of(f"{id_number}-{number}"))
        village = about.pop("village", self.villages[number % len(self.villages)])
        once = type_key == "temporary"
        spell = {"from": first, "to": first if once else last, "amount": amount, "cause": "open", "key": f"k{number}", "on": on or "2025-12-10"}
        entries = entries_of(about.pop("spells", [spell]))
        award = {
            "_id": about.pop("id", None) or ObjectId(f"{number:024x}"), "number": f"433123109XX2026{number:05d}",
            "type": type_key, "version": 1,
            "programme": TYPES[type_key], "unit": "household" if type_key in ("dibao_rural", "temporary") else "person",
            "cycle": "once" if once else "month", "person": person, "people": [person], "household_size": people,
            "township": village[:9], "village": village,
            "name": f"虚构{number:05d}", "entries": entries, "spells": derive(entries), "rev": len(entries),
        } | about  # fmt: skip
        case = {
            "_id": award["_id"], "number": award["number"], "type": type_key, "schema_version": 1,
            "township": village[:9], "village": village,
            "people": [{"key": person, "name": award["name"], "relation": "self"}], "x_applicant_name": award["name"],
            "x_applicant_id": sealing.seal(id_number, "id_number"), "x_account_name": award["name"],
            "x_account_number": sealing.seal(account_of(number), "bank_account"),
            "x_bank_name": "虚构农商银行", "x_phone": "13800000000",
            "x_home_address": f"虚构村 {number} 号", "state": "in_benefit",
        }  # fmt: skip
        return award, case

    def register(self, cases):
        """Register the accounts of cases, each verified by a second person; cases of one account one after the other."""
        for case in cases:
            accounts.register(case, ACCOUNT, f"world:{case['_id']}")

    def register_many(self, cases):
        """Register accounts that no two cases share, in one write."""
        made = []
        for case in cases:
            ident, plain = sealing.key_of(number := sealing.unseal(case["x_account_number"], "bank_account")), number
            use = accounts.use_of(case, ACCOUNT, f"world:{case['_id']}")
            about = {"number": case["x_account_number"], "holder": use["holder"], "bank": case["x_bank_name"]}
            made.append(accounts.document(ident, plain, about, [use], case, ACCOUNT))
        self.database.bank_accounts.insert_many(made)

    def respell(self, award, spells):
        """Let an award have the entries that give these spells."""
        entries = entries_of(spells)
        self.database.awards.update_one({"_id": award["_id"]}, {"$set": {"entries": entries, "spells": derive(entries)}})

    def award(self, number, type_key="dibao_rural", **about):
        """Store an award with its case and return the award."""
        award, case = self.documents(number, type_key, **about)
        self.database.awards.insert_one(award)
        self.database.cases.insert_one(case)
        self.register([case])
        return award
