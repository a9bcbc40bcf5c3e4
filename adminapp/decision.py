"""Eligibility and amount of a case on a day, with everything that led to them: stored with the case, never recomputed by itself."""

import ast
from fractions import Fraction

from adminapp import disclosure
from adminapp.cases import CaseValues
from adminapp.declaration.checks import names_of
from adminapp.declaration.model import ReliefType
from adminapp.fields import KINDS
from adminapp.formula import Evaluator, FormulaError, check_types, parse
from adminapp.formula.evaluator import MissingValue
from adminapp.formula.written import SIGNS
from adminapp.money import ROUNDINGS, format_yuan


def decide(relief_type: ReliefType, version: int, values: CaseValues) -> dict:
    """Return the decision document (shape in docs/architecture.md) of `values` under their own day and standards."""
    conditions = [_condition(item, relief_type, values) for item in relief_type.eligibility if not item.when or values.holds(item.when)]
    eligible = all(item["passed"] for item in conditions)
    terms, total, used = _amount(relief_type, values) if eligible else ([], Fraction(0), {})
    amount = max(0, ROUNDINGS[relief_type.amount.rounding](total))
    standards = {}
    for item in (*conditions, *terms):
        standards.update(item.pop("standards"))
    standards.update(used)
    confirm_by, used = _confirmer(relief_type, values, amount)
    standards.update(used)
    return {
        "version": version,
        "on": values.evaluator.on.isoformat(),
        "eligible": eligible,
        "conditions": conditions,
        "terms": terms,
        "unrounded": _show(total, "money"),
        "rounding": relief_type.amount.rounding,
        "amount": amount,
        "standards": [_plain_entry(key, entry) for key, entry in sorted(standards.items())],
        "confirm_by": confirm_by,
    }


def confirmer(relief_type: ReliefType, values: CaseValues, amount: int) -> str:
    """Return "township" or "county": the first row in force whose condition holds for `amount` fen."""
    return _confirmer(relief_type, values, amount)[0]


def _confirmer(relief_type, values, amount):
    """Return who confirms, and the standards that were asked for it."""
    within, used = scoped(values, {"amount": amount}), {}
    for row in relief_type.confirm:
        if (row.start and values.evaluator.on < row.start) or (row.end and values.evaluator.on > row.end):
            continue
        if not row.when:
            return row.by, used
        holds, trace = within.traced(parse(row.when))
        used |= trace.standards
        if holds:
            return row.by, used
    return "county", used


def _condition(item, relief_type, values):
    formula = parse(item.rule)
    try:
        passed, trace = values.evaluator.traced(formula)
        left, right = _sides(formula, relief_type, values, trace)
        problem = ""
    except MissingValue as error:
        passed, trace, left, right, problem = False, values.evaluator.trace, "", "", str(error)
    return {
        "id": item.id, "label": item.label, "rule": item.rule, "values": _values(formula, trace, relief_type, values),
        "left": left, "sign": _sign(formula), "right": right, "passed": bool(passed), "reason": "" if passed else problem or item.reason, "clause": item.clause,
        "standards": dict(trace.standards),
    }  # fmt: skip


def _sign(formula):
    return SIGNS[type(formula.tree.ops[0])] if formula.sides else ""


def _sides(formula, relief_type, values, trace):
    """Return both sides of a plain comparison as texts, so that the reader sees 300.00 < 450.00."""
    if not formula.sides:
        return "", ""
    kind, codes = _read_as(formula, relief_type, values.evaluator.standards)
    shown = ((side, side.code(values.evaluator)) for side in formula.sides)
    return tuple(_veiled(side.tree, relief_type, _in_labels(value, codes) or _show(value, kind)) for side, value in shown)


def _veiled(side, relief_type, text):
    """Return the text of a side, masked where it is a field that nobody reads unasked."""
    field = relief_type.fields.get(side.id) if isinstance(side, ast.Name) else None
    return KINDS[field.kind].mask(text) if field and disclosure.class_of(field) in disclosure.SEALED else text


def _read_as(formula, relief_type, standards):
    """Return ("money" or "", labels of codes) for the sides of a comparison, worked out once for each type and table."""
    known = vars(relief_type).setdefault("sides", {})
    key = formula.text, id(standards)
    if key not in known or known[key][0] is not standards:
        types = standards.types() if standards is not None else {}
        kinds = {_type_of(side, names_of(relief_type), types) for side in formula.sides}
        codes = next((labels for side in formula.sides if (labels := _codes(side.tree, relief_type))), {})
        known[key] = standards, "money" if "money" in kinds else "", codes
    return known[key][1:]


