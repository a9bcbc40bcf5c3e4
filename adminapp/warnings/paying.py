"""Warnings about money: paid after a death, two benefits that exclude each other, one account for several payees."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from adminapp import awards, database, dates, indexes, procedure
from adminapp.awards.store import of_people
from adminapp.bank import accounts
from adminapp.conflicts import findings as conflicts
from adminapp.money import format_yuan
from adminapp.payments import lines
from adminapp.warnings.casework import WINDOW
from adminapp.warnings.rules import Finding, Rule, register

indexes.declare(awards.deaths.COLLECTION, "on", ["on"])
indexes.declare(accounts.COLLECTION, "flagged", ["flags.key", "_id"])
CHUNK = 500


def _chunks(rows):
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def after_death(engine, today: date) -> Iterator[Finding]:
    """Months after a death for which more was paid than came back, of awards that the dead person was one of."""
    since = (today - timedelta(days=procedure.value(WINDOW, today) or 0)).isoformat()
    found = database.raw(awards.deaths.COLLECTION).find({"on": {"$gte": since}}, {"on": 1}, hint="on")
    for batch in _chunks(found):
        deaths = {row["_id"]: row["on"] for row in batch}
        for award in of_people(sorted(deaths)):
            for key in sorted(deaths.keys() & set(award["people"])):
                yield from _paid_after(award, key, deaths[key])


def _paid_after(award, key, on):
    month = on[:7]
    query = {"award": award["_id"], "period": {"$gt": month}, "state": {"$in": [lines.SENT, lines.PAID, lines.PARTIAL]}}
    paid = list(database.raw(lines.COLLECTION).find(query, hint="award"))
    mine = [row for row in paid if award["unit"] == "person" or _is_paid_for(award, key, row["period"])]
    total = sum(lines.settled(row) for row in mine)
    if total > 0:
        months = sorted({row["period"] for row in mine if lines.settled(row) > 0})
        whose = "领取人" if award["unit"] == "person" or key == award["person"] else "一名家庭成员"
        text = f"{whose} {on} 死亡，之后 {len(months)} 个月（{months[0]} 至 {months[-1]}）仍发放 {format_yuan(total)} 元"
        yield Finding(f"{award['_id']}:{key[:16]}", award, text, (on, total))


def _is_paid_for(award, key, month):
    """Return whether the award still counts the person in a month: who was taken off for it is paid too much by the ledger's account."""
    spell = awards.spell_in(award, month)
    return bool(spell) and key in (spell.get("people") or award["people"])


def doubled(engine, today: date) -> Iterator[Finding]:
    """Awards paid this month whose persons hold another that the matrix excludes; each pair once."""
    month, registry = dates.month_of(today), engine.registry
    for batch in _chunks(_several()):
        rows = of_people([row["_id"] for row in batch])
        beside = conflicts.Beside(rows)
        for award in {row["_id"]: row for row in rows}.values():
            published = registry.latest().get(award["type"])
            if published is None or awards.amount_in(award, month) <= 0:
                continue
            for item in conflicts.on_list(award, published.relief_type, beside, month, lambda formula: False):
                # Of a pair the one with the smaller number tells.
                if item.rule in conflicts.BARRING and award["number"] < item.number:
                    yield Finding(f"{award['_id']}:{item.number}", award, f"同时享受 {item.number}：{item.say}", (item.number, item.rule))


def _several():
    """Return the persons who stand in more than one award."""
    pipeline = [
        {"$project": {"people": 1, "_id": 0}},
        {"$unwind": "$people"},
        {"$group": {"_id": "$people", "n": {"$sum": 1}}},
        {"$match": {"n": {"$gt": 1}}},
    ]
    return database.raw(awards.COLLECTION).aggregate(pipeline, allowDiskUse=True)


def shared_accounts(engine, today: date) -> Iterator[Finding]:
    """Payees who are paid to the account of somebody else's case, and accounts in a name that is not of the household."""
    yield from _flagged("several")


def foreign_accounts(engine, today: date) -> Iterator[Finding]:
    yield from _flagged("holder")


def _flagged(key):
    open_states = [accounts.UNVERIFIED, accounts.VERIFIED, accounts.FROZEN]
    for account in database.raw(accounts.COLLECTION).find({"flags.key": key}, hint="flagged"):
        uses = {use["case"]: use for use in account["uses"]}
        for flag in account["flags"] if account["state"] in open_states else ():
            use = uses.get(flag.get("case"))
            if flag["key"] == key and use:
                case = {**use, "_id": use["case"], "type": ""}
                said = flag["text"].removeprefix(f"{use['number']}：").removeprefix(f"{use['number']} ")
                yield Finding(str(use["case"]), case, said, (said,))


register(Rule("after_death", "死亡后仍发放", "停发并追回，登记终止或减员", after_death, "县方案 五(二)"))
register(Rule("doubled", "重复享受", "核实后终止其中一项，追回多发的", doubled, "县方案 五(二)"))
register(Rule("shared_account", "多人共用一个账户", "核实代领关系，更正为本人账户", shared_accounts, tone="wait"))
register(Rule("foreign_account", "户名不是本户成员", "核实代领关系，更正为本人账户", foreign_accounts, tone="wait"))
