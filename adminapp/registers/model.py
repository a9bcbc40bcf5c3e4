"""What registers there are (schemas/registers.yaml): where each is fed from, which columns it has, who reads it."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from adminapp import policy
from adminapp.errors import NotFound, SetupError
from adminapp.registers import codes
from adminapp.registers.entry import EntryPlan
from adminapp.registers.entry import read as read_entry
from adminapp.scope import Actor
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "registers.yaml"
DAY, MONTH, YEAR, MOMENT = "day", "month", "year", "moment"
SPANS = (DAY, MONTH, YEAR, MOMENT)
KINDS = ("text", "day", "month", "moment", "money", "number", "count", "yes_no", "township", "village", "type", "code", "id_number", "phone", "person_name")
NUMBERS = ("money", "number", "count")
LINKS = ("", "case", "award", "recovery", "check", "filing", "dossier", "lead", "deadline", "objection", "complaint", "entry")
READERS = {"township": policy.TOWNSHIP, "county": policy.COUNTY, "auditor": {policy.AUDITOR}, "finance": {policy.FINANCE}}
COLUMN_KEYS = ("key", "label", "path", "kind", "codes", "filter", "total", "sealed", "disclosure", "under")
KEYS = ("key", "label", "group", "hint", "clause", "collection", "each", "where", "when", "as", "roles", "shown", "link", "entry", "columns")


@dataclass(frozen=True)
class Column:
    """One column. `disclosure` is that of its kind unless said; `sealed` is what an ID number is sealed for.

    `under` is the column below which it is written on screen; a workbook has all side by side.
    """

    key: str
    label: str
    path: str
    kind: str = "text"
    codes: str = ""
    filter: bool = False
    total: bool = False
    sealed: str = ""
    disclosure: str = ""
    under: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def labels(self, types: dict) -> dict[str, str]:
        """Return {code: label}: those of the entry's own choice, or of the table it names."""
        return dict(self.options) or codes.labels_of(self.codes, types)

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Register:
    """One register. `where` is {path: values}, any of them; `each` the list whose elements are rows, "" for whole documents."""

    key: str
    label: str
    group: str
    hint: str
    collection: str
    when: str
    columns: tuple[Column, ...]
    clause: str = ""
    each: str = ""
    where: dict[str, tuple] = field(default_factory=dict)
    span: str = DAY
    roles: frozenset[str] = frozenset()
    shown: str = ""
    link: str = ""
    entry: EntryPlan | None = None
    """What is asked for a row, of a register that is filled in by hand."""

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    @property
    def screen(self) -> list[tuple[Column, list[Column]]]:
        """Return the columns as a screen shows them: (column, those under it)."""
        return [(column, [each for each in self.columns if each.under == column.key]) for column in self.columns if not column.under]

    @property
    def filters(self) -> list[Column]:
        return [column for column in self.columns if column.filter]

    @property
    def totals(self) -> list[Column]:
        return [column for column in self.columns if column.total]

    @property
    def money(self) -> bool:
        """Tell whether finance reads it, which reaches payments of the whole county and no case."""
        return policy.FINANCE in self.roles


@cache
def registers() -> dict[str, Register]:
    """Return {key: register} in the order of the file, read at first use."""
    return {item.key: item for item in read_file(FILE)}


def readable(actor: Actor) -> list[Register]:
    """Return the registers that the person may open."""
    return [item for item in registers().values() if actor.has(*item.roles)]


def get(key: str, actor: Actor) -> Register:
    """Return a register the person may open. Raise NotFound."""
    found = registers().get(key)
    if found is None or not actor.has(*found.roles):
        raise NotFound
    return found


def read_file(path: Path) -> list[Register]:
    """Return the registers of a file. Raise SetupError naming every problem with its path, what was found and what is known."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"台账文件 {path} 不能读取：{error}") from error
    problems: list[str] = []
    items = data.get("registers") if isinstance(data, dict) else None
    if not isinstance(items, list) or not items:
        problems.append("registers：要有至少一本台账")
    found = [_register(item, f"registers[{number}]", problems) for number, item in enumerate(items or ())]
    keys = [item.key for item in found if item]
    problems += [f"registers：“{key}”写了两次" for key in sorted({key for key in keys if keys.count(key) > 1})]
    marks = [item.entry.mark for item in found if item and item.entry]
    problems += [f"registers：编号开头“{mark}”用了两次" for mark in sorted({mark for mark in marks if marks.count(mark) > 1})]
    if problems:
        raise SetupError(f"台账文件 {path} 有误：\n" + "\n".join(problems))
    return found


def _register(item, path, problems):
    if not isinstance(item, dict) or not all(item.get(name) for name in ("key", "label", "group", "collection", "when", "columns")):
        problems.append(f"{path}：要有 key、label、group、collection、when 和 columns")
        return None
    _known(item, KEYS, path, problems)
    where = item.get("where") or {}
    if not isinstance(where, dict):
        problems.append(f"{path}.where：要写成 路径: 值")
        where = {}
    named = [str(name) for name in item.get("roles") or ("township", "county", "auditor")]
    _among(named, READERS, f"{path}.roles", problems)
    _among([item.get("as", DAY)], SPANS, f"{path}.as", problems)
    _among([item.get("link", "")], LINKS, f"{path}.link", problems)
    plan = read_entry(item["entry"], f"{path}.entry", problems) if item.get("entry") else None
    columns = [_column(each, f"{path}.columns[{number}]", problems, plan) for number, each in enumerate(item["columns"])]
    keys = [column.key for column in columns if column]
    problems += [f"{path}.columns：要有一栏的 key 是 {name}，按它查找" for name in ("number", "name") if name not in keys]
    problems += [f"{path}.columns：“{key}”写了两次" for key in sorted({key for key in keys if keys.count(key) > 1})]
    for column in filter(None, columns):
        _among([column.under] if column.under else [], [key for key in keys if key != column.key], f"{path}.columns.{column.key}.under", problems)
    texts = {name: str(item.get(name) or "") for name in ("key", "label", "group", "hint", "clause", "collection", "each", "when", "shown", "link")}
    return Register(
        **texts, columns=tuple(columns), entry=plan, span=item.get("as", DAY), roles=frozenset().union(*(READERS.get(name, ()) for name in named)),
        where={str(name): tuple(value) if isinstance(value, list) else (value,) for name, value in where.items()},
    )  # fmt: skip


def _column(item, path, problems, plan=None):
    if not isinstance(item, dict) or not all(item.get(name) for name in ("key", "label", "path")):
        problems.append(f"{path}：要有 key、label 和 path")
        return None
    _known(item, COLUMN_KEYS, path, problems)
    kind = item.get("kind", "text")
    _among([kind], KINDS, f"{path}.kind", problems)
    asked = plan.field(item["path"].removeprefix("data.")) if plan else None
    options = tuple((option.code, option.label) for option in asked.options) if asked and kind == "code" and "codes" not in item else ()
    if kind == "code" and not options:
        _among([item.get("codes", "")], codes.TABLES, f"{path}.codes", problems)
    if item.get("filter") and kind != "code":
        problems.append(f"{path}.filter：只有代码栏可以筛选")
    if item.get("total") and kind not in NUMBERS:
        problems.append(f"{path}.total：只有数字和金额可以合计")
    return Column(**{name: item[name] for name in COLUMN_KEYS if name in item}, options=options)


def _known(item, keys, path, problems):
    problems += [f"{path}.{name}：不认识{nearest(name, keys)}" for name in item if name not in keys]


def _among(values, known, path, problems):
    problems += [f"{path}：没有“{value}”{nearest(value, known)}" for value in values if value not in known]
