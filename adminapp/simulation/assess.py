"""Decides one case under what is in force and under the drafts, and says what differs and why."""

from dataclasses import dataclass, field

from adminapp import conflicts
from adminapp.decision import decide
from adminapp.decision_changes import Cause, explain
from adminapp.errors import ReliefError
from adminapp.simulation.plan import Plan
from adminapp.simulation.source import Subject
from adminapp.stored import stored_values

MONTHS = 12


@dataclass
class Side:
    """What one side came to: `eligible` None when it could not be computed."""

    eligible: bool | None = None
    amount: int = 0
    decision: dict | None = None
    problem: str = ""
    barred: list[str] = field(default_factory=list)
    values: object = None


@dataclass
class Assessment:
    """The comparison of one case; amounts are fen a month, of a single payment the payment itself."""

    subject: Subject
    before: Side
    after: Side
    outcome: str
    causes: list[Cause]
    categories: list[tuple[str, str]]
    once: bool

    @property
    def delta(self) -> int:
        return self.after.amount - self.before.amount

    @property
    def yearly(self) -> int:
        return self.delta * (1 if self.once else MONTHS)


def assess(plan: Plan, subject: Subject, registry) -> Assessment:
    """Return the comparison of one case. Nothing is written."""
    published = registry.get(subject.row["type"], subject.version)
    drafted = plan.types.get(published.key)
    before = _side(plan, subject, published.relief_type, subject.version, plan.old)
    if drafted is None:
        after = _side(plan, subject, published.relief_type, subject.version, plan.new)
    else:
        after = _drafted(plan, subject, published.relief_type, drafted)
        _bar(before, after, published.relief_type, drafted)
    outcome = _outcome(before, after)
    causes = [] if outcome == "same" else _causes(before, after)
    return Assessment(subject, before, after, outcome, causes, _categories(before.values), (drafted or published.relief_type).payment.cycle == "once")


def _side(plan, subject, relief_type, version, standards, replaced=None):
    values = stored_values(subject.row, relief_type, replaced, standards=standards, on=plan.on, awards=subject.register)
    try:
        decision = decide(relief_type, version, values)
    except ReliefError as error:
        return Side(problem=str(error), values=values)
    return Side(decision["eligible"], decision["amount"] if decision["eligible"] else 0, decision, values=values)


def _drafted(plan, subject, old, new):
    try:
        context = {"standards": plan.new, "on": plan.on, "awards": subject.register}
        replaced = plan.conversions[new.key].replaced(subject.row, old, **context)
    except ReliefError as error:
        return Side(problem=str(error))
    return _side(plan, subject, new, 0, plan.new, replaced)


def _bar(before, after, old, new):
    """What a draft newly excludes or requires ends eligibility, as it would at confirmation."""
    if (old.excludes, old.requires) == (new.excludes, new.requires) or after.decision is None or before.decision is None:
        return
    known = set(_bars(old, before.values))
    after.barred = [sentence for sentence in _bars(new, after.values) if sentence not in known]
    if after.barred and after.eligible:
        after.eligible, after.amount = False, 0


def _bars(relief_type, values):
    return [str(item) for item in conflicts.among_programmes(relief_type, values) if item.bars]


def _outcome(before, after):
    if before.eligible is None or after.eligible is None:
        return "error" if after.eligible is None or before.problem != after.problem else "same"
    if before.eligible != after.eligible:
        return "gains" if after.eligible else "loses"
    if before.amount != after.amount:
        return "more" if after.amount > before.amount else "less"
    return "same"


def _causes(before, after):
    if before.problem or after.problem:
        side, word = (after, "按草稿") if after.problem else (before, "按现行规定")
        return [Cause("error", "error", "无法计算", f"{word}无法计算：{side.problem}")]
    barred = [Cause("conflict", "conflict", "与其他待遇冲突", sentence) for sentence in after.barred]
    return explain(before.decision, after.decision) + barred


def _categories(values):
    """Return (field id, code) of the choices by which the type's list can be filtered: they are no personal data."""
    found = []
    for item in values.relief_type.live_fields.values():
        if item.filter and item.options and isinstance(code := values.raw.get(item.id), str):
            found.append((item.id, code))
    return found
