"""Warnings about how a case was handled: late, decided without what the procedure asks, decided otherwise than computed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from adminapp import database, procedure
from adminapp.cases import values_of
from adminapp.money import format_yuan
from adminapp.related.kinship import kinship
from adminapp.supervision import checks
from adminapp.warnings.rules import Finding, Rule, register
from adminapp.workflow.actions.spotcheck import GRANTED
from adminapp.workflow.machine import STATES
from adminapp.worklist.cases import nearest

WINDOW = "warning.window"
"""Figure of the procedure: decisions of how many days are looked at."""
ABOUT = dict.fromkeys(("number", "name", "type", "township", "village", "state"), 1)
VISIT, POSTING, POSTED = "visit", "posting", "posting_result"


def moment(day: date) -> datetime:
    """Return a day as a case stores it."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def decided(today: date) -> dict:
    """Return the filter of what was decided within the window; the index `decided` carries it."""
    return {"decided_on": {"$gte": moment(today - timedelta(days=procedure.value(WINDOW, today) or 0))}}


def late_steps(engine, today: date) -> Iterator[Finding]:
    """Cases whose nearest clock has run out."""
    query = {"state": {"$in": [key for key, state in STATES.items() if state.open]}, "due": {"$lt": moment(today)}}
    for case in database.raw("cases").find(query, ABOUT | {"clocks": 1, "due": 1}, hint="work"):
        clock, due = nearest(case.get("clocks") or ()), case["due"].date().isoformat()
        label = clock["label"] if clock else STATES[case["state"]].label
        yield Finding(str(case["_id"]), case, f"“{label}”应于 {due} 前办结，现为“{STATES[case['state']].label}”", (label, due))


def unvisited(engine, today: date) -> Iterator[Finding]:
    """Awards granted without the visit that their type asks for (57号 第十六条)."""
    types = [key for key, published in engine.registry.latest().items() if "survey" in published.relief_type.step_by_name]
    query = {**decided(today), "type": {"$in": types}, "state": {"$in": list(GRANTED)}, "records.kind": {"$ne": VISIT}}
    for row in database.raw("cases").find(query, hint="decided"):
        if _asked(engine, row, "survey"):
            yield Finding(str(row["_id"]), row, f"{row['decided_on'].date()} 确认，没有入户调查记录", (str(row["decided_on"].date()),))


def _asked(engine, row, step):
    """Tell whether the type asks the step of this case, by its conditions on the day of the decision."""
    published = engine.registry.get(row["type"], row["schema_version"])
    declared = published.relief_type.step_by_name.get(step)
    if declared is None:
        return False
    if not declared.when and not declared.unless:
        return True
    case = published.model._from_son(row)
    values = values_of(case, published.relief_type, standards=engine.standards, on=row["decided_on"].date())
    return values.holds(declared.when) and not values.holds(declared.unless, default=False)


def short_postings(engine, today: date) -> Iterator[Finding]:
    """Postings that were taken down, or cases that were decided, before the declared days had passed (57号 第十九条)."""
    fields = ABOUT | {"records": 1, "decided_on": 1, "schema_version": 1}
    for case in database.raw("cases").find({**decided(today), "records.kind": POSTING}, fields, hint="decided"):
        last = {record["kind"]: record["data"] for record in case["records"] if record["kind"] in (POSTING, POSTED)}
        end, down = _day(last[POSTING].get("end")), _day(last.get(POSTED, {}).get("taken_down"))
        first = min(filter(None, (down, case["decided_on"].date().isoformat())))
        if end and first <= end:
            yield Finding(str(case["_id"]), case, f"公示应到 {end} 结束，{first} 已{'撤下' if first == down else '确认'}", (end, first))


def adjusted(engine, today: date) -> Iterator[Finding]:
    """Amounts that were confirmed otherwise than the rules of the type give."""
    query = {**decided(today), "decision.computed": {"$exists": True}}
    fields = ABOUT | {"decision.computed": 1, "decision.amount": 1, "decision.adjusted_by": 1}
    for case in database.raw("cases").find(query, fields, hint="decided"):
        told = case["decision"]
        if told["computed"] != told["amount"]:
            text = f"按规则计算 {format_yuan(told['computed'])} 元，{told.get('adjusted_by') or ''}确认 {format_yuan(told['amount'])} 元"
            yield Finding(str(case["_id"]), case, text, (told["computed"], told["amount"]))


def filed_late(engine, today: date) -> Iterator[Finding]:
    """Awards of relatives who were filed only after they had applied (县方案 五(二)1)."""
    fields = ABOUT | {"relations": 1, "applied_on": 1}
    query = {"flags": "relative", "state": {"$in": list(GRANTED)}}
    for case in database.raw("cases").find(query, fields, hint="flags"):
        applied = case["applied_on"].date().isoformat() if case.get("applied_on") else ""
        late = [item for item in case.get("relations") or () if applied and item["on"] > applied]
        if late:
            item = late[0]
            who = f"{item['unit']} {item['name']}的{kinship().label(item['relation'])}"
            yield Finding(str(case["_id"]), case, f"{who}，{applied} 申请，{item['on']} 才备案", (applied, item["on"], item["name"]))


def kept_cards(engine, today: date) -> Iterator[Finding]:
    """Cards that an official keeps without an agreement, as the county found at a visit."""
    for row in database.raw(checks.COLLECTION).find({"card_kept": True, "state": {"$ne": checks.CLOSED}}, hint="card_kept"):
        case = {**row, "_id": row["case"]}
        link = ("supervision.show", {"check_id": row["_id"]})
        yield Finding(row["_id"], case, f"{row['visited_on']} 入户：银行卡由村干部或工作人员代持，没有书面协议", (row["visited_on"],), link)


def _day(value):
    return value.date().isoformat() if isinstance(value, datetime) else str(value)[:10] if value else ""


register(Rule("late_step", "环节超期", "催办，超期办结的要写明原因", late_steps, "县方案 四(二)", every=timedelta(minutes=10)))
register(Rule("unvisited", "未入户调查即确认", "补做入户调查；不符合条件的按程序终止", unvisited, "民发〔2021〕57号 第十六条"))
register(Rule("short_posting", "公示不足规定天数", "重新公示，并说明原因", short_postings, "民发〔2021〕57号 第十九条"))
register(Rule("adjusted", "金额与计算不符", "核对调整理由和依据", adjusted, tone="wait"))
register(Rule("filed_late", "近亲属未及时备案", "县级入户核查，并提醒备案人", filed_late, "县方案 五(二)1"))
register(Rule("card_kept", "干部代持银行卡", "收回代持的银行卡，或者签订书面协议并报县备案", kept_cards, "县方案 七(二)"))
