"""Takes the accounts of cases that were granted before there was a register into it: verified by who confirmed the case."""

from collections import defaultdict

from adminapp import awards, database, dates, sealing
from adminapp.bank import accounts, payee

CHUNK = 1000


def batched(items: list, size: int):
    """Yield the items in lists of `size`."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


def adopt(registry) -> int:
    """Register the account of every case with an award that is in no account yet; return their number. Safe to repeat.

    The second person is who confirmed the case: the account was part of what they confirmed.
    """
    known = {use["case"] for row in database.raw(accounts.COLLECTION).find({}, {"uses.case": 1}) for use in row["uses"]}
    waiting = [row["_id"] for row in database.raw(awards.COLLECTION).find({}, {"_id": 1}) if row["_id"] not in known]
    there = {row["_id"] for row in database.raw(accounts.COLLECTION).find({}, {"_id": 1})}
    groups, count = defaultdict(list), 0
    for case_ids in batched(waiting, CHUNK):
        for case, data, number in _cases(registry, case_ids):
            ident = sealing.key_of(number)
            count += 1
            if ident in there:
                accounts.register(case, data, f"adopt:{case['_id']}")
            else:
                groups[ident].append((case, data, number))
    for idents in batched(sorted(groups), CHUNK):
        database.raw(accounts.COLLECTION).insert_many([_account(ident, groups[ident]) for ident in idents])
    return count


def _cases(registry, case_ids):
    wanted = {"number": 1, "type": 1, "schema_version": 1, "people": 1, "name": 1, "township": 1, "village": 1,
              "accepted_by": 1, "confirmed_by": 1, "decided_on": 1}  # fmt: skip
    heads = list(database.raw("cases").find({"_id": {"$in": list(case_ids)}}, wanted))
    fields = {(row["type"], row["schema_version"]): payee.of_version(registry, row["type"], row["schema_version"]) for row in heads}
    stored = {name: 1 for each in fields.values() for name in (each["account"], each["payee"], each["bank"]) if name}
    bodies = {row["_id"]: row for row in database.raw("cases").find({"_id": {"$in": [row["_id"] for row in heads]}}, stored)}
    for head in sorted(heads, key=lambda row: row["_id"]):
        case, mine = bodies[head["_id"]] | head, fields[head["type"], head["schema_version"]]
        if sealed := case.get(mine["account"]):
            on = dates.day_of(case["decided_on"]).isoformat() if case.get("decided_on") else ""
            data = {
                "account": mine["account"], "holder": mine["payee"], "bank": mine["bank"], "on": on,
                "asked_by": case.get("accepted_by") or "", "verified_by": case.get("confirmed_by") or "",
            }  # fmt: skip
            yield case, data, sealing.unseal(sealed, accounts.CONTEXT)


def _account(ident, found):
    """Return the account of one or more cases as if they had been registered one after the other."""
    case, data, number = found[0]
    use = accounts.use_of(case, data, f"adopt:{case['_id']}")
    about = {"number": case[data["account"]], "holder": use["holder"], "bank": case.get(data["bank"]) or ""}
    account = accounts.document(ident, number, about, [use], case, data)
    for case, data, _ in found[1:]:
        use = accounts.use_of(case, data, f"adopt:{case['_id']}")
        account = accounts.settle(account | {"uses": [*account["uses"], use]}, number, case, data)
    return account
