"""Whatever officers do, in whatever order, what the law and the money need holds: random histories of a small county.

Rules are what townships, the county and finance may do or try; most steps are those of an officer who wants to get on, the
others are tries of anybody at anything. The invariants are in tests/histories/invariants.py.
"""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from adminapp import awards, complaints, dates, sealing  # noqa: F401 - the indexes of complaints
from adminapp import database as connection
from adminapp.complaints import course
from adminapp.engine import Engine
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.jobs import model, runner
from adminapp.ledger import joining, recovery, steps
from adminapp.payments import batches, kinds, lines, opening, roster, timetable
from adminapp.payments.proof import Proof
from adminapp.payments.verify import verify
from adminapp.registry import Registry
from adminapp.related import filing, register
from adminapp.scope import acting, system
from adminapp.workflow import transition
from adminapp.workflow.guards import GUARDS
from adminapp.workflow.machine import ACTIONS, actions_from
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, perform
from exports import payment_list
from schemas.case import CaseBase
from tests.adminapp.payments.steps import Month
from tests.conftest import empty
from tests.histories import county, invariants
from tests.histories.county import COUNTY, EVERYBODY, FIRST, LAST, PEOPLE, STAFF, VILLAGES
from tests.story import story_settings  # noqa: F401 - fixture

REFUSED = (Forbidden, Invalid, Conflict)
"""How the engine says no; anything else that is raised fails the history."""
RUNNING = (
    "change_content", "change_content", "add_member", "remove_member", "propose_termination", "suspend", "change_place", "adjust_amount", "adjust_standard",
    "change_account",
)  # fmt: skip
"""What is done with an award that runs."""
CUTTING = ("apply_change", "terminate")
PEOPLE_OF = st.lists(st.integers(0, len(PEOPLE) - 1), min_size=1, max_size=3, unique=True)


