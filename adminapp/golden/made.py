"""Makes a golden case from a real one, or from what was typed into a preview: the sums stay, the person goes.

Names, numbers, phones, accounts and free texts are replaced, and birth dates are made as rough as the outcome allows, so
that nobody can be recognised in a file that travels.
"""

from dataclasses import replace
from datetime import date

from adminapp.cases import CaseValues, check_values
from adminapp.decision import decide
from adminapp.declaration.checks import ENVELOPE
from adminapp.declaration.model import ReliefType
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.golden.model import Example, Expected
from adminapp.golden.reader import NOT_WRITTEN
from adminapp.golden.runner import values_of
from adminapp.identity import parse_id
from adminapp.money import plain_yuan

STEMS = "甲乙丙丁戊己庚辛壬癸"
TEXT = "（略）"
PHONE = "13800000000"
ROUGH = (lambda day: day.replace(month=1, day=1), lambda day: day.replace(day=1), lambda day: day)
"""Ways to blur a birth date, roughest first."""


class Heard:
    """A register that remembers what was asked, so that an example can state it."""

    def __init__(self, register):
        self.register, self.amounts, self.household = register, {}, set()

    def holds(self, programme):
        return bool(self._mine(programme)) or self.register.holds(programme)

    def household_holds(self, programme):
        found = self.register.household_holds(programme)
        if found:
            self.household.add(programme)
            self._mine(programme)
        return found

    def monthly(self, programme):
        return self._mine(programme) or self.register.monthly(programme)

    def _mine(self, programme):
        if self.register.holds(programme):
            self.amounts[programme] = self.register.monthly(programme)
        return self.amounts.get(programme)


def example_from(values: CaseValues, relief_type: ReliefType, key: str, name: str, clause: str = "", whole: ReliefType | None = None) -> Example:
    """Return the example of a case's values on their day, expecting what comes out today; nobody is recognisable in it.

    `whole` is the type whose form the example meets, where `relief_type` is narrowed to what its rules read. `values` must
    carry standards and a register. Raise MissingValue when the case cannot be computed.
    """
    heard = Heard(values.evaluator.awards)
    context = {"standards": values.evaluator.standards, "on": values.evaluator.on, "awards": heard}
    decision = decide(relief_type, 0, CaseValues(relief_type, values.raw, values.envelope, **context))
    for blur in ROUGH:
        made = _example(values, relief_type, key, name, clause, heard, decision, blur)
        if _core(decide(relief_type, 0, values_of(made, relief_type, values.evaluator.standards))) == _core(decision):
            break
    # What the form complains of is part of what comes out: an invented case need not be one that could be handed in.
    complaints = check_values(values_of(made, whole or relief_type, values.evaluator.standards), complete=False)
    return replace(made, expect=replace(made.expect, form=tuple(sorted(complaints))))


def _example(values, relief_type, key, name, clause, heard, decision, blur):
    writer = _Writer(blur)
    written = {field.id: text for field in relief_type.fields.values() if (text := writer.write(values.raw.get(field.id), field))}
    failed = tuple(item["id"] for item in decision["conditions"] if not item["passed"])
    expect = Expected(
        eligible=not failed,
        fails=failed,
        amount="" if failed else plain_yuan(decision["amount"]),
        terms={term["id"]: plain_yuan(term["value"]) for term in decision["terms"]},
        confirm_by="" if failed else decision["confirm_by"],
    )
    amounts = {programme: plain_yuan(round(amount)) for programme, amount in heard.amounts.items()}
    household = tuple(sorted(heard.household - set(amounts)))
    return Example(
        id=key, name=name, clause=clause, on=values.evaluator.on, values=written, awards=amounts, household=household,
        facts=_facts(values), expect=expect,
    )  # fmt: skip


def _facts(values):
    facts = {}
    for name, known in ENVELOPE.items():
        found = values.envelope.get(name)
        if known.type == "bool" and found:
            facts[name] = "true"
        elif known.type == "date" and isinstance(found, date) and found != values.evaluator.on:
            facts[name] = found
    return facts


def _core(decision):
    return (
        [(item["id"], item["passed"]) for item in decision["conditions"]],
        [(term["id"], term["value"]) for term in decision["terms"]],
        decision["amount"],
        decision["confirm_by"],
    )


class _Writer:
    """Writes values without the person: the same number is the same invented person throughout the example."""

    def __init__(self, blur):
        self.blur, self.people, self.names = blur, {}, {}

    def write(self, value, field):
        if field.kind in NOT_WRITTEN or field.retired or value in (None, "", [], ()):
            return ""
        if field.fields:
            rows = [{column.id: text for column in field.fields if (text := self.write(read(row, column.id), column))} for row in value]
            return [row for row in rows if row]
        return WRITERS[KINDS[field.kind].tells_who](self, value, field)

    def _as_it_is(self, value, field):
        return value if isinstance(value, date) else KINDS[field.kind].written(value, field)

    def _number(self, value, field):
        if value not in self.people:
            person = parse_id(value)
            day = self.blur(person.birth)
            same = sum(born == (day, person.sex) for born, _ in self.people.values()) + 1
            sex = " 女" if person.sex == "female" else ""
            text = f"{day.isoformat()}{sex}{f' {same}' if same > 1 else ''}"
            self.people[value] = (day, person.sex), day if text == day.isoformat() else text
        return self.people[value][1]

    def _name(self, value, field):
        return self.names.setdefault(value, f"某{STEMS[len(self.names) % len(STEMS)]}")

    def _text(self, value, field):
        return TEXT

    def _phone(self, value, field):
        return PHONE

    def _nothing(self, value, field):
        return ""


WRITERS = {
    "": _Writer._as_it_is,
    "name": _Writer._name,
    "number": _Writer._number,
    "text": _Writer._text,
    "story": _Writer._text,
    "phone": _Writer._phone,
    "secret": _Writer._nothing,
}
"""How values are written, by what they could tell of a person (fields/base.py)."""
