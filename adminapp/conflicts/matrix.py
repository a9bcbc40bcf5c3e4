"""The matrix of programmes (待遇叠加规则): whether one may be paid beside another on a day, as dated data with its source."""

from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from adminapp.declaration.problems import Problem
from adminapp.errors import SetupError
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "conflicts.yaml"
ALLOWED, NO, CHOOSE, REQUIRES, TOPUP = "allowed", "no", "choose", "requires", "topup"
RULES = {ALLOWED: "可以同时享受", NO: "不能同时享受", CHOOSE: "只能选择一项", REQUIRES: "以对方为前提", TOPUP: "按补差享受"}
KEYS = {"of", "with", "both", "rule", "who", "from", "to", "say", "do", "clause"}


@dataclass(frozen=True)
class Rule:
    """How an award of programme `of` stands beside one of `beside`, from `start` to `end` (None: still)."""

    of: str
    beside: str
    rule: str
    start: date
    end: date | None = None
    who: str = "person"
    say: str = ""
    do: str = ""
    clause: str = ""

    def holds(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on <= self.end)


class Matrix:
    """All rules of the county, immutable."""

    def __init__(self, rules):
        self._rules: dict[tuple[str, str], list[Rule]] = {}
        for rule in rules:
            self._rules.setdefault((rule.of, rule.beside), []).append(rule)

    def rule(self, of: str, beside: str, on: date) -> Rule | None:
        """Return the rule of a day, None where the matrix says nothing."""
        return next((rule for rule in self._rules.get((of, beside), ()) if rule.holds(on)), None)

    def of(self, programme: str, on: date) -> list[Rule]:
        """Return the rules by which an award of a programme is judged on a day."""
        return [rule for rules in self._rules.values() for rule in rules if rule.of == programme and rule.holds(on)]

    def __iter__(self):
        return (rule for rules in self._rules.values() for rule in rules)


@cache
def matrix() -> Matrix:
    """Return the county's matrix, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> Matrix:
    """Return the matrix of a file. Raise SetupError with every problem, each with its path."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"待遇叠加规则 {path} 不能读取：{error}") from error
    problems, rules = [], []
    rows = data.get("pairs") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not rows:
        problems.append(Problem("pairs", "至少写一行规则"))
    for index, row in enumerate(rows or ()):
        rules += _read_row(row, f"pairs[{index}]", problems)
    _check_overlaps(rules, problems)
    if problems:
        raise SetupError(f"待遇叠加规则 {path} 有误：\n" + "\n".join(map(str, problems)))
    return Matrix(rules)


def _read_row(row, path, problems):
    if not isinstance(row, dict) or not {"of", "with", "rule", "from", "clause"} <= set(row):
        problems.append(Problem(path, "要有 of、with、rule、from、clause"))
        return []
    found = len(problems)
    problems += [Problem(f"{path}.{key}", f"不认识“{key}”{nearest(key, KEYS)}") for key in row if key not in KEYS]
    if row["rule"] not in RULES:
        problems.append(Problem(f"{path}.rule", f"没有规则“{row['rule']}”{nearest(str(row['rule']), RULES)}"))
    elif row["rule"] != ALLOWED and not (row.get("say") and row.get("do")):
        problems.append(Problem(path, "不能叠加或有条件的，要写明理由 say 和怎么办 do"))
    for key in ("from", "to"):
        if type(row.get(key)) is not date and (key == "from" or row.get(key) is not None):
            problems.append(Problem(f"{path}.{key}", "要写日期，如 2026-07-01"))
    if row.get("who", "person") not in ("person", "household"):
        problems.append(Problem(f"{path}.who", f"“{row['who']}”不在可用值中{nearest(str(row['who']), ('person', 'household'))}"))
    if row.get("both") and row["rule"] in (REQUIRES, TOPUP):
        problems.append(Problem(f"{path}.both", "前提和补差有方向，不能写 both"))
    if len(problems) > found:
        return []
    known = {field.name for field in fields(Rule)}
    more = {key: value for key, value in row.items() if key in known and key != "of"}
    pairs = [(row["of"], row["with"])]
    if row.get("both") and row["of"] != row["with"]:
        pairs.append((row["with"], row["of"]))
    return [Rule(of=of, beside=beside, start=row["from"], end=row.get("to"), **more) for of, beside in pairs]


def _check_overlaps(rules, problems):
    seen: dict[tuple[str, str], list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.start):
        before = seen.setdefault((rule.of, rule.beside), [])
        if before and (before[-1].end is None or before[-1].end >= rule.start):
            problems.append(Problem("pairs", f"{rule.of} 对 {rule.beside} 在 {rule.start} 有两条规则，请给前一条写上 to"))
        before.append(rule)