class History(RuleBasedStateMachine):
    """`engine` is set by the test; every history begins with an empty county."""

    engine = None
    case_base = CaseBase

    def __init__(self):
        super().__init__()
        empty(connection.current(), {"relief_types"})
        register.forget()
        self.later, self.now = [], datetime.combine(FIRST, time(9), dates.SHANGHAI)
        self.most, self.entries, self.sealed, self.cuts, self.confirmed, self.sent = {}, {}, {}, [], [], 0
        self.dirty = True

    @property
    def day(self):
        return self.now.date()

    @property
    def standards(self):
        return county.standards(*self.later)

    def tick(self):
        self.now += timedelta(minutes=1)
        return dates.frozen(self.now)

    # Cases

    @initialize()
    def begin(self):
        self.cases = []

    @rule(kind=st.sampled_from([*county.DECLARATIONS, "low", "low"]), people=PEOPLE_OF, income=st.sampled_from((0, 300000, 900000, 4000000)),
          cost=st.sampled_from(county.AMOUNTS), town=st.sampled_from(list(STAFF)), village=st.integers(0, 1))  # fmt: skip
    def apply(self, kind, people, income, cost, town, village):
        actor = STAFF[town]["clerk"]
        with self.tick(), acting(actor):
            try:
                case = open_case(self.engine.registry.get(kind), actor, VILLAGES[town][village], county.application(kind, people, income, cost), self.standards)
            except REFUSED:
                return
        self.cases.append(case.pk)
        self.dirty = True

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), steps=st.integers(1, 6), waits=st.sampled_from((0, 0, 1, 3, 12)))
    def get_on(self, data, steps, waits):
        """Take the next steps of one case by whoever they belong to, as an officer does who wants to get on."""
        self.carry(data.draw(st.sampled_from(self.cases)), steps, waits, data)

    def carry(self, pk, steps, waits, data):
        for _step in range(steps):
            case = self.read(pk)
            action = self.next_of(case, data)
            if action is None:
                return
            self.attempt(pk, action, self.able(action, case, data), data)
            self.wait(waits)

    def able(self, action, case, data):
        """Return somebody of the case's township or of the county who has a role for an action."""
        roles, all_of_them = set(ACTIONS[action].roles), (*STAFF[case.township].values(), *COUNTY.values())
        return data.draw(st.sampled_from([one for one in all_of_them if roles & one.roles]))

    @rule(kind=st.sampled_from(list(county.DECLARATIONS)), people=PEOPLE_OF, town=st.sampled_from(list(STAFF)))
    def grant(self, kind, people, town):
        """Bring one application to its award without a mistake, where nothing stands in the way."""
        before = len(self.cases)
        self.apply(kind, people, 300000, county.AMOUNTS[0], town, 0)
        for _step in range(14 if len(self.cases) > before else 0):
            case = self.read(self.cases[-1])
            action = self.next_of(case, None) if case.state != "in_benefit" else None
            if action is None:
                return
            roles = set(ACTIONS[action].roles)
            able = [STAFF[town]["head" if action in ("confirm", "refuse") else "clerk"], *COUNTY.values()]
            actor = next((one for one in able if roles & one.roles), None)
            self.attempt(case.pk, action, actor, None)
            self.wait({"post": 14}.get(action, 0))

    @precondition(lambda self: self.entries)
    @rule(data=st.data(), steps=st.integers(2, 5), waits=st.sampled_from((0, 0, 2, 12)))
    def manage(self, data, steps, waits):
        """Change, pause, resume or end an award that runs, and carry it through."""
        self.carry(data.draw(st.sampled_from(list(self.entries))), steps, waits, data)

    def next_of(self, case, data):
        if case.state == "accepted":
            return "start_survey" if "survey" in self.engine.registry.of(case).relief_type.step_by_name else "skip_survey"
        if case.state == "surveying":
            return "form_opinion" if case.records_of("visit") else "record_visit"
        if case.state == "opinion" and case.last_record("opinion"):
            posted = "posting" in self.engine.registry.of(case).relief_type.step_by_name and not case.records_of("posting_result")
            return "post" if posted and case.last_record("opinion")["data"]["proposal"] == "approve" else "submit_confirm"
        if case.state == "confirm_ready" and {"relative", "complaint"} & set(case.flags) and not case.records_of("county_visit"):
            return "require_county_check"
        if case.state == "confirm_ready" and (case.last_record("opinion")["data"]["proposal"] == "refuse"):
            return "refuse"
        if case.state == "refused":
            return "record_service"
        if case.state in ("change_pending", "terminating") and data.draw(st.booleans()):
            return "record_hearing"
        if case.state == "in_benefit":
            return data.draw(st.sampled_from(RUNNING))
        return county.NEXT.get(case.state)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def try_anything(self, data):
        """Let anybody try any action: nearly all of it is refused, and nothing of what is refused leaves a trace."""
        pk, actor = data.draw(st.sampled_from(self.cases)), data.draw(st.sampled_from(EVERYBODY))
        offered = list(actions_from(self.read(pk).state)) or list(ACTIONS)
        action = data.draw(st.one_of(st.sampled_from(offered), st.sampled_from(offered), st.sampled_from(list(ACTIONS))))
        self.attempt(pk, action, actor, data)

    def read(self, pk):
        with system("history"):
            row = connection.raw("cases").find_one({"_id": pk})
            return self.engine.registry.get(row["type"], row["schema_version"]).model._from_son(row)

    def attempt(self, pk, action, actor, data):
        case, before = self.read(pk), connection.raw("awards").find_one({"_id": pk})
        draw = (lambda options: data.draw(st.sampled_from(list(options)))) if data else (lambda options: next(iter(options)))
        typed = county.typed(draw, action, case, self.day)
        stored = connection.raw("cases").find_one({"_id": pk})
        with self.tick(), acting(actor):
            move = Move(case, self.engine.registry.of(case), actor, self.standards, typed, self.day, driver=ACTIONS[action].driven)
            try:
                perform(move, action)
            except REFUSED:
                assert connection.raw("cases").find_one({"_id": pk}) == stored, f"{action} was refused and left a trace"
                return
        assert actor.reaches(stored["township"], stored["village"]), f"{actor.id} acted on a case of {stored['township']}"
        self.note(pk, action, actor, before)

    def note(self, pk, action, actor, before):
        """Remember what a step did that no later document tells."""
        self.dirty = True
        case, after = connection.raw("cases").find_one({"_id": pk}), connection.raw("awards").find_one({"_id": pk})
        if action == "confirm":
            self.confirmed.append((actor, case, case["amount"]))
        if after is None:
            return
        if before and action in CUTTING and any(awards.amount_in(after, month) < awards.amount_in(before, month) for month in invariants.MONTHS):
            proposal = invariants.records(case, "change", "termination_proposal")[-1]
            self.cuts.append((case, action, self.day, proposal["kind"] == "termination_proposal" and proposal["data"]["code"] == "death"))
        if before and action == "adjust_standard":
            assert all(awards.state_in(after, month) == awards.state_in(before, month) for month in invariants.MONTHS), "a raise revived what was stopped"
        self.entries[pk] = (after["entries"], after["spells"])
        for month in invariants.MONTHS:
            self.most[pk, month] = max(self.most.get((pk, month), 0), awards.amount_in(after, month))

    # What comes from outside

    @precondition(lambda self: self.day < LAST)
    @rule(days=st.sampled_from((1, 3, 9, 20, 33)))
    def wait(self, days):
        self.now = min(self.now + timedelta(days=days), datetime.combine(LAST, time(9), dates.SHANGHAI))

    @precondition(lambda self: not self.later)
    @rule()
    def raise_standards(self):
        """The county publishes a line that holds since two months ago: what it gives more is paid as arrears."""
        self.later = [(f"{dates.add_months(dates.month_of(self.day), -2)}-01", 80000)]

    @rule(person=st.integers(0, len(PEOPLE) - 1))
    def file_a_relative(self, person):
        name, number = PEOPLE[person]
        relative = {"relation": "child", "name": name, "id_number": number, "address": ""}
        official = {"kind": "officer", "name": "田虚构", "id_number": "433123197001010017", "phone": "", "unit": "乡政府", "post": "委员", "account": "",
                    "township": county.HERE, "village": "", "relatives": [relative]}  # fmt: skip
        with self.tick(), acting(COUNTY["reviewer"]):
            try:
                filing.file(official, self.day.year, COUNTY["reviewer"])
            except REFUSED:
                return

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def complain(self, data):
        case = self.read(data.draw(st.sampled_from(self.cases)))
        with self.tick(), system("history"):
            course.put_flag(case, f"TS{self.now:%m%d%H%M}")
            transition.store(case, case.rev, None)
        self.dirty = True

    # Money

    def work(self):
        with system("history"):
            return [runner.run_job(self.engine, job) for job in model.waiting()]

    @rule(data=st.data(), fails=st.booleans())
    def pay(self, data, fails):
        """Make the newest list whose cut-off is over, send it, and take in the bank's answer, in which one payee may fail."""
        month = next((name for name in reversed(invariants.MONTHS) if timetable.cutoff(name) < self.day), None)
        if month is None or month < "2026-05":
            return
        with self.tick(), system("history"):
            self.engine.standards_store.table = self.standards
            walk = Month(self.engine, self.work)
            try:
                batch = opening.start_build("all", month, {key: key for key in county.DECLARATIONS}, COUNTY["reviewer"], once=county.ONCE)
            except REFUSED:
                return
            self.work()
            batch = batches.get(batch["_id"])
            if batch["state"] != batches.DRAFT:
                return
            self.judge(batch)
            if not any(True for _line in lines.payable(batch["_id"])):
                walk.take(batch, "abort", COUNTY["reviewer"], "没有人")  # an empty list is not locked
                return
            batch = walk.lock(batch)
            self.sealed |= {line["_id"]: {key: value for key, value in line.items() if key not in lines.CHANGING} for line in lines.of_batch(batch["_id"])}
            assert [*verify(batch), *Proof(self.engine.registry, self.standards).of_batch(batch)] == []
            batch = walk.take(walk.fund(batch), "send", COUNTY["finance"])
            self.sent += 1
            names = sorted({row["name"] for row in walk.transfers(batch)})
            fates = {data.draw(st.sampled_from(names)): ("002", 0)} if fails and names else {}
            walk.answered(batch, fates)
        self.dirty = True

    def judge(self, batch):
        """1: at the moment a list is made, every month in it is due by the award as it stands."""
        for _number, row in roster.rows(batch["_id"]):
            award = connection.raw("awards").find_one({"_id": row["award"]})
            for item in row["basis"]:
                assert item["amount"] <= awards.amount_in(award, item["month"]), f"{row['number']} gets {item} of {award['spells']}"
            assert row["kind"] in lines.BESIDE or row["amount"] > 0

    @rule(data=st.data())
    def take_back(self, data):
        """Arrange, and let another person confirm, that what was paid too much is kept back from later lists."""
        found = list(connection.raw(recovery.COLLECTION).find({"state": {"$ne": "SETTLED"}, "waiting": {"$in": ["agree", "confirm_agreement"]}}))
        if not found:
            return
        row = data.draw(st.sampled_from(found))
        actor = STAFF[row["township"]]["clerk" if row["waiting"] == "agree" else "head"]
        terms = {"way": "setoff", "monthly": "100", "from_month": f"{self.day:%Y-%m}", "heard": self.day.isoformat()} if row["waiting"] == "agree" else {}
        with self.tick(), acting(actor):
            try:
                steps.take(row["waiting"], row, actor, row["rev"], "测试", **terms)
            except REFUSED:
                return

    @invariant()
    def all_holds(self):
        if self.dirty:
            with system("history"):
                broken = [f"{check.__name__}: {sentence}" for check in invariants.EVERY for sentence in check(self)]
            assert broken == []
        self.dirty = False


