"""The course of a spot check after its draw: named visitors, a visit, a judgement by others, rectification, a second look.

Each step is a compare-and-set on the check with a line of history. What happens to the case itself (the visit with its
photos, the answer of the township) is an action of the case (workflow/actions/spotcheck.py); its outbox brings it here.
"""

from dataclasses import dataclass

from adminapp import database, dates, procedure
from adminapp.auth import users
from adminapp.errors import Forbidden, Invalid, NotFound
from adminapp.jobs import sweeping
from adminapp.related import recusal
from adminapp.scope import Actor, system
from adminapp.supervision import checks, independence, rounds
from adminapp.supervision.checks import entry

COUNTY = independence.LEADERS
MOST_VISITORS = 6
REPLACED = "替换"


@dataclass(frozen=True)
class Result:
    """What a visit finds. `fine` needs nothing more; `replaces` is never one: somebody not to be found is a finding."""

    label: str
    tone: str
    fine: bool = False


RESULTS = {
    "true": Result("属实", "good", fine=True),
    "amount": Result("金额不准", "bad"),
    "ineligible": Result("不符合", "bad"),
    "absent": Result("查无此人", "bad"),
}
SUBSTITUTES = {"away": "外出务工，期限内不能返回", "hospital": "住院或在外就医", "moved": "已迁离本县", "blocked": "自然灾害、交通中断", "ended": "已退出救助"}
"""Why a drawn household that could not be visited gives way to the next one of the draw."""


@dataclass(frozen=True)
class Measure:
    """What the township must do. `proposed` and `decided` are the stage records of the case that prove it, () when none does."""

    label: str
    proposed: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()


MEASURES = {
    "change": Measure("调整待遇（增发、减发、增减员）", ("change",), ("change_decision",)),
    "terminate": Measure("终止待遇", ("termination_proposal",), ("termination",)),
    "recover": Measure("追缴多发待遇"),
    "papers": Measure("补正材料、完善手续"),
    "educate": Measure("约谈、批评教育"),
}


def assign(check_id: str, actor: Actor, rev: int, people: list[str], companions=(), reason: str = "") -> dict:
    """Name who visits: the first of `people` (user ids) leads; `companions` are ``{name, unit}`` without an account here.

    Raise Invalid with every sentence that stands in the way.
    """
    row = _mine(check_id, actor, rev, checks.DRAWN, checks.ASSIGNED)
    people, companions = list(dict.fromkeys(people)), [item for item in companions if item.get("name")]
    accounts = [user for user in map(users.find, people) if user is not None and user.active]
    problems = []
    if not accounts or not accounts[0].has(*COUNTY):
        problems.append("请从县级经办人员中选择带队的核查人")
    least = procedure.value("spotcheck.people", dates.today()) or 1
    if len(accounts) + len(companions) < least or len({*(user.name for user in accounts), *(item["name"] for item in companions)}) < least:
        problems.append(f"核查人至少 {least} 名，且不能是同一人")
    if len(accounts) + len(companions) > MOST_VISITORS:
        problems.append(f"核查人最多 {MOST_VISITORS} 名")
    problems += independence.problems(_case(row), row, accounts, (item["name"] for item in companions))
    if row["state"] == checks.ASSIGNED and len(reason.strip()) < 2:
        problems.append("改派请写明原因")
    if problems:
        raise Invalid(problems)
    visitors = [{"id": user.id, "name": user.name, "unit": "县民政局" if user.has(*COUNTY) else "、".join(user.role_labels)} for user in accounts]
    visitors += [{"id": "", "name": item["name"], "unit": item.get("unit", "")} for item in companions]
    named = "、".join(item["name"] for item in visitors)
    changes = {"state": checks.ASSIGNED, "stage": checks.VISIT, "owner": accounts[0].id, "visitors": visitors}
    what = "改派核查人" if row["state"] == checks.ASSIGNED else "指派核查人"
    return checks.change(row, changes, entry(actor, what, text=named, reason=reason.strip()[:300]))


