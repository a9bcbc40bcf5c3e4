"""Runs golden cases through the one evaluator and says, term by term, what came out otherwise than expected."""

from dataclasses import dataclass, field

from adminapp.cases import CaseValues, check_values
from adminapp.decision import confirmer, decide
from adminapp.declaration.model import ReliefType
from adminapp.errors import Invalid
from adminapp.formula.functions import exact
from adminapp.golden.model import Example, GoldenFile
from adminapp.golden.reader import fen, read_awards, read_facts, read_values
from adminapp.money import format_yuan
from adminapp.standards import Standards

BODIES = {"township": "乡镇人民政府", "county": "县民政局"}


@dataclass(frozen=True)
class Outcome:
    """What an example came to: the decision, None when it could not be made, and a sentence for each difference."""

    example: Example
    decision: dict | None
    differences: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.differences


class StatedAwards:
    """A register that knows what the example states: amounts of the applicant, programmes of the household."""

    def __init__(self, amounts: dict[str, int], household=()):
        self.amounts, self.household = amounts, set(household)

    def holds(self, programme):
        return programme in self.amounts

    def household_holds(self, programme):
        return programme in self.amounts or programme in self.household

    def monthly(self, programme):
        return exact(self.amounts.get(programme, 0))


def values_of(example: Example, relief_type: ReliefType, standards: Standards) -> CaseValues:
    """Return the values of an example as a case would give them; what cannot be read is blank (`reader.check` tells)."""
    raw, _ = read_values(example, relief_type)
    awards = StatedAwards(read_awards(example)[0], example.household)
    return CaseValues(relief_type, raw, read_facts(example)[0], standards=standards, on=example.on, awards=awards)


def run(example: Example, relief_type: ReliefType, standards: Standards) -> Outcome:
    """Decide the example and compare; what the engine refuses to compute is a difference too."""
    values = values_of(example, relief_type, standards)
    try:
        decision = decide(relief_type, 0, values)
        if example.adjusted:
            decision["confirm_by"] = confirmer(relief_type, values, fen(example.adjusted))
        complaints = set(check_values(values, complete=False))
    except Invalid as error:
        return Outcome(example, None, [f"无法计算：{error}"])
    return Outcome(example, decision, list(_compare(example.expect, decision, complaints, relief_type)))


def run_all(golden: GoldenFile, relief_type: ReliefType, standards: Standards) -> list[Outcome]:
    return [run(example, relief_type, standards) for example in golden.cases]


def _compare(expect, decision, complaints, relief_type):
    labels = {item.id: item.label for item in relief_type.eligibility}
    failed = {item["id"]: item for item in decision["conditions"] if not item["passed"]}
    for name in expect.fails:
        if name not in failed:
            yield f"条件“{labels.get(name, name)}”应不符合，实际符合或不适用"
    for name, item in failed.items():
        if name not in expect.fails:
            sides = f"（{item['left']} {item['sign']} {item['right']}）" if item["left"] else ""
            yield f"条件“{item['label']}”应符合，实际不符合{sides}"
    if expect.eligible and expect.amount and not failed and decision["amount"] != fen(expect.amount):
        yield f"金额应为 {format_yuan(fen(expect.amount))} 元，算得 {format_yuan(decision['amount'])} 元"
    terms = {item["id"]: item for item in decision["terms"]}
    for name, written in expect.terms.items() if not failed else ():
        found = terms[name]["value"] if name in terms else 0
        if found != fen(written):
            label = next((item.label for item in relief_type.amount.terms if item.id == name), "上限")
            yield f"“{label}”应为 {format_yuan(fen(written))} 元，算得 {format_yuan(found)} 元"
    if expect.confirm_by and decision["confirm_by"] != expect.confirm_by:
        yield f"应由{BODIES[expect.confirm_by]}确认，算得由{BODIES[decision['confirm_by']]}确认"
    for name in sorted(set(expect.form) ^ complaints):
        label = relief_type.fields[name].label if name in relief_type.fields else "表单"
        yield f"填写校验：“{label}”{'应有提示，实际没有' if name in expect.form else '不应有提示，实际有'}"