@pytest.fixture(scope="module")
def machine(story_settings):  # noqa: F811
    db = connection.connect(story_settings)
    empty(db)
    sealing.use_keys(story_settings.home / "keys" / "fields.json")
    kinds.register()
    payment_list.register()
    joining.register()
    engine, table = Engine(story_settings, CaseBase), county.standards()
    engine.__dict__["registry"] = Registry(CaseBase)
    for declaration in county.DECLARATIONS.values():
        engine.registry.publish(declaration, "test", table.types())
    engine.standards_store.table = table
    return type("History", (History,), {"engine": engine})


LONG = {"deadline": None, "suppress_health_check": list(HealthCheck), "report_multiple_bugs": False, "database": None}


def test_histories(machine):
    """The same few histories every time; a failing one is not made smaller here, which takes minutes."""
    run_state_machine_as_test(machine, settings=settings(max_examples=5, stateful_step_count=20, derandomize=True, phases=[Phase.generate], **LONG))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_histories(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=100, stateful_step_count=50, phases=[Phase.generate, Phase.shrink], **LONG))


class Choose:
    """Draws what is wanted wherever it is offered, and else the first option: a history by hand."""

    def __init__(self, *wanted):
        self.wanted = wanted

    def draw(self, offered):
        return next((option for option in offered.elements if option in self.wanted), offered.elements[0])