def carry(case: dict, item: dict):
    """Bring what an action of the case tells to its check (outbox kind "spot_check"); a second time changes nothing."""
    data, table = item["data"], database.raw(checks.COLLECTION)
    row = table.find_one({"_id": data["check"]})
    if row is None or any(line.get("key") == item["key"] for line in row["history"]):
        return
    note = {"at": data["at"], "by": data["by"], "by_name": data["by_name"], "what": data["what"], "key": item["key"], "text": data.get("text", "")}
    update = {"$set": data["set"], "$push": {"history": note}, "$inc": {"rev": 1}}
    table.update_one({"_id": row["_id"], "history.key": {"$ne": item["key"]}}, update)


def judge(check_id: str, actor: Actor, rev: int, consistent: bool, reason: str = "") -> dict:
    """Say whether the visit found what was granted; somebody who visited or entered it may not. A word against it needs a reason."""
    row = _mine(check_id, actor, rev, checks.VISITED)
    _not_visitor(row, actor)
    if consistent != RESULTS[row["result"]].fine and len(reason.strip()) < 2:
        raise Invalid(["审定结论与核查结果不同，请写明理由"])
    state, stage = (checks.CONSISTENT, checks.NOTHING) if consistent else (checks.DEVIATION, checks.ORDER)
    changes = {"state": state, "stage": stage, "due": None, "owner": "", "judged_by": actor.id}
    return checks.change(row, changes, entry(actor, "审定：" + checks.STATES[state].label, reason=reason.strip()[:300]))


def send_back(check_id: str, actor: Actor, rev: int, reason: str) -> dict:
    """Ask the visitors to go again. What they recorded stays on the case."""
    row = _mine(check_id, actor, rev, checks.VISITED)
    _not_visitor(row, actor)
    _need(reason, "请写明退回重新核查的原因")
    changes = {
        "state": checks.ASSIGNED, "stage": checks.VISIT, "owner": next((item["id"] for item in row["visitors"] if item["id"]), ""),
        "due": checks.due_after(checks.ASSIGN, dates.today()), "visit": None, "result": "", "visited_on": None, "visited_by": [],
    }  # fmt: skip
    return checks.change(row, changes, entry(actor, "退回重新核查", reason=reason.strip()[:300]))


def order(check_id: str, actor: Actor, rev: int, measure: str, text: str) -> dict:
    """Tell the township what to put right, and until when."""
    row = _mine(check_id, actor, rev, checks.DEVIATION)
    problems = [] if measure in MEASURES else ["请选择整改措施"]
    problems += [] if len(text.strip()) >= 4 else ["请写明整改要求"]
    if problems:
        raise Invalid(problems)
    today = dates.today()
    due = checks.due_after(checks.RECTIFY, today)
    told = {"measure": measure, "text": text.strip()[:1000], "on": today.isoformat(), "due": due, "by": actor.id, "by_name": actor.name}
    changes = {"state": checks.RECTIFYING, "stage": checks.RECTIFY, "due": due, "order": told, "owner": ""}
    return checks.change(row, changes, entry(actor, "下达整改：" + MEASURES[measure].label, text=told["text"]))


def recheck(check_id: str, actor: Actor, rev: int, done: bool, text: str) -> dict:
    """Look at what the township did: close the check, or give it back with what is still missing."""
    row = _mine(check_id, actor, rev, checks.RECTIFYING)
    if row["stage"] != checks.RECHECK:
        raise Forbidden("乡镇还没有反馈整改情况")
    _need(text, "请写明复核情况")
    if not done:
        due = checks.due_after(checks.RECTIFY, dates.today())
        changes = {"stage": checks.RECTIFY, "due": due, "order": {**row["order"], "due": due}}
        return checks.change(row, changes, entry(actor, "整改不到位，退回", text=text.strip()[:500]))
    missing = undecided(row, _case(row))
    if missing:
        raise Invalid([missing])
    changes = {"state": checks.CLOSED, "stage": checks.NOTHING, "due": None}
    return checks.change(row, changes, entry(actor, "复核通过，销号", text=text.strip()[:500]))


