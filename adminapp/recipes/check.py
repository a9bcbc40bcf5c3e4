"""Proves a recipe against the versions it leads between, before it is shown or run."""

from collections.abc import Iterator

from adminapp.declaration.checks import names_of
from adminapp.declaration.problems import Problem
from adminapp.fields import KINDS
from adminapp.formula import FormulaError, check_types, parse
from adminapp.recipes.model import STAY, WHICH, Recipe
from adminapp.recipes.states import reachable, stranded
from adminapp.words import nearest
from adminapp.workflow.machine import STATES


def check(recipe: Recipe, olds: list, new, standards: dict[str, str], standing: dict[str, int]) -> list[Problem]:
    """Return all problems. `olds` are the types of the versions cases come from, `standing` the number of cases by state."""
    if recipe.which not in WHICH:
        return [Problem("which", f"不认识“{recipe.which}”{nearest(recipe.which, WHICH)}")]
    problems = [problem for index, turn in enumerate(recipe.turns) for problem in _turn(turn, f"turns[{index}]", olds, new, standards)]
    targets = [turn.to for turn in recipe.turns]
    problems += [Problem("turns", f"“{name}”写了两次") for name in sorted({name for name in targets if targets.count(name) > 1})]
    return problems + list(_states(recipe, new, standing))


def _turn(turn, path, olds, new, standards) -> Iterator[Problem]:
    target = _find(new, turn.to)
    if target is None:
        yield Problem(f"{path}.to", f"新版本没有字段“{turn.to}”{nearest(turn.to, new.fields)}")
        return
    if not KINDS[target.kind].stored or target.kind in ("computed", "table"):
        yield Problem(f"{path}.to", f"“{target.label}”不能由转换得到")
    if bool(turn.formula) == bool(turn.map):
        yield Problem(path, "写一个公式，或者写一张代码对照表")
        return
    for old in olds:
        if _find(old, turn.to) is not None:
            yield Problem(f"{path}.to", f"原版本已有字段“{turn.to}”，它的内容原样保留；只能转换到新字段")
            continue
        missing = [name for name in turn.sources if _find(old, name) is None]
        for name in missing:
            yield Problem(f"{path}.from", f"原版本没有字段“{name}”{nearest(name, old.fields)}")
        if not missing:
            yield from _map(turn, path, old, target) if turn.map else _formula(turn, path, old, target, standards)


def _find(relief_type, name):
    table, _, column = name.rpartition(".")
    if not table:
        return relief_type.fields.get(name)
    field = relief_type.fields.get(table)
    return field.column_ids.get(column) if field else None


def _map(turn, path, old, target):
    if len(turn.sources) != 1:
        yield Problem(f"{path}.from", "代码对照表要写明一个原字段")
        return
    known = dict(KINDS[(source := _find(old, turn.sources[0])).kind].filter_choices(source))
    wanted = dict(KINDS[target.kind].filter_choices(target))
    if not known or not wanted:
        yield Problem(path, "代码对照表只用于单选、多选和是否；其他内容请写公式")
        return
    for code, other in turn.map.items():
        if str(code) not in known:
            yield Problem(f"{path}.map", f"“{source.label}”没有选项“{code}”{nearest(str(code), known)}")
        if other and str(other) not in wanted:
            yield Problem(f"{path}.map", f"“{target.label}”没有选项“{other}”{nearest(str(other), wanted)}")


def _formula(turn, path, old, target, standards):
    names, table = dict(names_of(old)), turn.to.rpartition(".")[0]
    if table:
        names |= names_of(old)[table].columns
    expect = KINDS[target.kind].formula_type
    try:
        check_types(parse(turn.formula), names, standards, expect)
    except FormulaError as error:
        yield Problem(f"{path}.formula", str(error))


def _states(recipe, new, standing):
    where = reachable(new)
    for state, to in recipe.states.items():
        if state not in STATES:
            yield Problem(f"states.{state}", f"没有状态“{state}”{nearest(state, STATES)}")
        elif to != STAY and to not in where:
            yield Problem(f"states.{state}", f"不能转到“{to}”{nearest(str(to), where)}")
    for state in stranded(new):
        if standing.get(state) and state not in recipe.states and recipe.which in ("open", "all"):
            yield Problem(f"states.{state}", f"{standing[state]} 件在“{STATES[state].label}”，新版本没有这一步，要写明转到哪里")