def by_hand(history, kind, *steps, people=(0,), cost=county.AMOUNTS[0]):
    """Take one case of HERE through (action, officer, what is wanted); return it."""
    with history.tick(), acting(STAFF[county.HERE]["clerk"]):
        values = county.application(kind, list(people), 300000, cost)
        case = open_case(history.engine.registry.get(kind), STAFF[county.HERE]["clerk"], VILLAGES[county.HERE][0], values, history.standards)
    history.cases.append(case.pk)
    for action, officer, *wanted in steps:
        actor = STAFF[county.HERE].get(officer) or COUNTY[officer]
        before = connection.raw("cases").find_one({"_id": case.pk})["rev"]
        history.attempt(case.pk, action, actor, Choose(*wanted))
        assert connection.raw("cases").find_one({"_id": case.pk})["rev"] > before, f"{action} was refused"
        if action == "post" and "now" not in wanted:
            history.now += timedelta(days=14)
    return case.pk


ACCEPTED = (("submit", "clerk"), ("accept", "clerk"))
SEEN = (*ACCEPTED, ("start_survey", "clerk"), ("record_visit", "clerk"), ("form_opinion", "clerk"), ("give_opinion", "clerk"))
GRANTED = (*SEEN, ("post", "clerk"), ("end_posting", "clerk"), ("confirm", "head"), ("grant", "clerk"))
QUICK = (*ACCEPTED, ("skip_survey", "clerk"), ("give_opinion", "clerk"), ("submit_confirm", "clerk"))
BROKEN = {
    "posting_over": ("postings_last", "low", (*SEEN, ("post", "clerk", "now"), ("end_posting", "clerk"))),
    "two_surveyors": ("people_are_different", "low", (*ACCEPTED, ("start_survey", "clerk"), ("record_visit", "clerk", county.GOOD[:1]))),
    "surveyors_unrelated": ("people_are_different", "low", (*ACCEPTED, ("start_survey", "clerk"), ("record_visit", "clerk", county.RELATED))),
    "accepter_not_confirmer": ("people_are_different", "nursing", (("submit", "both"), ("accept", "both"), *QUICK[2:], ("confirm", "both"))),
    "county_checked": ("relatives_are_visited", "nursing", (("submit", "clerk"), ("accept", "clerk", True), *QUICK[2:], ("confirm", "head"))),
    "confirmer_in_charge": ("townships_confirm_within_their_limit", "urgent", (*QUICK, ("confirm", "head"))),
    "heard_when_reduced": ("cuts_are_heard", "low", (*GRANTED, ("change_content", "clerk", 600000, "2026-09"), ("apply_change", "head"))),
    "proposer_not_confirmer": ("people_are_different", "low", (
        *GRANTED, ("propose_termination", "both", "2026-09"), ("record_hearing", "clerk"), ("terminate", "both"))),
}  # fmt: skip
"""Guard that is taken away: (invariant that must notice, type, history)."""


