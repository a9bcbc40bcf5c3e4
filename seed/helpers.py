"""Households one after the other, or in helper processes when the county is large."""

from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from random import Random

from adminapp import awards, contents, dates, decisions
from adminapp.engine import Engine
from adminapp.scope import system
from adminapp.verification import requests
from adminapp.workflow import deadlines, events
from seed import payments
from seed.acts import Acts
from seed.bulk import Writer
from seed.content import values_for
from seed.papers import Papers
from seed.plan import Plan
from seed.size import County
from seed.staff import Staff
from seed.story import refused_after
from seed.walk import Walk

PIECE = 200
"""Households in one piece of work."""
UNWRITTEN = ("account_name", "account_number", "bank_name", "promised_on", "consented_on")
"""What a draft still lacks."""
CHECKED = 50
"""Of so many households one walks past every guard; the others take the same steps unasked, which the tests compare."""


class Helpers:
    """Works on households and payment lists: in `count` processes, or in this one when that is 0."""

    def __init__(self, engine: Engine, county: County, count: int):
        self.setup = (engine.settings, engine.base, county)
        self.count, self.pool, self.waiting = count, None, []

    def __enter__(self):
        if self.count:
            self.pool = self._open(self.count)
        return self

    def _open(self, count):
        # Begun anew rather than forked: a database client does not survive a fork.
        return ProcessPoolExecutor(count, get_context("spawn"), _begin, self.setup)

    def __exit__(self, failure, *rest):
        if self.pool:
            self.pool.shutdown(cancel_futures=bool(failure))

    def walk(self, groups: list[list[Plan]]):
        """Store the cases of the households; yield (number of households, what payments need of their awards)."""
        pieces = [groups[first : first + PIECE] for first in range(0, len(groups), PIECE)]
        if self.pool:
            for done in as_completed([self.pool.submit(_walk_away, piece) for piece in pieces]):
                yield done.result()
            # Lists build on each other, so one helper takes them all, in their order.
            self.pool.shutdown()
            self.pool = self._open(1)
        else:
            engine = Engine(self.setup[0], self.setup[1]).refresh()
            yield from (_walk(engine, self.setup[2], piece) for piece in pieces)

    def finish_list(self, month: str, types: dict[str, str], once: set[str]):
        """Take a written list through its steps, the lists in order of months."""
        if self.pool:
            self.waiting.append(self.pool.submit(_finish_away, month, types, once))
        else:
            county = self.setup[2]
            payments.take_steps(month, types, once, Staff(county.townships), county.on)

    def finish_lists(self):
        """Wait until every list has taken its steps."""
        while self.waiting:
            self.waiting.pop().result()


_helper = None


def _begin(settings, base, county):
    """Open the database in a helper process."""
    global _helper
    engine = Engine(settings, base).connect()
    _helper = engine, county


def _walk_away(piece):
    engine, county = _helper
    with system("demo county"), dates.frozen(county.on):
        return _walk(engine, county, piece)


def _finish_away(month, types, once):
    _, county = _helper
    with system("demo county"), dates.frozen(county.on):
        payments.take_steps(month, types, once, Staff(county.townships), county.on)


def _walk(engine, county, groups):
    """Walk and store the cases of these households; return (their number, what payments need of their awards)."""
    staff, papers, writer, paid = Staff(county.townships), Papers(county.small), Writer(), []
    for group in groups:
        walks, rows = walk_household(engine, staff, papers, group, group[0].household.number % CHECKED == 0)
        documents = {walk.case.id: walk.case.document() for walk in walks}
        for walk in walks:
            for name, found in papers.stored(walk.relief_type, documents[walk.case.id]).items() if county.small else ():
                writer.add(name, found)
        writer.add("cases", documents.values())
        writer.add(awards.COLLECTION, rows)
        writer.add(decisions.COLLECTION, [row for walk in walks for row in walk.decisions])
        writer.add(contents.COLLECTION, [contents.kept(walk.case.pk, data) for walk in walks for data in walk.contents.values()])
        writer.add(requests.COLLECTION, [row for walk in walks for row in walk.requests])
        writer.add(awards.deaths.COLLECTION, [row for walk in walks for row in walk.deaths])
        writer.add(events.COLLECTION, [event for walk in walks for event in walk.events])
        writer.add(deadlines.COLLECTION, [row for walk in walks for row in walk.deadlines])
        paid += [
            payments.Paid(walk.award, walk.spells, payments.source_of(walk.relief_type, documents[walk.case.id]))
            for walk in walks
            if walk.award
        ]
    writer.flush()
    return len(groups), paid


def walk_household(engine: Engine, staff: Staff, papers: Papers, plans: list[Plan], checked: bool = True):
    """Walk the cases of one household in the order of application; return (walks, awards)."""
    rows, walks = [], []
    for item in plans:
        published = engine.registry.get(item.type)
        subject = item.subject()
        walk = Walk(published, engine.standards, item.ident, Random(f"{item.ident}:walk"), rows, checked)
        household = item.household
        walk.elsewhere = {other.person.id_number for other in plans if other is not item}
        walk.officials = staff.officials(household.township)
        clerk = staff.of("township_clerk", household.township)
        fields = published.relief_type.fields
        values = {key: value for key, value in values_for(item.type, subject).items() if key in fields}
        draft = item.target == "draft"
        for key in UNWRITTEN if draft else ():
            values.pop(key, None)
        walk.open(
            clerk,
            household.village,
            household.township,
            item.number,
            values,
            lambda move, ident=item.ident, draft=draft: [] if draft else papers.entries(move, ident),
            item.applied_on,
        )
        acts = Acts(walk, staff, item.traits)
        steps = list(item.steps)
        while steps:
            step = steps.pop(0)
            acts.take(step.action, step.on)
            if step.action == "give_opinion" and acts.refuses and item.target != "refused" and steps:
                steps = refused_after(step.on, dates.today())
        walk.finish()
        walks.append(walk)
    return walks, rows
