"""What becomes of the cases that stand under earlier versions: which of them move, how new fields get their values, a preview."""

import re

from flask import request
from flask_babel import gettext as _

from adminapp import dates
from adminapp import engine as engines
from adminapp.declaration import DeclarationError, read_text
from adminapp.declaration.lexicons import reading_lexicon
from adminapp.declaration.writer import to_mapping
from adminapp.errors import Invalid, NotFound
from adminapp.fields import KINDS
from adminapp.formula import FormulaError
from adminapp.formula.reading import understand
from adminapp.formula.written import write
from adminapp.recipes import preview
from adminapp.recipes import store as recipes
from adminapp.recipes.check import check
from adminapp.recipes.model import STAY, WHICH
from adminapp.recipes.states import reachable, stranded
from adminapp.releases import flow
from adminapp.workflow.machine import STATES
from views.asked import rev_of
from views.simulations.cases import sees_cases
from views.simulations.texts import masked

STOP, KEEP = "!", "="
"""What a code is turned into besides another code: nothing, stopping the case; itself."""
NOT_MADE = {"computed", "note", "attachment", "table"}
READERS = {"money": "to_money", "number": "to_number", "date": "to_date", "text": "to_text"}
"""Function that reads a text as a type, by the type of the new field."""


def page(row: dict, engine, typed=None, problem=None) -> dict:
    """Return ``{moving: [part]}``, a part for each type of the release that has cases or earlier versions."""
    parts = [_part(row, item, engine, typed) for item in row["items"] if item["kind"] == "type" and item["base"]]
    return {"moving": parts, "which": [(key, _(label)) for key, label in WHICH.items()], "problems": _said(problem)}


def _said(problem):
    return [str(each) for each in problem.problems] if problem else []


def _part(row, item, engine, typed):
    recipe = recipes.read(item["recipe"])
    shown = {"key": item["key"], "title": item["title"], "which": recipe.which, "problem": "", "targets": [], "states": [], "preview": None, "problems": []}
    shown["standing"] = _standing(item["key"])
    try:
        new, old = read_text(item["text"] or "", item["title"]), engine.registry.get(item["key"], item["base"]).relief_type
    except (DeclarationError, Invalid, NotFound):
        return shown | {"problem": _("草稿改好以后才能写明怎样转入。")}
    versions = preview.versions_in_use(item["key"])
    counts = preview.standing(item["key"], versions)
    olds = [engine.registry.get(item["key"], version).relief_type for version in versions] or [old]
    found = check(recipe, olds, new, engine.standards.types(), counts) if recipe.which != "none" else []
    problems = [_told(each, recipe, new) for each in found]
    shown |= {"targets": _targets(recipe, old, new, engine), "states": _states(recipe, new, counts), "problems": problems}
    if typed:
        shown = _as_typed(shown, typed)
    if request.args.get("preview") == item["key"] and recipe.which != "none" and not problems:
        published = [engine.registry.get(item["key"], version) for version in versions]
        shown["preview"] = _masked(preview.run(recipe, published, new, engine, dates.today()))
    return shown


def _told(problem, recipe, new):
    """Return a problem of a recipe with the label of the field it is about, in place of its path."""
    turn = re.match(r"turns\[(\d+)\]", problem.path)
    if not turn:
        return problem.text
    table, _dot, name = recipe.turns[int(turn[1])].to.rpartition(".")
    fields = new.fields[table].column_ids if table in new.fields else new.fields
    return f"“{fields[name].label}”：{problem.text}" if name in fields else problem.text


def _masked(report):
    """Leave out the serial of case numbers for those who may read no case."""
    if sees_cases():
        return report
    return report | {"problems": [each | {"number": masked(each["number"])} for each in report["problems"]]}


def _standing(key):
    found = []
    for version in preview.versions_in_use(key):
        for state, count in sorted(preview.standing(key, [version]).items(), key=lambda pair: list(STATES).index(pair[0])):
            if STATES[state].open or STATES[state].on_roll:
                found.append({"version": version, "state": _(STATES[state].label), "count": f"{count:,}"})
    return found


def _states(recipe, new, counts):
    where = reachable(new)
    choices = [(STAY, _("留在原版本办完")), *((key, _("转到“%(state)s”", state=_(label))) for key, label in where.items())]
    return [
        {"state": state, "label": _(STATES[state].label), "count": counts.get(state, 0), "chosen": recipe.states.get(state, ""), "choices": choices}
        for state in stranded(new) if counts.get(state)
    ]  # fmt: skip


# New fields