@pytest.mark.parametrize("guard", BROKEN)
def test_each_invariant_notices_the_guard_that_is_missing(machine, monkeypatch, guard):
    invariant_name, kind, steps = BROKEN[guard]
    history = machine()
    history.begin()
    history.now += timedelta(days=60)
    monkeypatch.setitem(GUARDS, guard, lambda move: None)
    by_hand(history, kind, *steps, cost=county.LIMIT + 1)
    with system("history"):
        noticed = {check.__name__ for check in invariants.EVERY if list(check(history))}
    assert noticed == {invariant_name}


def test_two_awards_of_one_person_are_noticed(machine, monkeypatch):
    history = machine()
    history.begin()
    monkeypatch.setitem(GUARDS, "no_exclusion", lambda move: None)
    for kind in ("low", "care"):
        by_hand(history, kind, *GRANTED)
    with system("history"):
        assert list(invariants.nobody_is_granted_twice(history))


def test_a_line_that_was_edited_is_noticed(machine):
    history = machine()
    history.begin()
    by_hand(history, "nursing", *QUICK, ("confirm", "head"), ("grant", "clerk"))
    history.now += timedelta(days=40)
    history.pay(Choose(), False)
    with system("history"):
        assert [list(check(history)) for check in invariants.EVERY] == [[]] * len(invariants.EVERY)
        [line] = connection.raw("payment_lines").find({"kind": "regular"})
        connection.raw("payment_lines").update_one({"_id": line["_id"]}, {"$inc": {"amount": 100}})
        noticed = {check.__name__ for check in invariants.EVERY if list(check(history))}
    assert noticed >= {"what_was_sealed_stands", "totals_are_sums"}
