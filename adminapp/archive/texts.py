"""What a file says in words: fields, tables, records and decisions as texts, masked for the reader like a printed form."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from adminapp import dates, disclosure
from adminapp.awards import spells
from adminapp.awards.entries import CAUSES
from adminapp.cases import values_of
from adminapp.declaration.lexicons import reading_lexicon
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.formula.written import write
from adminapp.money import ROUNDING_NAMES, format_yuan
from adminapp.workflow import deadlines
from adminapp.workflow.asked import asked
from adminapp.workflow.machine import ACTIONS, STATES

ANSWERS = {True: "是", False: "否"}


@dataclass(frozen=True)
class Table:
    """`columns` are headings, `right` the numbers of those set flush right, `rows` texts."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Block:
    """One heading with facts [(label, text)] and tables."""

    title: str
    note: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = field(default=())


def moment_text(at) -> str:
    """Return a moment as read in China, to the minute."""
    return dates.minute_text(at) if isinstance(at, datetime) else str(at or "")


def form_blocks(standing, standards, actor) -> list[Block]:
    """Return the sections of the application as they were filled."""
    case, relief_type = standing.case, standing.relief_type
    values = values_of(case, relief_type, standards=standards, on=standing.day)
    found = []
    for section in relief_type.sections:
        facts, tables = [], []
        for item in section.fields:
            if item.kind in ("note", "attachment") or not values.visible(item):
                continue
            value = getattr(case, item.stored, None)
            if item.fields:
                tables += _table(item, value or (), actor)
            elif text := disclosure.text(value, item, actor, disclosure.PRINT):
                label = f"{item.label}（{item.unit}）" if item.unit and item.kind == "money" else item.label
                facts.append((label, text))
        if facts or tables:
            found.append(Block(section.title, facts=tuple(facts), tables=tuple(tables)))
    return found


def record_block(record: dict, relief_type, title: str, actor) -> Block:
    """Return one stage record: who did it when, and what was entered."""
    facts, tables = [], []
    for item in asked(record["action"], relief_type).fields.values() if record.get("action") in ACTIONS else ():
        value = record["data"].get(item.id)
        if value in (None, "", []):
            continue
        if item.fields:
            tables += _table(item, value, actor)
        else:
            facts.append((item.label, _plain(value, item, actor)))
    if record.get("late"):
        facts.append(("超期原因", why_late(record)))
    if "end" in record["data"]:
        facts.append(("公示截止", str(record["data"]["end"])))
    behalf = f"（代{record['for_name']}办理）" if record.get("for_name") else ""
    return Block(title, f"{record['on']}　{record['by_name']}{behalf}", tuple(facts), tuple(tables))


def why_late(told: dict) -> str:
    """Return the reasons for being late that a record or an event tells."""
    clocks = "、".join(f"{item['label']}（{item['due']} 到期，超期 {item['days']} 天）" for item in told["late"])
    return f"{clocks}：{deadlines.CAUSES.get(told[deadlines.CODE], '系统办理')}。{told[deadlines.REASON]}"


def decision_block(decision: dict, relief_type, standards) -> Block:
    """Return a decision with every condition, term, figure and clause that led to its amount."""
    labels = {key: standards.standard(key).label for key in standards}
    words = reading_lexicon(relief_type, labels | {item["key"]: item["label"] for item in decision["standards"]})
    conditions = [
        (item["label"], " / ".join(filter(None, (item.get("left"), item.get("right")))), "符合" if item["passed"] else "不符合", item.get("clause") or "")
        for item in decision["conditions"]
    ]
    terms = [(term["label"], write(term["formula"], words), term["text"], term.get("clause") or "") for term in decision["terms"]]
    used = [(item["label"], _figure(item), item["from"], item.get("source") or "") for item in decision["standards"]]
    facts = [
        ("按哪天的规定", decision["on"]),
        ("结论", "符合条件" if decision["eligible"] else "不符合条件"),
        ("核定金额（元）", format_yuan(decision["amount"])),
        ("取整", f"{ROUNDING_NAMES[decision['rounding']]}，取整前 {decision['unrounded']} 元"),
        ("由谁确认", {"township": "乡镇人民政府", "county": "县民政局"}[decision["confirm_by"]]),
    ]
    if decision.get("adjust_reason"):
        facts.append(("调整金额的理由", decision["adjust_reason"]))
    tables = (
        Table("条件", ("条件", "取值", "结果", "依据"), tuple(conditions)),
        Table("金额", ("项目", "算法", "金额（元）", "依据"), tuple(terms), frozenset({2})),
        Table("所用标准", ("标准", "数值", "起", "依据"), tuple(used), frozenset({1})),
    )
    return Block("资格和金额", f"第 {decision['version']} 版规定", tuple(facts), tuple(table for table in tables if table.rows))


def _figure(entry):
    """Return a dated figure as people read it: yuan where it is money (fen)."""
    value = Fraction(entry["value"])
    if entry.get("money"):
        return f"{format_yuan(round(value))} 元"
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def award_block(award: dict) -> Block:
    """Return the spells of an award, oldest first."""
    rows = tuple(_spell(spell) for spell in award["spells"])
    return Block("享受期间", tables=(Table("按月应发", ("从", "到", "状态", "每月（元）", "人数", "缘由"), rows, frozenset({3, 4})),))


def _spell(spell):
    state = spells.STATES[spell.get("state", spells.ACTIVE)]
    return spell["from"], spell["to"] or "至今", state, format_yuan(spell["amount"]), str(spell.get("size") or ""), CAUSES.get(spell.get("cause"), "")


def log_block(log: list[dict]) -> Block:
    """Return every event with the digest that chains it to the one before."""
    table = Table("", ("序", "时间", "办理人", "事项", "办理后状态", "校验值"), tuple(_event(event) for event in log))
    return Block("办理日志", "每条记录的校验值（SM3 前 16 位）含前一条的校验值", tables=(table,))


def _event(event):
    after = STATES[event["to"]].label if event["to"] in STATES else event["to"]
    return str(event["seq"]), moment_text(event["at"]), event["actor_name"], event["label"], after, event["h"][:16]


def _table(item, rows, actor):
    columns = [column for column in item.fields if not column.retired]
    filled = [column for column in columns if any(_blankless(row, column) for row in rows)]
    if not rows or not filled:
        return []
    shown = tuple(tuple(_plain(read(row, column.id), column, actor) for column in filled) for row in rows)
    right = frozenset(number for number, column in enumerate(filled) if KINDS[column.kind].align == "right")
    return [Table(item.label, tuple(column.label for column in filled), shown, right)]


def _blankless(row, column):
    value = read(row, column.id)
    return bool(value) if isinstance(value, str) else bool(KINDS[column.kind].text(value, column))


def _plain(value, item, actor):
    """Return the text of a value: dates and months are kept as ISO text in records."""
    if isinstance(value, str) and item.kind in ("date", "month"):
        return value
    if isinstance(value, bool):
        return ANSWERS[value]
    return disclosure.text(value, item, actor, disclosure.PRINT)