def undecided(row: dict, case: dict) -> str:
    """Return what the case still lacks before its rectification can be closed, "" when nothing."""
    measure = MEASURES[row["order"]["measure"]]
    if not measure.decided or has_record(case, measure.decided, row["order"]["on"]):
        return ""
    return f"案件上还没有“{measure.label}”的决定，不能销号；确不需要的请退回，由乡镇说明后另行下达"


def has_record(case: dict, kinds, since: str) -> bool:
    """Return whether a raw case has a stage record of these kinds from a day on."""
    return any(record["kind"] in kinds and record["on"] >= since for record in case.get("records", ()))


def substitute(check_id: str, actor: Actor, rev: int, code: str, reason: str) -> dict:
    """Let a drawn household that cannot be visited give way to the next one of its draw; both stay on record.

    Nothing is drawn before the check has given way: what is drawn is taken for ever. The rest is repeated by `sweep` until it is done.
    """
    row = _mine(check_id, actor, rev, checks.DRAWN, checks.ASSIGNED)
    if row["bases"] != [checks.RANDOM]:
        raise Invalid(["近亲属、投诉举报案件必须核查，不能替换"])
    if code not in SUBSTITUTES:
        raise Invalid(["请选择替换原因"])
    _need(reason, "请写明不能入户的具体情况")
    note = entry(actor, REPLACED, text=SUBSTITUTES[code], reason=reason.strip()[:300], draw=f"{_first(row)['_id']}:{row['number']}")
    changes = {"state": checks.SUBSTITUTED, "stage": checks.NOTHING, "due": None, "owner": "", "reason": code, "replaced_by": None}
    return _replace(checks.change(row, changes, note))


def sweep() -> int:
    """Draw for the checks that gave way and whose replacement was left half-way; return how many."""
    year = dates.today().year
    query = {"year": {"$in": [year - 1, year]}, "state": checks.SUBSTITUTED, "replaced_by": None}
    with system("replacements of drawn households"):
        return sweeping.each(database.raw(checks.COLLECTION).find(query, hint="state"), _replace)


def _replace(row):
    """Draw one more of the stratum, make its check, and note it last: until then the sweep comes back. Safe to repeat."""
    note = next(line for line in reversed(row["history"]) if line["what"] == REPLACED)
    draw = rounds.replace(_first(row), row["number"])
    rounds.store_checks(draw, {**rounds.get(row["round"]), "on": dates.today().isoformat(), "by": note["by"], "by_name": note["by_name"]})
    found = {"replaced_by": draw["picked"][0] if draw["picked"] else ""}
    database.raw(checks.COLLECTION).update_one({"_id": row["_id"]}, {"$set": found})
    return {**row, **found}


def _first(row):
    """Return the draw that picked a check."""
    key = f"{row['round']}:{row['origin']}:{row['type']}"
    first = next((draw for draw in rounds.draws_of(row["round"]) if draw["_id"] == key), None)
    if first is None:
        raise NotFound
    return first


def _mine(check_id, actor, rev, *states):
    if not actor.has(*COUNTY):
        raise NotFound
    row = checks.get(check_id, actor)
    recusal.refuse_cases(actor, [row["case"]])
    if row["state"] not in states:
        raise Forbidden(f"这件核查的状态为“{checks.STATES[row['state']].label}”，现在不能这样办理")
    return {**row, "rev": rev}


def _case(row):
    return database.raw("cases").find_one({"_id": row["case"]})


def _not_visitor(row, actor):
    if actor.id in row["visited_by"]:
        raise Forbidden("核查结果由未参加核查的人员审定")


def _need(text, sentence):
    if len(text.strip()) < 2:
        raise Invalid([sentence])