def new_fields(old, new):
    """Yield (name, field, old fields it may come from by name) of every field and column that the old version does not have."""
    plain = {field.id: field for field in old.fields.values() if field.kind not in NOT_MADE}
    for field in new.live_fields.values():
        if field.id not in old.fields and field.kind not in NOT_MADE:
            yield field.id, field, plain
        for column in field.fields if field.id in old.fields else ():
            columns = old.fields[field.id].column_ids
            if column.id not in columns and not column.retired and column.kind not in NOT_MADE:
                yield f"{field.id}.{column.id}", column, {f"{field.id}.{key}": each for key, each in columns.items()} | plain


def _targets(recipe, old, new, engine):
    turns = {turn.to: turn for turn in recipe.turns}
    words = reading_lexicon(old, engine.standards)
    return [_target(name, field, sources, turns.get(name), words) for name, field, sources in new_fields(old, new)]


def _target(name, field, sources, turn, words):
    source = turn.sources[0] if turn and turn.sources else ""
    options = _options(field)
    codes = _options(sources[source]) if source in sources and options else []
    return {
        "name": name, "label": field.label, "kind": KINDS[field.kind].title, "source": source,
        "sources": [(key, each.label) for key, each in sources.items()],
        "formula": write(turn.formula, words) if turn and turn.formula else "",
        "codes": [{"code": code, "label": label, "chosen": _chosen(turn, code, label, options)} for code, label in codes],
        "options": [(STOP, _("不能转换，留在原版本")), ("", _("空白")), *options],
    }  # fmt: skip


def _options(field):
    return [(str(code), str(label)) for code, label in KINDS[field.kind].filter_choices(field)]


def _chosen(turn, code, label, options):
    if code in turn.map:
        return str(turn.map[code] or "")
    return next((other for other, text in options if text == label), STOP) if not turn.map else STOP


def _as_typed(shown, typed):
    """Put what was typed back where it was refused."""
    targets = [
        target | {"formula": typed.get(f"formula:{shown['key']}:{target['name']}", target["formula"])} for target in shown["targets"]
    ]  # fmt: skip
    return shown | {"targets": targets, "which": typed.get(f"which:{shown['key']}", shown["which"])}


# What was filled in


def save(row: dict, form, actor) -> dict:
    """Store the recipes that were filled in. Raise Invalid with every problem, Conflict when the release was changed meanwhile."""
    engine, made, problems = engines.current(), {}, []
    for item in row["items"]:
        if item["kind"] != "type" or f"which:{item['key']}" not in form:
            continue
        new, old = read_text(item["text"] or "", item["title"]), engine.registry.get(item["key"], item["base"]).relief_type
        recipe, wrong = _recipe(item["key"], form, old, new, engine)
        problems += wrong
        made[item["key"]] = to_mapping(recipes.read(recipe))
    if problems:
        raise Invalid(problems)
    return flow.edit(row["_id"], rev_of(form.get("rev")), actor, recipes_by_key=made)


def _recipe(key, form, old, new, engine):
    turns, problems = [], []
    for name, field, sources in new_fields(old, new):
        turn, wrong = _turn(f"{key}:{name}", name, field, sources, form, old, engine)
        turns += [turn] if turn else []
        problems += wrong
    states = {state: chosen for state in stranded(new) if (chosen := form.get(f"state:{key}:{state}", ""))}
    which = form.get(f"which:{key}", "none")
    return {"which": which if which in WHICH else "none", "turns": turns, "states": states}, problems


def _turn(prefix, name, field, sources, form, old, engine):
    """Return (turn or None, problems). A source with options on both sides is mapped code by code, else a formula is written or suggested."""
    source, text = form.get(f"from:{prefix}", ""), form.get(f"formula:{prefix}", "").strip()
    source = source if source in sources else ""
    if source and _options(field) and _options(sources[source]):
        known = {code: form.get(f"map:{prefix}:{code}") for code, _label in _options(sources[source])}
        if all(chosen is None for chosen in known.values()):  # the source was just chosen: equal labels first
            known = {code: _chosen(_NoMap, code, label, _options(field)) for code, label in _options(sources[source])}
        turn = {"to": name, "from": [source], "map": {code: chosen for code, chosen in known.items() if chosen not in (None, STOP)}}
        return turn, []
    if text:
        try:
            stored = understand(text, reading_lexicon(old, engine.standards), KINDS[field.kind].formula_type).text
        except FormulaError as error:
            return None, [f"“{field.label}”：{error}"]
        return {"to": name, **({"from": [source]} if source else {}), "formula": stored}, []
    return ({"to": name, "from": [source], "formula": suggest(field, sources[source], source)}, []) if source else (None, [])


class _NoMap:
    map: dict = {}


def suggest(field, source, name: str) -> str:
    """Return the formula that most likely turns a field into another: itself, or read as the other's type."""
    name = name.rpartition(".")[2]
    wanted, given = KINDS[field.kind].formula_type, KINDS[source.kind].formula_type
    same = wanted == given and not _options(field)
    return name if same else f"{READERS.get(wanted, 'to_text')}({name})"
