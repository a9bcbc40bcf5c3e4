"""The tables of a month report, the same for screen, workbook and paper: labels, numbers, and which rows stand behind each."""

from dataclasses import dataclass, field, replace

from adminapp import divisions
from adminapp.reports import figures as sums_of
from adminapp.reports.figures import HOUSEHOLDS, NO_CLASS, PAID, PAID_YEAR, PERSONS
from adminapp.reports.plan import plan
from adminapp.reports.rows import CLOSING, GRANTED, MARKS, TRAITS

UNITS = {HOUSEHOLDS: "户", PERSONS: "人"}
FLOW = ("opening", "added", "stopped", "moved_in", "moved_out", "joined", "left", "closing", "suspended")
ONE_UNIT = {"joined": (PERSONS,), "left": (PERSONS,)}
"""Marks that count persons of households that stay."""


@dataclass(frozen=True)
class Column:
    """`name` is that of a figure; `money` figures are fen."""

    name: str
    label: str
    money: bool = False
    sign: bool = False


@dataclass(frozen=True)
class Row:
    """`where` narrows the rows behind the numbers: township, type, class."""

    label: str
    values: tuple[int, ...]
    where: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    hint: str = ""
    summed: bool = True

    @property
    def sums(self) -> tuple[int, ...]:
        """Return the sum of each column."""
        return tuple(sum(column) for column in zip(*(row.values for row in self.rows), strict=True)) if self.rows else ()


SELDOM = {f"{mark}_{unit}" for mark in ("moved_in", "moved_out", "joined", "left", "suspended") for unit in UNITS} | {"unknown"}
FLOW_COLUMNS = tuple(Column(f"{mark}_{unit}", f"{MARKS[mark]}({UNITS[unit]})") for mark in FLOW for unit in ONE_UNIT.get(mark, (HOUSEHOLDS, PERSONS)))
TRAIT_COLUMNS = tuple(Column(name, label) for name, label in TRAITS.items())
MONEY_COLUMNS = (
    Column("due", "本月应发", money=True), Column(PAID, "本月名册金额", money=True), Column(PAID_YEAR, "本年名册累计", money=True),
)  # fmt: skip
GRANT_COLUMNS = (Column(f"{GRANTED}_{HOUSEHOLDS}", "户次"), Column(f"{GRANTED}_{PERSONS}", "人次"), Column("due", "应发", money=True))
CLASS_COLUMNS = (Column(HOUSEHOLDS, "户(件)"), Column(PERSONS, "人"), Column("due", "本月应发", money=True))
FINANCE_COLUMNS = (
    Column(f"{CLOSING}_{HOUSEHOLDS}", "户数"), Column(f"{CLOSING}_{PERSONS}", "人数"), Column(PAID, "本月金额", money=True),
    Column("last", "上月金额", money=True), Column("change", "比上月", money=True, sign=True),
)  # fmt: skip
QUARTERLY = {
    "本月应发": "本季应发", "本月名册金额": "本季名册金额", "本月金额": "本季金额", "上月金额": "上季金额", "比上月": "比上季",
    "应发按享受期间计；名册金额按本月锁定的名册计，含补发和在途的，退汇的不计": "应发按享受期间计；名册金额按本季锁定的名册计，含补发和在途的，退汇的不计",
    "按本月锁定的名册；变动原因见发放名册的差异说明": "按本季锁定的名册；变动原因见发放名册的差异说明",
}  # fmt: skip
"""{text of a month: text of a quarter}"""


def of_month(found: dict, types: dict, before: dict | None = None, township: str = "") -> list[Table]:
    """Return the tables of {township: {type: figures}}. `types` are the published types, `before` the figures of the month before."""
    by_type = by_type_of(found, township)
    running = {key: each for key, each in by_type.items() if _cycle(types, key) != "once"}
    once = {key: each for key, each in by_type.items() if key not in running}
    tables = [_types("flow", "户数和人数", FLOW_COLUMNS, running, types, "期初＋新增＋迁入−停保−迁出＝期末；人数另加增员、减去减员")]
    if not township and len(found) > 1:
        tables.append(_places(found, types))
    tables.append(_types("money", "资金", MONEY_COLUMNS, by_type, types, "应发按享受期间计；名册金额按本月锁定的名册计，含补发和在途的，退汇的不计"))
    tables.append(_types("people", "人员构成", TRAIT_COLUMNS, by_type, types, _ages()))
    tables.append(_classes(by_type, types))
    if once:
        tables.append(_types("granted", "一次性救助", GRANT_COLUMNS, once, types))
    if before is not None:
        tables.append(_finance(by_type, by_type_of(before, township), types))
    return [table for table in tables if table.rows]


def quarterly(table: Table) -> Table:
    """Return a table of a quarter: what a month calls this month is this quarter."""
    hint = _ages(quarter=True) if table.hint == _ages() else QUARTERLY.get(table.hint, table.hint)
    columns = tuple(replace(column, label=QUARTERLY.get(column.label, column.label)) for column in table.columns)
    return replace(table, hint=hint, columns=columns)


