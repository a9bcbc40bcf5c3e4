"""Carries out one action on one case: legal, guarded, and stored by a single compare-and-set together with its event."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mongoengine.errors import SaveConditionError

from adminapp import awards, conflicts, contents, database, dates, delegation
from adminapp.cases import CaseValues, check_values, fill_envelope, values_of
from adminapp.changes import plans, redecide
from adminapp.decision import confirmer
from adminapp.decision import decide as decide_case
from adminapp.editing import apply_values
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.registry import Published, Versions
from adminapp.related import marks, recusal
from adminapp.scope import Actor
from adminapp.workflow import clocks, deadlines, events, responsible
from adminapp.workflow.asked import AskedValues, asked
from adminapp.workflow.effects import EFFECTS
from adminapp.workflow.guards import GUARDS, NEEDS
from adminapp.workflow.machine import ACTIONS, STATES, STEPS, Action, actions_from
from adminapp.workflow.persons import hands_of, on_behalf, persons, represented

DRIVERS = {
    "verification": "由县级在“信息核对”中办理：组批、导入结果后出具",
    "standards": "由县级在“标准调整”中成批办理",
    "spot_check": "在“抽查监督”的那一件核查中办理",
    "posting": "由村公示表办理：请在“公示”中编制公示表，上传张贴照片后自动起算，撤下后办结",
    "objection": "由异议登记办理：请在“公示”中登记异议、核实并答复",
}
"""Why an action that is driven is not taken by itself, and where it is."""


@dataclass
class Move:
    """One action about to happen. `standards` is the table of dated parameters; `data` the form's values by field id.

    `driver` is the engine that takes the move, for actions that are driven.
    """

    case: object
    published: Published
    actor: Actor
    standards: object
    data: dict = field(default_factory=dict)
    on: date = field(default_factory=dates.today)
    job: str = ""
    """Id of the job in which this is one of many."""
    key: str = ""
    """The action, once it is taken or asked about."""
    driver: str = ""
    """The part of the program that takes an action nobody takes by hand (Action.driven)."""
    returns_to: str = ""
    """Set by an effect where a case goes back to the state it came from."""
    files: list = field(default_factory=list)
    """Papers that come with the action, made by `files.prepare`: stored in the same write as its record."""
    about: str = ""
    """Id of the document that drives the action."""

    @property
    def relief_type(self):
        return self.published.relief_type

    @cached_property
    def values(self) -> CaseValues:
        return self._values(self.on)

    def _values(self, on):
        register = awards.Register(self.case, on)
        return values_of(self.case, self.relief_type, standards=self.standards, on=on, awards=register)

    def compute(self, on: date | None = None) -> dict:
        """Return eligibility and amount on `on`, today by default."""
        if on is None or on == self.on:
            return dict(self._decision)
        return decide_case(self.relief_type, self.published.version, self._values(on))

    @cached_property
    def _decision(self):
        return decide_case(self.relief_type, self.published.version, self.values)

    def confirm_by(self, amount: int | None = None) -> str:
        return confirmer(self.relief_type, self.values, (self.case.amount or 0) if amount is None else amount)

    @cached_property
    def recused(self) -> str | None:
        """The sentence that keeps this actor off the case, None when nothing does."""
        return recusal.bar(self.actor.id, self.case.people)

    @cached_property
    def delegations(self) -> list[dict]:
        """Return the delegations under which the actor stands in for absent colleagues on the day."""
        return [] if self.actor.has(deadlines.SYSTEM) else delegation.held_by(self.actor, self.on)

    def stands_for(self, *roles: str) -> dict | None:
        """Return the delegation under which the actor acts on this case in one of these roles, None when for themselves."""
        return represented(self.actor, self.case.hands, self.delegations, roles)

    def signature(self, *roles: str) -> dict:
        """Return what an event says besides the actor: for whom, when acting in one of these roles, and in which job."""
        return on_behalf(self.stands_for(*roles)) | ({"job": self.job} if self.job else {})

    def persons(self, *roles: str) -> frozenset[str]:
        """Return everybody who acts when the actor does in one of these roles: the actor, and who delegated it to them."""
        return persons(self.actor, self.delegations, *roles)

    def officials(self) -> dict:
        """Return head and deputies in office in the township of the case."""
        return responsible.of_township(self.case.township)

    def match(self):
        """Mark the case when its people stand in the register of relatives."""
        marks.mark(self.case, self.on)

    def conflicts(self) -> list[conflicts.Finding]:
        """Return every other award that rules this one out, or that it needs and lacks; and who of the case died."""
        return conflicts.of_case(self.relief_type, self.values)

    @cached_property
    def plan(self) -> plans.Plan:
        """What a change of the running award gives month by month."""
        return plans.plan_of(self)

    @cached_property
    def award(self) -> dict | None:
        return database.raw(awards.COLLECTION).find_one({"_id": self.case.pk})

    def stored(self) -> dict:
        """Return the case as it would be stored."""
        return self.case.to_mongo().to_dict()

    def basis(self) -> redecide.Basis:
        """Return what the award was decided on."""
        return redecide.Basis(Versions(self.published), [self.award], [self.stored()])

    def active(self, step: str) -> bool:
        """Return whether the type has the step and its conditions hold for this case."""
        declared = self.relief_type.step_by_name.get(step)
        if declared is None:
            return False
        return self.values.holds(declared.when) and not self.values.holds(declared.unless, default=False)

    def holds(self, formula: str) -> bool:
        """Return whether a condition holds for the case; the values are worked out only when one is asked."""
        return self.values.holds(formula)

    def step_label(self, step: str) -> str:
        return self.relief_type.step_by_name[step].label or STEPS[step].label

    def queue(self, kind: str, **data) -> str:
        """Queue an effect on another document and return its key; it is carried out after the case is stored, once."""
        key = self.token()
        self.case.outbox = [*self.case.outbox, {"key": key, "kind": kind, "data": data}]
        return key

    def token(self) -> str:
        """Return a new key."""
        return secrets.token_hex(8)


def offered(move: Move) -> dict[str, Action]:
    """Return the actions this actor may take on the case now, in order. Guards are not asked: their sentence helps more."""
    if move.recused:
        return {}
    return {key: action for key, action in actions_from(move.case.state).items() if _allowed(move, action)}


def _allowed(move, action):
    if not move.actor.has(*action.roles) or not move.actor.reaches(move.case.township, move.case.village):
        return False
    if action.step and not move.active(action.step):
        return False
    return all(NEEDS[need](move) for need in action.needs)


def refusals(move: Move, key: str) -> list[str]:
    """Return the guards' sentences against an action with the move's data; empty when nothing stands in the way."""
    move.key = key
    return [sentence for guard in ACTIONS[key].guards if (sentence := GUARDS[guard](move))]


def perform(move: Move, key: str):
    """Carry out an action and return the stored case.

    Raise Forbidden when it is not offered to this actor in this state, Invalid with all sentences of the guards, Conflict
    when somebody else changed the case meanwhile; then nothing is stored.
    """
    rev = move.case.rev
    store(move.case, rev, take(move, key))
    return move.case


def take(move: Move, key: str) -> dict:
    """Do everything of `perform` on the case in memory and return its event; nothing is stored."""
    action, move.key = ACTIONS.get(key), key
    if move.recused:
        raise recusal.Recused(move.recused)
    if action is None or move.case.state not in action.source or not _allowed(move, action):
        raise Forbidden(f"现在不能进行“{action.label if action else key}”：本件状态为“{STATES[move.case.state].label}”")
    if action.driven and move.driver != action.driven:
        raise Forbidden(f"“{action.label}”{DRIVERS[action.driven]}")
    problems = [*_missing(move, key), *refusals(move, key), *deadlines.missing(move, action)]
    if problems:
        raise Invalid(problems)
    entry = change(move, key)
    fill_envelope(move.case, move.relief_type)
    move.match()
    return entry


def change(move: Move, key: str) -> dict:
    """Make the change of an action known to be legal, in memory, and return its event. No field changes, so no envelope."""
    action, case, before, move.key = ACTIONS[key], move.case, move.case.state, key
    late, signed, record = deadlines.explained(move, action), move.signature(*action.roles), _record(move, key)
    deadlines.queue(move, key, late)
    for effect in action.effects:
        EFFECTS[effect](move, record)
    if action.record:
        case.records = [*case.records, {**record, **signed, **late}]
    if move.files:
        case.files = [*case.files, *move.files]
    to = move.returns_to or action.to
    if to:
        case.state, case.state_since = to, move.on
    if key == "submit" and not case.applied_on:
        case.applied_on = move.on
    for milestone in action.milestones:
        clocks.stop(case, move.relief_type, milestone, move.on)
        clocks.start(case, move.relief_type, milestone, move.on, move)
    clocks.set_due(case)
    case.hands = hands_of(case)
    told = {**(record["data"] if action.record else {}), **late}
    if move.files:
        told["files"] = [{"name": item.name, "digest": item.digest} for item in move.files]
    return {**events.entry(move.actor, key, action.label, before, case.state, told), **signed}


def _missing(move, key):
    """Yield a sentence for each entry and paper that the action asks for and does not get, and each broken rule."""
    for sentences in check_values(_typed(move, key), complete=True).values():
        yield from sentences
    given = {item.document for item in move.files} | {item.document for item in move.case.files}
    for paper in ACTIONS[key].evidence:
        if paper.required and paper.document not in given:
            yield f"请附上“{paper.label}”"


def _typed(move, key):
    form = asked(key, move.relief_type)
    return AskedValues(form, move.data, move.case, lambda: move.values, standards=move.standards, on=move.on)


def _record(move, key):
    form, ident = asked(key, move.relief_type), move.token()[:12]
    shown = form.live_fields
    if not form.is_plain:
        values = _typed(move, key)
        shown = {name: item for name, item in shown.items() if values.visible(item)}
        move.data = {**move.data, **values.computed()}
    kept = form.own if not ACTIONS[key].keeps else shown
    data = {name: _plain(move.data.get(name)) for name in shown if name in form.own or (name in kept and move.data.get(name) not in (None, "", []))}
    for item in move.files:
        item.record = ident
    return {
        "id": ident, "kind": ACTIONS[key].record, "action": key, "at": dates.now(), "on": move.on.isoformat(),
        "by": move.actor.id, "by_name": move.actor.name, "data": data,
    }  # fmt: skip


def _plain(value):
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [{key: _plain(item) for key, item in row.items()} if isinstance(row, dict) else row for row in value]
    return value


def store(case, rev: int, entry: dict | None):
    """Write a changed case if it still stands at `rev`, with its event in the same write, then carry out the outbox.

    Every change of a case passes here, whatever the route: so nobody changes the case of a relative. Raise Recused, Conflict.
    """
    if entry:
        if sentence := recusal.bar(entry["actor"], case.people):
            raise recusal.Recused(sentence)
        events.note(case, entry)
    case.rev, case.updated = rev + 1, dates.now()
    try:
        # The condition also turns mongoengine's upsert off: a deleted case is never re-created by saving it.
        case.save(save_condition={"rev": rev})
    except SaveConditionError as error:
        raise Conflict() from error
    with suppress(Exception):  # the case is stored; whatever is left in the outbox is swept later
        events.drain(case.id)


def edit(move: Move, changes: dict, rev: int, about: dict | None = None):
    """Store edited field values of a case that stands at `rev`; return the list of changes. Drafts may be incomplete.

    `about` is what the event tells besides (the visit whose findings are taken over).

    Raise Forbidden outside editable states, Invalid with {field id: sentences} in `problems`, Conflict when stale.
    """
    case = move.case
    if move.recused:
        raise recusal.Recused(move.recused)
    if not STATES[case.state].editable:
        raise Forbidden(f"状态为“{STATES[case.state].label}”的案件不能修改内容")
    if case.rev != rev:
        raise Conflict()
    before = None if case.state == "draft" else contents.row_of(case, move.relief_type)
    listed = apply_values(case, move.relief_type, changes)
    values = values_of(case, move.relief_type, standards=move.standards, on=move.on, awards=awards.Register(case, move.on))
    problems = check_values(values, complete=case.state != "draft")
    if problems:
        raise Invalid("；".join(text for texts in problems.values() for text in texts), problems=[problems])
    fill_envelope(case, move.relief_type, values)
    if sentence := recusal.bar(move.actor.id, case.people):
        raise recusal.Recused(sentence)
    move.match()
    if listed:
        told = {"changes": listed} | (about or {})
        if before:  # what was submitted can be read again as it stood on any day
            move.queue("content", **before)
            told |= {"content": before["digest"], "version": before["version"]}
        store(case, rev, events.entry(move.actor, "edit", "修改内容", case.state, case.state, told))
    return listed


__all__ = ["Move", "apply_values", "change", "edit", "offered", "perform", "refusals", "store", "take"]
