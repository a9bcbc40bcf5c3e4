"""算一算: the rules of a draft over one case, with every term: an invented example, a golden case, a real case, or what is typed.

Nothing is stored. The form is the real one, narrowed to what the decision reads; an ID number may be typed as a birth date.
"""

import re
from dataclasses import dataclass, field, replace

from flask import g
from flask_babel import gettext as _

from adminapp import awards, dates, drafts, golden, policy
from adminapp.cases import CaseValues, envelope_values, raw_values
from adminapp.compiler import compile_type
from adminapp.decision import decide
from adminapp.declaration.checks import ENVELOPE
from adminapp.declaration.narrowing import narrow
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.forms import Context, build_form
from adminapp.golden.reader import BORN, invented, read_awards, read_facts, read_values
from adminapp.golden.runner import StatedAwards
from adminapp.text import normalise
from views.cases.page import decision_values
from views.designer import preview

INVENTED, GOLDEN, CASE = "invented", "golden:", "case:"


@dataclass
class Basis:
    """What is decided on: a case document, the day, the facts of the envelope, the register of awards."""

    case: object
    on: object
    facts: dict
    register: object
    title: str = ""
    is_real: bool = False


@dataclass
class Trial:
    """What the page shows."""

    example: str
    asked: str
    """What the form asks for. What was typed into a form that asked for something else is not laid over the example."""
    examples: list[tuple[str, str]]
    basis: Basis
    form: object = None
    facts: list[tuple[str, str, bool]] = field(default_factory=list)
    programmes: list[tuple[str, str, bool]] = field(default_factory=list)
    decision: dict | None = None
    rules: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    broken: list[str] = field(default_factory=list)
    values: CaseValues | None = None
    """What was decided on, when it could be."""
    relief_type: object = None
    drafted: bool | None = None
    """Whether the draft of the standards is used in place of the table in force; None when there is no such draft."""


def may_read_cases() -> bool:
    return policy.permits("cases.details_view", g.actor.roles)


def try_out(scene, form) -> Trial:
    """Return the decision on an example with what was typed laid over it. `form` is empty at first."""
    engine = scene.engine
    whole = preview.showable(scene)
    narrowed = narrow(whole)
    examples = _golden(scene)
    known = [(INVENTED, _("虚构的示例")), *((f"{GOLDEN}{one.id}", one.name) for one in examples.values())]
    example, problem = form.get("example", ""), ""
    if example not in dict(known) and not example.startswith(CASE):
        example = INVENTED
    if number := normalise(form.get("number", ""), numbers=True).upper():
        example = f"{CASE}{number}"
    try:
        basis = _basis(example, narrowed, whole, examples, engine)
    except Invalid as error:
        problem, example = str(error), INVENTED
        basis = _basis(example, narrowed, whole, examples, engine)
    relief_type = narrowed.relief_type if basis.is_real else _in_the_clear(narrowed.relief_type)
    found = Trial(example, _asked(relief_type), known, basis)
    typed = form if form.get("was") == example else {}
    _lay_over(basis, narrowed, typed)
    if typed and typed.get("asked") != found.asked:
        typed = {"drafted": typed.get("drafted")}
    table, found.drafted = _standards(engine, typed)
    context = Context(table, basis.on, basis.register)
    values = _with_numbers(typed, relief_type) if "asked" in typed else None
    found.form = build_form(relief_type).bind(values, g.actor, context, basis.case)
    if values:
        found.form.validate()
    found.facts = [(name, ENVELOPE[name].label, basis.facts[name]) for name in narrowed.facts if ENVELOPE[name].type == "bool"]
    if not basis.is_real:
        held = basis.register.amounts
        found.programmes = [(key, scene.programmes.get(key, key), key in held) for key in narrowed.programmes]
    found.problem = problem or _decide(found, relief_type, context)
    found.rules = {one.id: scene.written(place, "rule") for one, place in _conditions(scene)}
    found.broken = _broken(scene)
    return found


def _asked(relief_type) -> str:
    return " ".join(sorted(f"{key}({','.join(one.column_ids)})" for key, one in relief_type.fields.items()))


def _standards(engine, typed):
    """Return the table of standards to decide by, and whether it is the draft's (None when there is no draft that could be)."""
    draft = drafts.open_for("standards", "standards")
    try:
        drafted = draft.sort.table(draft.mapping) if draft else None
    except Invalid:
        drafted = None
    if drafted is None:
        return engine.standards, None
    return (drafted, True) if typed.get("drafted") else (engine.standards, False)