def _ages(quarter=False):
    minor, elderly = plan().ages.minor, plan().ages.elderly
    if quarter:
        return f"按季末年龄；未满 {minor} 周岁为未成年人，满 {elderly} 周岁为老年人"
    return f"按月末年龄；未满 {minor} 周岁为未成年人，满 {elderly} 周岁为老年人"


def is_once(types: dict, key: str) -> bool:
    """Tell whether a type is granted once, so that every grant is counted for itself."""
    return _cycle(types, key) == "once"


def by_type_of(found: dict, township: str = "") -> dict[str, dict]:
    """Return {type: figures} over the townships, or of one."""
    chosen = [types for place, types in found.items() if not township or place == township]
    return {key: sums_of.join(types[key] for types in chosen if key in types) for key in sorted({key for types in chosen for key in types})}


def _cycle(types, key):
    return types[key].relief_type.payment.cycle if key in types else ""


def name_of(types: dict, key: str) -> str:
    return types[key].relief_type.name if key in types else key


def _values(columns, each):
    return tuple(each.get(column.name, 0) for column in columns)


def _ordered(by_type, types):
    return sorted(by_type.items(), key=lambda item: (types[item[0]].relief_type.code if item[0] in types else "", item[0]))


def _types(key, title, columns, by_type, types, hint=""):
    rows = [Row(name_of(types, each), _values(columns, values), {"type": each}) for each, values in _ordered(by_type, types)]
    return _without_blanks(Table(key, title, "救助类型", columns, tuple(row for row in rows if any(row.values)), hint))


def _places(found, types):
    rows = []
    for place in sorted(found):
        running = [each for key, each in found[place].items() if _cycle(types, key) != "once"]
        rows.append(Row(divisions.name_of(place), _values(FLOW_COLUMNS, sums_of.join(running)), {"township": place}))
    return _without_blanks(Table("places", "分乡镇", "乡镇", FLOW_COLUMNS, tuple(row for row in rows if any(row.values))))


def _without_blanks(table):
    """Leave out the columns of what seldom happens where nothing of it did."""
    kept = [number for number, column in enumerate(table.columns) if column.name not in SELDOM or any(row.values[number] for row in table.rows)]
    rows = tuple(replace(row, values=tuple(row.values[number] for number in kept)) for row in table.rows)
    return replace(table, columns=tuple(table.columns[number] for number in kept), rows=rows)


def _classes(by_type, types):
    rows = []
    for key, each in _ordered(by_type, types):
        labels = class_labels(types, key)
        for code in sorted(each["classes"], key=lambda code, labels=labels: (list(labels).index(code) if code in labels else len(labels), code)):
            label = labels.get(code, "未分类" if code == NO_CLASS else code)
            rows.append(Row(f"{name_of(types, key)} · {label}", _values(CLASS_COLUMNS, each["classes"][code]), {"type": key, "class": code}))
    return Table("classes", "分类别", "类型和类别", CLASS_COLUMNS, tuple(rows))


def class_labels(types: dict, key: str) -> dict[str, str]:
    """Return {code: label} of the choice by which cases of a type are told apart."""
    choice = plan().class_field(types[key].relief_type) if key in types else None
    return {option.code: option.label for option in choice.options} if choice else {}


def _finance(by_type, before, types):
    """Return the table that goes to finance: households, people, this month, the month before and the difference."""
    rows = []
    for key, each in _ordered(by_type | {key: sums_of.empty() for key in before if key not in by_type}, types):
        last = before.get(key, {}).get(PAID, 0)
        once = _cycle(types, key) == "once"
        people = [each[f"{GRANTED if once else CLOSING}_{unit}"] for unit in (HOUSEHOLDS, PERSONS)]
        rows.append(Row(name_of(types, key), (*people, each[PAID], last, each[PAID] - last), {"type": key}))
    return Table("finance", "报财政", "类别", FINANCE_COLUMNS, tuple(row for row in rows if any(row.values)), "按本月锁定的名册；变动原因见发放名册的差异说明")


def differences(found: dict, live: dict, types: dict, township: str = "") -> Table:
    """Return what a frozen month would be now, number by number, where it is another."""
    frozen, now = by_type_of(found, township), by_type_of(live, township)
    labels = {column.name: column.label for column in (*FLOW_COLUMNS, *TRAIT_COLUMNS, *MONEY_COLUMNS, *GRANT_COLUMNS[:2])}
    money = {column.name for column in MONEY_COLUMNS}
    rows = []
    for key in sorted(frozen.keys() | now.keys()):
        for name, delta in sums_of.differences(frozen.get(key, {}), now.get(key, {})).items():
            label, was = f"{name_of(types, key)} · {labels[name]}", frozen.get(key, {}).get(name, 0)
            rows.append(Row(label, (was, was + delta, delta), {"money": name in money}))
    columns = (Column("frozen", "冻结时"), Column("live", "现在"), Column("delta", "相差", sign=True))
    return Table("differences", "与现在的差异", "项目", columns, tuple(rows), "冻结后补办的变更不改报表，计入以后的月份或者补发", summed=False)
