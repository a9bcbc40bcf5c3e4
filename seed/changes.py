"""What happens to a household while its award runs (虚构): somebody is born, dies or marries, works, moves, changes the account."""

from datetime import date

from adminapp import dates, divisions
from adminapp.changes.kinds import account_fields
from adminapp.fields.table import read
from adminapp.identity import make_id, told_by
from seed.names import MARK
from seed.people import card_number
from seed.story import ABOUT_HOUSEHOLD

BORN_BEFORE, SERIALS, FIRST_SERIAL = 60, 199, 300
"""Days before today at which the last child is born; children a day; the first number of a day, above those of all others."""
TOLD_AFTER = (3, 80)
"""Days after which a death is told: the months that were paid meanwhile were too much."""
FOUND_AFTER = 2
"""Months after which a higher income is found."""
NEW_CARDS = 5_000_000_000
"""The first serial of cards that replace lost ones."""


def pick(walk, clerk, traits: dict, on: date) -> tuple[str, dict]:
    """Return an action and its data that the engine takes for this case: something about the household, else the account."""
    month = dates.add_months(dates.month_of(on), 1)
    found = [name for name in ABOUT_HOUSEHOLD if walk.relief_type.home and traits.get("means_tested")]
    walk.random.shuffle(found)
    found.sort(key=lambda name: name != traits.get("change"))
    for name in found:
        asked = globals()[f"_{name}"](walk, on)
        if asked is None:
            continue
        action, data = asked
        data = {"from_month": month, **data}
        if not walk.asked(clerk, action, data, on).plan.problems():
            return action, data
    return _account(walk)


def _rows(walk):
    return getattr(walk.case, walk.relief_type.fields[walk.relief_type.home.table].stored)


def _household(walk):
    """Return the number of the household (seed/plan.py)."""
    return int(walk.ident.split(":")[1])


def _others(walk):
    """Return the rows of who may leave the household: not the applicant, and nobody another award counts on."""
    return [row for row in _rows(walk)[1:] if row["id_number"] not in walk.elsewhere]


def _birth(walk, on):
    """A child of the household, born since the award began and before today."""
    number = _household(walk)
    birth = date.fromordinal(on.toordinal() - BORN_BEFORE - number // SERIALS)
    parents = [row for row in _rows(walk) if 20 <= _age(row, on) <= 45]
    if not parents or dates.month_of(birth) <= walk.case.start_month:
        return None
    child = {
        "name": walk.case.name[0] + "小禾", "relation": "grandchild" if _age(_rows(walk)[0], on) > 45 else "son", "status": "guaranteed",
        "id_number": make_id("433123", birth, 2 * (FIRST_SERIAL + number % SERIALS) + 1), "health": "good", "labour": "none",
    }  # fmt: skip
    return "add_member", {"code": "birth", "reason": f"新生儿落户（{MARK}）", walk.relief_type.home.table: [child]}


def _death(walk, on):
    old = [row for row in _others(walk) if _age(row, on) >= 60]
    if old:
        row = walk.random.choice(old)
        day = date.fromordinal(on.toordinal() - walk.random.randint(*TOLD_AFTER))
        month = max(dates.add_months(dates.month_of(day), 1), walk.case.start_month)
        return "remove_member", {"member": row["row"], "code": "death", "date": day, "from_month": month, "reason": f"病故（{MARK}）"}


def _wedding(walk, on):
    young = [row for row in _others(walk) if row["relation"] == "daughter" and 20 <= _age(row, on) <= 32]
    if young:
        row = walk.random.choice(young)
        return "remove_member", {"member": row["row"], "code": "married", "date": on, "reason": f"出嫁，户口已迁出（{MARK}）"}


def _work(walk, on):
    """Somebody earns more: the amount goes down, for two of three households from a month that was paid already."""
    found = _wages(walk, on, walk.random.randint(12, 40) * 10_000, f"成员务工，收入增加（{MARK}）")
    if found is None:
        return None
    month = dates.add_months(dates.month_of(on), 1 - _household(walk) % (FOUND_AFTER + 1))
    return found[0], {**found[1], "from_month": max(month, walk.case.start_month)}


def _loss(walk, on):
    """Somebody earns less: the amount goes up."""
    return _wages(walk, on, -walk.random.randint(10, 30) * 10_000, f"成员失去工作，收入减少（{MARK}）")


def _wages(walk, on, more, reason):
    table = walk.relief_type.fields[walk.relief_type.home.table]
    rows = [dict(row) for row in _rows(walk)]
    able = [row for row in rows if row.get("labour") != "none" and (row.get("wages") or 0) + more >= 0]
    if "wages" not in table.column_ids or not able:
        return None
    able[0]["wages"] = (able[0].get("wages") or 0) + more
    return "change_content", {"kind": "income", "changes": {table.id: rows}, "reason": reason}


def _village(walk, on):
    case = walk.case
    others = [
        code for code, _name in divisions.village_choices(case.township)
        if code != case.village and divisions.is_community(code) == divisions.is_community(case.village)
    ]  # fmt: skip
    if others:
        return "change_place", {"village": walk.random.choice(others), "reason": f"搬迁到同乡镇另一村（{MARK}）"}


def _account(walk):
    fields = account_fields(walk.relief_type)
    stored = {key: getattr(walk.case, walk.relief_type.fields[key].stored) for key in fields}
    number = next(key for key in fields if walk.relief_type.fields[key].kind == "bank_account")
    serial = NEW_CARDS + 100 * _household(walk) + walk.awards.index(walk.award)
    return "change_account", {**stored, number: card_number(serial), "reason": f"一卡通遗失补办（{MARK}）"}


def _age(row, on):
    told = told_by(read(row, "id_number"))
    return dates.age(told.birth, on) if told else 0