def _golden(scene) -> dict:
    try:
        return {one.id: one for one in golden.read_text(scene.draft.golden).cases} if scene.draft.golden else {}
    except Invalid:
        return {}


def _basis(example, narrowed, whole, examples, engine) -> Basis:
    """Return what is decided on. Raise Invalid with a sentence."""
    if example.startswith(CASE):
        return _real(example.removeprefix(CASE), whole, engine)
    if found := examples.get(example.removeprefix(GOLDEN)):
        values, _problems = read_values(found, narrowed.relief_type)
        register = StatedAwards(dict(read_awards(found)[0]), found.household)
        return Basis(_case_of(values, narrowed.relief_type, engine), found.on, read_facts(found)[0], register, found.name)
    case = preview.demo_case(whole, engine)
    return Basis(case, dates.today(), envelope_values(case), StatedAwards({}), _("虚构的示例"))


def _real(number, whole, engine) -> Basis:
    published = engine.registry.latest().get(whole.key)
    found = published and may_read_cases() and published.model.objects(number=number).first()
    if not found:
        raise Invalid(_("没有找到这个受理编号的案件，或者您看不到它。"))
    today = dates.today()
    return Basis(found, today, envelope_values(found), awards.Register(found, today), found.number, True)


def _case_of(values, relief_type, engine):
    model = compile_type(relief_type, 0, engine.registry.base)
    case = preview.blank_case(model, relief_type)
    for key, value in values.items():
        declared = relief_type.fields[key]
        setattr(case, declared.stored, KINDS[declared.kind].assignable(value, declared, None, model))
    return case


def _in_the_clear(relief_type):
    """Invented people need no masks."""
    return replace(
        relief_type,
        sections=tuple(
            replace(section, fields=tuple(replace(one, disclosure="staff") for one in section.fields))
            for section in relief_type.sections
        ),
    )


def _lay_over(basis, narrowed, typed):
    """Take the day, the facts and the awards that were typed."""
    if not typed:
        return
    if re.fullmatch(r"\d{4}-\d\d-\d\d", typed.get("on", "")):
        basis.on = dates.parse_date(typed["on"])
        basis.facts |= {name: basis.on for name in narrowed.facts if ENVELOPE[name].type == "date"}
    basis.facts |= {name: name in typed.getlist("fact") for name in narrowed.facts if ENVELOPE[name].type == "bool"}
    if not basis.is_real:
        held = {key: basis.register.amounts.get(key, 0) for key in typed.getlist("held")}
        basis.register = StatedAwards(held, basis.register.household)


def _with_numbers(typed, relief_type):
    """Return what was typed with birth dates in place of ID numbers made into numbers."""
    if not typed:
        return None
    numbers = {one.stored for one in relief_type.fields.values() if KINDS[one.kind].tells_who == "number"}
    columns = {
        (one.stored, column.id) for one in relief_type.fields.values() for column in one.fields if KINDS[column.kind].tells_who == "number"
    }
    made = typed.copy()
    for name, value in typed.items():
        table, _dash, column = name.rpartition("-")
        is_number = name in numbers or (table.rpartition("-")[0], column) in columns
        if is_number and (born := BORN.fullmatch(value.strip())):
            try:
                made[name] = invented(born)
            except ValueError:
                continue
    return made


def _decide(found, relief_type, context) -> str:
    """Set the decision; return why there is none."""
    stored = raw_values(found.basis.case, relief_type)
    values = CaseValues(relief_type, {**stored, **found.form.typed()}, found.basis.facts, **context._asdict())
    try:
        found.decision = decision_values(decide(relief_type, 0, values), relief_type)
        found.values, found.relief_type = values, relief_type
    except (Invalid, ZeroDivisionError) as error:
        return _("算不出来：%(why)s", why=error)
    return ""


def _conditions(scene):
    for place in scene.places.values():
        if place.list_name == "eligibility":
            index = place.index
            yield scene.thing.eligibility[index], place


def _broken(scene) -> list[str]:
    """Return the names of conditions and parts of the amount that are left out because their formula is wrong or missing."""
    names = ("rule", "value", "when", "amount.total", "amount.cap")
    return [
        scene.title(scene.places[one.item]) or one.text
        for one in scene.problems
        if one.name in names and one.path.startswith(("eligibility", "amount"))
    ]