def _type_of(side, names, standards):
    try:
        return check_types(side, names, standards)
    except FormulaError:  # a standard that this table does not have
        return ""


def _in_labels(value, codes):
    return "、".join(codes.get(code, str(code)) for code in value) if isinstance(value, list) else codes.get(value)


def _codes(side, relief_type):
    """Return the labels of the codes when a side is a choice, so that the reader never meets a code."""
    field = relief_type.fields.get(side.id) if isinstance(side, ast.Name) else None
    return {option.code: option.label for option in field.options} if field else {}


def _amount(relief_type, values):
    terms, known, shown = [], {}, []
    within = scoped(values, known)
    for term in relief_type.amount.terms:
        if term.when and not within.run(term.when):
            known[term.id] = 0
            continue
        formula = parse(term.value)
        value, trace = within.traced(formula)
        known[term.id] = value
        terms.append({
            "id": term.id, "label": term.label, "value": _fen(value), "text": _show(value, "money"), "formula": term.value,
            "values": _values(formula, trace, relief_type, values), "clause": term.clause, "standards": dict(trace.standards),
        })  # fmt: skip
        shown.append(value)
    used = {}
    if relief_type.amount.total:
        total, trace = within.traced(parse(relief_type.amount.total))
        total, used = Fraction(total), dict(trace.standards)
    else:
        total = sum(map(Fraction, shown), Fraction(0))
    if relief_type.amount.cap:
        cap, trace = within.traced(parse(relief_type.amount.cap))
        used |= trace.standards
        if total > cap:
            terms.append({"id": "cap", "label": "上限", "value": _fen(cap) - _fen(total), "text": _show(cap - total, "money"),
                          "formula": relief_type.amount.cap, "values": [], "clause": relief_type.amount.clause, "standards": {}})  # fmt: skip
            total = Fraction(cap)
    return terms, total, used


def scoped(values, names):
    """Return an evaluator that knows some names besides the values of a case."""
    """Return an evaluator that knows `names` before the case's values; names that are added later are known then."""
    evaluator = values.evaluator
    return Evaluator(_Layer(names, values), on=evaluator.on, standards=evaluator.standards, awards=evaluator.awards)


class _Layer:
    """Extra names in front of a case's values."""

    def __init__(self, names, under):
        self.names, self.under = names, under

    def __getitem__(self, name):
        return self.names[name] if name in self.names else self.under[name]


def _values(formula, trace, relief_type, values):
    rows, names = [], names_of(relief_type)
    terms = {term.id: term.label for term in relief_type.amount.terms}
    for name in formula.names:
        if name not in trace.names:
            continue
        field, value = relief_type.fields.get(name), trace.names[name]
        text = _show(value, "money") if name in terms else _name_text(field, value, values)
        rows.append({"name": name, "label": terms.get(name) or names[name].label, "text": text})
    for key, entry in trace.standards.items():
        rows.append({"name": key, "label": entry["label"], "text": _show(entry["value"], "money" if entry["unit"].startswith("money") else "")})
    for question, answer in trace.awards.items():
        rows.append({"name": question, "label": question.split(":", 1)[1], "text": _show(answer, "money" if question.startswith("monthly") else "")})
    return rows


def _name_text(field, value, values):
    if field is None:
        return _show(value, "")
    kind = KINDS[field.kind]
    if disclosure.class_of(field) in disclosure.SEALED:
        return kind.mask("" if value in (None, "", [], ()) else str(value))  # no and nought are values
    if kind.formula_type == "money" or field.result == "money":
        return _show(value, "money")
    if kind.formula_type in ("text", "list", "rows", "bool"):
        return kind.text(values.raw.get(field.id), field) or _show(value, "")
    return _show(value, "")


def _fen(value):
    return value if type(value) is int else ROUNDINGS["half_up_fen"](Fraction(value))


def _show(value, kind):
    if isinstance(value, bool):
        return "是" if value else "否"
    if kind == "money":
        rounded = _fen(value)
        return ("" if rounded == value else "约 ") + format_yuan(rounded)
    if isinstance(value, Fraction) and value.denominator > 1:
        return f"约 {float(value):.2f}"
    return "" if value is None else str(value)


def _plain_entry(key, entry):
    return {"key": key, "label": entry["label"], "from": str(entry["from"]), "value": str(entry["value"]), "source": entry.get("source", "")}
