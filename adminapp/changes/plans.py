"""One change worked out: what was asked for, and what each month from then on gives. Nothing is stored here.

A plan is made twice: when the change is proposed, from the form, and when it is confirmed, from what the case holds as
`pending`; the second must come to the same, or the change is proposed anew.
"""

from dataclasses import dataclass
from functools import cached_property

from adminapp import dates
from adminapp.cases import check_values
from adminapp.changes import shown
from adminapp.changes.kinds import CHANGES
from adminapp.changes.redecide import Basis, Step, steps
from adminapp.errors import Invalid


@dataclass
class Plan:
    """`month` is the first month the change holds for; `village` is set when the place changes."""

    move: object
    key: str
    cause: str
    month: str
    operations: list[dict]
    village: str = ""
    typed: dict | None = None
    """``{amount, by, reason}`` of an amount that a person set, where the declaration allows it."""

    @property
    def decides(self) -> bool:
        return CHANGES[self.key].decides

    @cached_property
    def basis(self) -> Basis:
        return self.move.basis()

    @cached_property
    def steps(self) -> list[Step]:
        """Return the months piece by piece with their new decisions. Raise Invalid when what was decided on is lost."""
        if not self.decides:
            return []
        found = steps(self.move.award, self.basis, self.move.standards, self.month, self.operations, self.village)
        return [step.adjusted(**self.typed) for step in found] if self.typed else found

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def before(self) -> int:
        return self.last.before if self.decides else self.move.case.amount or 0

    @property
    def amount(self) -> int:
        return self.last.amount if self.decides else self.before

    @property
    def reduces(self) -> bool:
        """Tell whether any month gives less than before: then the person is heard first (社会救助法 第四十八条)."""
        return any(step.amount < step.before for step in self.steps)

    @property
    def raises(self) -> bool:
        """Tell whether some month gives more than before and none less."""
        return not self.reduces and any(step.amount > step.before for step in self.steps)

    def outcome(self) -> list[dict]:
        """Return the months and amounts as they are kept with the proposal."""
        return [{"month": step.month, "to": step.last, "before": step.before, "amount": step.amount} for step in self.steps]

    def changes(self) -> list[dict]:
        """Return the change in words: ``[{label, before, after}]``, masked."""
        return shown.listed(self.move, self.operations, self.village)

    def problems(self) -> list[str]:
        """Return why the change cannot be made: nothing to pay any more, conditions not met, a form that does not add up."""
        if not self.decides:
            return []
        try:
            found = self.steps
        except Invalid as error:
            return list(map(str, error.problems))
        if not found:
            return ["从这个月起没有可以变更的待遇：已终止或在渐退期"]
        return list(dict.fromkeys([*_broken(found[-1]), *(text for step in found for text in _unmet(step))]))


def _broken(step):
    """Yield what is wrong with the content after the change."""
    for sentences in check_values(step.values, complete=True).values():
        yield from sentences


def _unmet(step):
    decision = step.decision
    if not decision["eligible"]:
        failed = "；".join(item["reason"] for item in decision["conditions"] if not item["passed"])
        yield f"{step.month} 起按变更后的情况不符合条件：{failed}。请办理终止"
    elif not decision["amount"]:
        yield f"{step.month} 起按变更后的情况计算金额为 0。请办理终止"


def plan_of(move) -> Plan:
    """Return the plan of what is being proposed, or of what waits on the case."""
    if move.key in CHANGES:
        return asked(move)
    pending = move.case.pending
    return Plan(move, pending["key"], pending["cause"], pending["month"], pending["operations"], pending["village"], pending.get("typed"))


def asked(move) -> Plan:
    change, data = CHANGES[move.key], move.data
    typed = None
    if data.get("new_amount") is not None:
        typed = {"amount": data["new_amount"], "by": move.actor.name, "reason": data.get("reason") or ""}
    month = data.get("from_month") or dates.month_of(move.on)
    return Plan(move, move.key, change.cause_of(data), month, change.operations(move), data.get("village") or "", typed)


def keep(plan: Plan, record: dict, back: str) -> dict:
    """Return what the case keeps of a proposal until it is confirmed; `back` is the state it returns to."""
    return {
        "key": plan.key, "record": record["id"], "cause": plan.cause, "month": plan.month, "operations": plan.operations, "village": plan.village,
        "typed": plan.typed, "outcome": plan.outcome(), "before": plan.before, "amount": plan.amount,
        "decision": plan.last.decision if plan.decides else None, "back": back,
    }  # fmt: skip
