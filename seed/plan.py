"""Decides which cases the demo county has: for each household who applies for what, when, and how far it came."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from adminapp import dates
from adminapp.cases import CaseValues
from adminapp.declaration.model import ReliefType
from seed.content import Subject, values_for
from seed.people import Household, Person
from seed.story import ON_ROLL, Step, after_grant, course, dated, histories, reachable

MONTHS = 18
STOCK, FRESH = (540, 400), (395, 60)
"""Days before today in which old and newer recipients applied."""
DWELL = (0, 1, 1, 2, 2, 3, 4, 5, 7, 9, 12, 16, 22, 30)
"""Working days an open case has stood where it stands: most short, some beyond every clock."""
MEANS_TESTED = {"dibao_rural", "dibao_urban", "tekun"}
OPEN_STATES = (
    "draft",
    "submitted",
    "accepted",
    "surveying",
    "opinion",
    "publicity",
    "confirm_ready",
    "confirmed",
    "supplement",
)
ENDED_STATES = ("refused", "refused", "refused", "withdrawn", "not_accepted", "terminated_uncoop")
GONE = {"dead", "missing"}
ASKED = {"survey", "verification", "consult", "posting"}
"""Steps whose conditions decide the course; the others follow from what the plan wants."""


@dataclass
class Plan:
    """One case to be. `steps` carry their days; the number is given once all plans are known."""

    ident: str
    type: str
    household: Household
    person: Person
    target: str
    traits: dict = field(default_factory=dict)
    applied_on: date | None = None
    steps: list[Step] = field(default_factory=list)
    number: str = ""

    def subject(self) -> Subject:
        return Subject(self.household, self.person, self.applied_on, Random(f"{self.ident}:content"), self.traits)


class Planner:
    """Plans household by household; the same seed gives the same plans. `types` are the declarations by key.

    The first households of `first` (a township) and those numbered above `usual` stand for every state of every type,
    the others for what is usual. `standing` tells how a household stands to the standards.
    """

    def __init__(
        self,
        types: dict[str, ReliefType],
        seed: int,
        on: date,
        first: str,
        usual: int,
        standing: Callable[[Household], str],
    ):
        self.types, self.seed, self.on, self.first, self.usual, self.standing = types, seed, on, first, usual, standing
        self.wanted = {key: [*reachable(item), *histories(item)] for key, item in types.items()}
        self.counts = Counter()

    def plans(self, households: Iterable[Household]) -> Iterator[Plan]:
        for household in households:
            yield from self._household(household)

    def _household(self, household):
        self.random = Random(f"{self.seed}:household:{household.number}")
        basic = self._basic(household)
        plans = [basic] if basic else []
        for key, person in self._others(household, basic):
            if plan := self._new(key, household, person, basic=basic):
                plans.append(plan)
        yield from sorted(plans, key=lambda plan: (plan.applied_on, plan.ident))

    # Who applies for what

    def _basic(self, household):
        """Return the plan of dibao or tekun of the household, one of both at most."""
        random, head = self.random.random, household.head
        standing = self.standing(household)
        alone = len(household.members) == 1
        if household.kind == "orphan":
            return None
        if (
            alone
            and standing == "low"
            and helpless(head, self.on)
            and (random() < 0.62 or household.number > self.usual)
        ):
            return self._new("tekun", household, head)
        key = f"dibao_{household.hukou}"
        if standing == "low":
            needy = any(person.disability or person.father for person in household.members)
            return self._new(key, household, head, steady=needy)
        if standing == "marginal":
            for person in household.members:
                if person.grade in (1, 2) and person.account and not person.income and random() < 0.7:
                    return self._plan(
                        key, household, person, "in_benefit", {"individual": True, "raised": True, "means_tested": True}
                    )
        if standing == "over" and random() < 0.12:
            return self._plan(key, household, head, "refused", {"over": True, "early": random() < 0.1})
        return None

    def _others(self, household, basic):
        random = self.random.random
        held = basic if basic and basic.target == "in_benefit" and not basic.traits.get("history") else None
        tekun = basic is not None and basic.type == "tekun"
        for person in household.members:
            age = dates.age(person.birth, self.on)
            child = age < 18 and person.father and person.mother
            if child:
                if random() < 0.97:
                    yield ("orphan" if {person.father, person.mother} <= GONE else "unattended_child"), person
                continue
            if person.disability and not tekun and age >= 3:
                if held and not held.traits.get("individual") and random() < 0.95:
                    yield "disability_living", person
                if person.grade <= 2 and random() < 0.95:
                    yield "disability_nursing", person
            if age >= 80 and random() < 0.97:
                yield ("centenarian" if age >= 100 else "old_age"), person
        if random() < 0.33:
            yield "temporary", household.head

    def _new(self, key, household, person, basic=None, steady=False):
        target, traits = self._target(key, household, steady)
        plan = self._plan(key, household, person, target, traits, basic)
        if plan is None and traits.get("sample"):
            self.wanted[key].insert(0, traits["sample"])
        return plan

    def _target(self, key, household, steady=False):
        """Return (state to come to, traits): first what nobody stands in yet, then what is usual."""
        random = self.random.random
        traits = {"means_tested": key in MEANS_TESTED, "raised": True}
        if self.wanted[key] and (
            household.number > self.usual or (household.township == self.first and random() < 0.9)
        ):
            wanted = self.wanted[key].pop(0)
            target, _, change = wanted.partition(":")
            if change:
                traits |= {"history": "change", "change": change}
            early = target == "surveying" and not self._asks(key)
            return target, traits | {"relative": target == "county_check", "early": early, "sample": wanted}
        if random() < 0.025:
            traits["relative"] = True
        if random() < 0.05:
            traits["supplement"] = True
        draw = random()
        if draw < (0.985 if steady else 0.9):
            history = random()
            if not steady and history < 0.05:
                traits["history"] = "change" if history < 0.035 else "suspension"
            elif history > 0.98:
                traits["objection"] = "answer" if random() < 0.6 else "appraisal"
            return "in_benefit", traits
        if draw < 0.93:
            return "terminated", traits
        choices = OPEN_STATES if draw < 0.97 else ENDED_STATES
        traits["early"] = random() < 0.4
        target = choices[int(random() * len(choices))]
        return (target if target in reachable(self.types[key]) else "submitted"), traits

    def _asks(self, key):
        """Return whether the county verifies this type at the township's request; elsewhere the first sample waits for its visit."""
        return self.types[key].verification.by == "county"

    # When it happened

    def _plan(self, key, household, person, target, traits, basic=None) -> Plan | None:
        plan = Plan(
            f"{self.seed}:{household.number}:{key}:{person.id_number}", key, household, person, target, dict(traits)
        )
        random, relief_type = self.random, self.types[key]
        plan.traits["asks"] = self._asks(key)
        if target == "refused":
            plan.traits |= {"refused": True, "place": "local" if plan.traits.get("over") else "other"}
        if key == "temporary":
            plan.traits |= {
                "urgent": target not in ("publicity", "objection", "appraisal") and random.random() < 0.4,
                "raised": False,
            }
            plan.traits["immediate"] = plan.traits["urgent"] and random.random() < 0.3
            if self._holds(basic) and random.random() < 0.7:
                plan.traits["holds"] = self._holds(basic)
            if target == "in_benefit" and not plan.traits.get("sample") and random.random() < 0.6:
                plan.target = target = "terminated"
        plan.traits |= {"end_posted": bool(relief_type.ongoing.end_days), "end": target}
        plan.applied_on = self.on
        active = self._active(plan)
        posting = _posting(relief_type)
        steps = course(target, plan.traits, active, random)
        after = self._earliest(basic, key, plan)
        if target in ON_ROLL:
            for _ in range(8):
                plan.applied_on = self._some_day(key, after, plan.traits.get("sample"))
                if plan.applied_on is None:
                    return None
                plan.steps = dated(steps, plan.applied_on, posting)
                if old_enough(key, person, plan.applied_on) and plan.steps[-1].on <= self.on:
                    break
            else:
                return None
            plan.steps += after_grant(target, plan.traits, plan.steps[-1].on, self.on, random)
        else:
            ended = target in ("withdrawn", "not_accepted", "terminated_uncoop", "refused")
            back = random.randint(10, 240) if ended else random.choice(DWELL)
            plan.steps = self._ending(plan, steps, posting, dates.add_workdays(self.on, -back) if back else self.on)
            if not old_enough(key, person, plan.applied_on) or (after and plan.applied_on < after):
                return None
        if key != "temporary" and self._holds(basic) and after_month(basic) <= plan.applied_on:
            plan.traits["holds"] = self._holds(basic)
            plan.traits["dibao_since"] = dates.add_months(dates.month_of(granted(basic)), 1)
        return plan

    def _holds(self, basic):
        """Return what the household receives when its basic plan came that far, "" otherwise."""
        if not basic or basic.target not in ON_ROLL:
            return ""
        return "tekun" if basic.type == "tekun" else "dibao"

    def _earliest(self, basic, key, plan):
        """Return the first day on which the household's dibao is there, for what builds on it."""
        builds_on = key in ("disability_living", "unattended_child") or plan.traits.get("holds")
        return after_month(basic) if builds_on and self._holds(basic) else None

    def _some_day(self, key, after, long_ago=False):
        random = self.random
        if key == "temporary":
            first, last = 540, 40
        else:
            first, last = STOCK if long_ago or random.random() < 0.88 else FRESH
        day = date.fromordinal(self.on.toordinal() - random.randint(last, first))
        if after and day < after:
            latest = self.on.toordinal() - 60
            if after.toordinal() >= latest:
                return None
            # Who waits for dibao applies soon after it.
            day = date.fromordinal(min(latest, after.toordinal() + int(90 * random.random() ** 2)))
        return dates.next_workday(day)

    def _ending(self, plan, steps, posting, end):
        """Set the day of application so that the last step comes on `end` or shortly before; return the dated steps."""
        day = dates.add_workdays(
            end, -sum(step.gap if isinstance(step.gap, int) else posting[0] + 1 for step in steps) or 0
        )
        day = dates.next_workday(day)
        while True:
            found = dated(steps, day, posting)
            if not found or found[-1].on <= end:
                plan.applied_on = day
                return found
            day = dates.add_workdays(day, -1)

    def _active(self, plan):
        """Return whether a step is due, asked of the values of the plan (not of its days)."""
        relief_type = self.types[plan.type]
        objected = bool(plan.traits.get("objection")) or plan.target in ("objection", "appraisal")
        steps = relief_type.step_by_name
        if not any(step.when or step.unless for name, step in steps.items() if name in ASKED):
            return steps.__contains__
        values = CaseValues(
            relief_type,
            values_for(plan.type, plan.subject()),
            {
                "relative": bool(plan.traits.get("relative")),
                "complaint": False,
                "objected": objected,
                "applied_on": plan.applied_on,
            },
        )

        def active(step):
            declared = steps.get(step)
            return (
                declared is not None
                and values.holds(declared.when)
                and not values.holds(declared.unless, default=False)
            )

        return active


def _posting(relief_type):
    step = relief_type.step_by_name.get("posting")
    return (step.days, step.unit) if step else (0, "day")


def granted(plan: Plan) -> date:
    return next(step.on for step in plan.steps if step.action == "grant")


def after_month(plan: Plan) -> date:
    """Return the day from which the plan's award surely stands in the register."""
    return dates.add_workdays(granted(plan), 3)


def old_enough(key: str, person: Person, on: date) -> bool:
    """Return whether the person's age suits the type on the day of application."""
    if person.birth >= on:
        return False
    age = dates.age(person.birth, on)
    return {"centenarian": age >= 100, "old_age": 80 <= age < 100}.get(key, True)


def helpless(person: Person, on: date) -> bool:
    """Return whether somebody alone looks like a person in extreme hardship: old, or severely disabled."""
    kind, grade = person.disability, person.grade
    severe = (
        (kind in ("5", "6") and 1 <= grade <= 3) or (kind == "4" and 1 <= grade <= 2) or (kind == "1" and grade == 1)
    )
    return dates.age(person.birth, on) >= 62 or severe
