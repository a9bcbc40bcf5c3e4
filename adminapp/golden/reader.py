"""Reads golden cases and proves them against their type: every problem with its path, before anything is run."""

import re
from datetime import date
from pathlib import Path

from adminapp.declaration.checks import ENVELOPE, ID
from adminapp.declaration.model import ReliefType
from adminapp.declaration.problems import DeclarationError, Problem
from adminapp.declaration.reader import load_yaml, read_loosely
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.golden.model import Example, GoldenFile
from adminapp.identity import make_id
from adminapp.money import parse_yuan
from adminapp.words import nearest

FOLDER = Path(__file__).parents[2] / "schemas" / "golden"
AREA = "433123"
BORN = re.compile(r"(\d{4}-\d{2}-\d{2})(?: ?(男|女))?(?: ?(\d{1,2}))?")
MOST = 200
NOT_WRITTEN = ("computed", "note", "attachment")


def read_file(path: Path) -> GoldenFile:
    return read_text(Path(path).read_text("utf-8"), Path(path).name)


def read_text(text: str, source: str = "样例") -> GoldenFile:
    """Return the golden cases of a file; raise DeclarationError with all problems of shape."""
    found, problems = read_loosely(load_yaml(text, source), GoldenFile)
    if problems:
        raise DeclarationError(problems, source)
    return found


def check(golden: GoldenFile, relief_type: ReliefType) -> list[Problem]:
    """Return what cannot be meant: names the type does not have, values its fields refuse, an outcome that contradicts itself."""
    problems = [] if golden.key == relief_type.key else [Problem("key", f"样例属于“{golden.key}”，类型是“{relief_type.key}”")]
    if len(golden.cases) > MOST:
        problems.append(Problem("cases", f"有 {len(golden.cases)} 个样例，最多 {MOST} 个"))
    seen = set()
    for index, example in enumerate(golden.cases[:MOST]):
        path = f"cases[{index}]"
        if not ID.fullmatch(example.id):
            problems.append(Problem(f"{path}.id", f"“{example.id}”要以小写字母开头，只用小写字母、数字和 _"))
        if example.id in seen:
            problems.append(Problem(f"{path}.id", f"样例“{example.id}”写了两次"))
        seen.add(example.id)
        if not example.name.strip() or len(example.name) > 80:
            problems.append(Problem(f"{path}.name", "要有 1 到 80 个字"))
        problems += read_values(example, relief_type, path)[1]
        problems += read_facts(example, path)[1]
        problems += read_awards(example, path)[1]
        if example.adjusted:
            problems += _amount(example.adjusted, f"{path}.adjusted")
        problems += _expected(example, relief_type, f"{path}.expect")
    return problems


def read_values(example: Example, relief_type: ReliefType, path: str = "") -> tuple[dict, list[Problem]]:
    """Return (plain values by field id, problems)."""
    values, problems = {}, []
    for key, written in example.values.items():
        place = f"{path}.values.{key}"
        field = relief_type.fields.get(key)
        if field is None or field.kind in NOT_WRITTEN:
            why = f"没有字段“{key}”{nearest(key, relief_type.fields)}" if field is None else f"“{field.label}”不用填写"
            problems.append(Problem(place, why))
        elif field.fields:
            values[key] = _rows(field, written, place, problems)
        else:
            values[key] = _value(field, written, place, problems)
    return values, problems


def _rows(field, written, path, problems):
    if not isinstance(written, list) or not all(isinstance(row, dict) for row in written):
        problems.append(Problem(path, "明细表要写成若干行，每行是“列: 值”"))
        return []
    rows = []
    for index, row in enumerate(written):
        place, found = f"{path}[{index}]", {}
        for key, text in row.items():
            column = field.column_ids.get(key)
            if column is None:
                problems.append(Problem(f"{place}.{key}", f"“{field.label}”没有列“{key}”{nearest(key, field.column_ids)}"))
            else:
                found[key] = _value(column, text, f"{place}.{key}", problems)
        rows.append(found)
    return rows


def _value(field, written, path, problems):
    if isinstance(written, (dict, list)):
        problems.append(Problem(path, "这里要写一个值"))
        return None
    kind = KINDS[field.kind]
    try:
        text = written.isoformat() if isinstance(written, date) else str(written or "")
        born = BORN.fullmatch(text) if kind.tells_who == "number" else None
        return invented(born) if born else kind.parse(text, field)
    except (Invalid, ValueError) as error:
        problems.append(Problem(path, f"“{field.label}”：{error}"))
        return None


def invented(born) -> str:
    """Return the ID number of an invented person: odd numbers are men's."""
    day, sex, number = born.groups()
    return make_id(AREA, date.fromisoformat(day), 2 * int(number or 1) - (sex != "女"))


def read_facts(example: Example, path: str = "") -> tuple[dict, list[Problem]]:
    """Return (the names every case gives, problems); what is not stated is no, days are the day of the example."""
    facts = {name: example.on if known.type == "date" else False for name, known in ENVELOPE.items()}
    problems = []
    for name, written in example.facts.items():
        known, place = ENVELOPE.get(name), f"{path}.facts.{name}"
        if known is None:
            problems.append(Problem(place, f"没有“{name}”{nearest(name, ENVELOPE)}"))
        elif known.type == "date" and type(written) is date or known.type == "bool" and written in ("true", "false"):
            facts[name] = written if known.type == "date" else written == "true"
        else:
            problems.append(Problem(place, "要写日期，如 2026-07-01" if known.type == "date" else "要写 true 或 false"))
    return facts, problems


def read_awards(example: Example, path: str = "") -> tuple[dict[str, int], list[Problem]]:
    """Return (fen a month by programme, problems)."""
    amounts, problems = {}, []
    for programme, written in example.awards.items():
        try:
            amounts[programme] = parse_yuan(str(written))
        except Invalid as error:
            problems.append(Problem(f"{path}.awards.{programme}", str(error)))
    return amounts, problems


def _expected(example, relief_type, path):
    expect = example.expect
    conditions = {item.id for item in relief_type.eligibility}
    terms = {item.id for item in relief_type.amount.terms} | {"cap"}
    for name in expect.fails:
        if name not in conditions:
            yield Problem(f"{path}.fails", f"没有条件“{name}”{nearest(name, conditions)}")
    for name, written in expect.terms.items():
        if name not in terms:
            yield Problem(f"{path}.terms.{name}", f"没有金额项“{name}”{nearest(name, terms)}")
        yield from _amount(written, f"{path}.terms.{name}", signed=True)
    for name in expect.form:
        if name and name not in relief_type.fields:
            yield Problem(f"{path}.form", f"没有字段“{name}”{nearest(name, relief_type.fields)}")
    if expect.eligible and expect.fails:
        yield Problem(f"{path}.fails", "符合条件的样例不能有不符合的条件")
    if not expect.eligible and not expect.fails:
        yield Problem(f"{path}.fails", "不符合条件的样例要写明哪几项条件不符合")
    if expect.eligible and not expect.amount:
        yield Problem(f"{path}.amount", "符合条件的样例要写明金额（元）")
    if expect.amount:
        yield from _amount(expect.amount, f"{path}.amount")


def _amount(written, path, signed=False):
    try:
        parse_yuan(str(written).removeprefix("-") if signed else str(written))
    except Invalid as error:
        yield Problem(path, str(error))


def fen(written: str) -> int:
    """Return the fen of an amount that was checked; terms may be negative."""
    text = str(written)
    return -parse_yuan(text[1:]) if text.startswith("-") else parse_yuan(text)
