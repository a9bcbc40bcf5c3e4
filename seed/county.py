"""The demo county: relief types, standards, accounts, cases with their history, awards and a year of payments. All 虚构.

The same seed, scale and day give the same database, except for what keys and passwords make of it.
"""

import hashlib
import multiprocessing
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from pymongo.errors import BulkWriteError

from adminapp import awards, database, dates, divisions
from adminapp import standards as standards_file
from adminapp.auth import users
from adminapp.auth.accounts import create_user
from adminapp.engine import Engine
from adminapp.errors import Conflict
from adminapp.payments import lines
from adminapp.pinyin import spell
from adminapp.scope import system
from adminapp.workflow import events
from seed import payments
from seed.accounts import DEMO_PASSWORD, SMALL, accounts
from seed.acts import Acts
from seed.content import values_for
from seed.people import Household, households
from seed.plan import MONTHS, Plan, Planner
from seed.staff import Staff
from seed.story import refused_after
from seed.walk import Walk

HOUSEHOLDS = 15_000
"""Of the county at scale 1: about 45,000 persons."""
SMALL_SCALE = 0.1
"""Below it the people live in two townships, so that each has something to do."""
RARE = {"orphan": 34, "centenarian": 34, "skipped_generation": 40, "old_alone": 40}
"""Households added whatever the scale, so that rare types too have a case in every state."""
DAY = date(2026, 11, 23)
BATCH = 500
HELPERS, ALONE, PIECE = 2, 3000, 200
"""Processes that work on a large county, cases one process does alone, households in one piece of work."""
CHECKED = 50
"""Of so many households one walks past every guard; the others take the same steps unasked, which the tests compare."""
TYPES = Path(__file__).parents[1] / "schemas" / "relief_types"
MARK = "seed"
"""Of the document in `meta` that says which county this is."""
DUPLICATE = 11000
Progress = Callable[[str], None]


@dataclass(frozen=True)
class County:
    """What decides everything else."""

    scale: float
    seed: int
    on: date = DAY

    @property
    def count(self) -> int:
        return max(1, round(HOUSEHOLDS * self.scale))

    @property
    def townships(self) -> tuple[str, ...]:
        return SMALL if self.scale < SMALL_SCALE else tuple(item.code for item in divisions.townships(self.on))

    def households(self):
        extra = [shape for shape, count in RARE.items() for _ in range(count)]
        return households(self.count, self.seed, on=self.on, townships=self.townships, extra=extra)


def build(
    engine: Engine, scale: float = 1, seed: int = 1, *, on: date | None = None, again: bool = False, progress: Progress = lambda text: None
) -> dict[str, int]:
    """Fill the database with the demo county as seen on the day `on`; return {collection: number of documents}.

    Without `on` it is the day of the county that is there already, or else today. Raise Conflict on a database that holds
    cases, unless `again` and they are of the same seed, scale and day: then what is missing is added and nothing changes.
    """
    meta = database.raw("meta")
    found = meta.find_one({"_id": MARK})
    on = on or (date.fromisoformat(found["on"]) if found else dates.today())
    county = County(scale, seed, on)
    wanted = {"scale": scale, "seed": seed, "on": on.isoformat()}
    if found and not (again and all(found[key] == value for key, value in wanted.items())):
        raise Conflict("数据库中已有演示数据；同一种子可以用 --again 补齐，换种子请用新的数据库")
    if not found and database.raw("cases").find_one({}, {"_id": 1}):
        raise Conflict("数据库中已有案件，不能放入演示数据")
    if found and found.get("done"):
        progress("演示数据已在库中，没有改动")
        return counts()
    if not found:
        progress(f"建立演示县：规模 {scale}，种子 {seed}，以 {on} 为今天")
    meta.update_one({"_id": MARK}, {"$setOnInsert": wanted}, upsert=True)
    with system("demo county"), dates.frozen(on):
        prepare(engine, progress)
        _fill(engine, county, progress)
    meta.update_one({"_id": MARK}, {"$set": {"done": True}})
    return counts()


def prepare(engine: Engine, progress: Progress = lambda text: None):
    """Load the standards and publish the relief types where there are none."""
    if not engine.standards.keys():
        engine.standards_store.replace(standards_file.read_file(), "seed")
        progress("已载入标准（演示参数）")
    if not engine.registry.refresh().latest():
        for path in sorted(TYPES.glob("*.yaml")):
            engine.registry.publish(path.read_text("utf-8"), "seed", engine.standards.types())
        progress(f"已发布 {len(engine.registry.latest())} 个救助类型")


def counts() -> dict[str, int]:
    names = ("cases", awards.COLLECTION, events.COLLECTION, lines.COLLECTION)
    return {name: database.raw(name).estimated_document_count() for name in names}


# What the demo tells at its start


@dataclass(frozen=True)
class Greeted:
    username: str
    name: str
    role: str
    place: str


def demo_accounts() -> list[Greeted]:
    """Return the demo accounts of the county and of the first township, with their place in words."""
    place = {True: divisions.name_of(SMALL[0]), False: "县"}
    return [Greeted(item.username, item.name, item.role, place[bool(item.township)]) for item in accounts(SMALL[:1])]


HINTS = (
    ("submitted", "clerk.{place}：受理申请 {number}，登记入户调查，再提出初审意见"),
    ("publicity", "deputy.{place}：打开公示中的 {number}，看计算过程，打印公示单"),
    ("confirm_ready", "head.{place}：确认或不予确认 {number}；受理人自己不能确认"),
    ("refused", "clerk.{place}：打开不予确认的 {number}，打印决定书并登记送达"),
    ("in_benefit", "deputy.{place}：给享受中的 {number} 办理减发，系统会要求先听取意见"),
)


def hints() -> list[str]:
    """Return what to try first, each with a case that is in the right state."""
    place, found = spell(divisions.name_of(SMALL[0])[:-1]), []
    for state, text in HINTS:
        query = {"township": SMALL[0], "state": state, "type": {"$in": ["dibao_rural", "dibao_urban"]}, "flags": []}
        row = database.raw("cases").find_one(query, {"number": 1}, sort=[("_id", -1)])
        if row:
            found.append(text.format(place=place, number=row["number"]))
    found.append("approver：审批待批的本月发放名册；reviewer 编制、锁定的人不能审批")
    found.append("policy：改一个救助类型，先看差异和试算，再发布；旧案件不受影响")
    found.append("auditor：查看访问日志，核对事件链和发放名册")
    return found


# Cases


def plan(engine: Engine, county: County) -> list[Plan]:
    """Return all cases to be, numbered in the order of application."""
    types = {key: item.relief_type for key, item in engine.registry.latest().items()}
    planner = Planner(types, county.seed, county.on, SMALL[0], county.count, _standing(engine, county))
    plans = list(planner.plans(county.households()))
    serials = defaultdict(int)
    for item in sorted(plans, key=lambda item: (item.applied_on, item.ident)):
        code = types[item.type].code
        key = (item.household.township, code, item.applied_on.year)
        serials[key] += 1
        item.number = f"{key[0]}{code.replace('-', '')}{key[2]}{serials[key]:05d}"
    return plans


def _counters(plans, engine):
    """Return the counters as they stand after the last number given (adminapp/workflow/opening.py)."""
    types, last = engine.registry.latest(), {}
    for item in plans:
        key = f"case:{item.household.township}:{types[item.type].relief_type.code}:{item.applied_on.year}"
        last[key] = max(last.get(key, 0), int(item.number[-5:]))
    return [{"_id": key, "value": value} for key, value in sorted(last.items())]


def _standing(engine, county) -> Callable[[Household], str]:
    """Return a function that tells how a household stands to the dibao standards of the whole period."""
    def figures(day):
        value = engine.standards.value
        return {"rural": value("dibao.rural_year", day), "urban": value("dibao.urban", day) * 12}, value("dibao.low_income_ratio", day)

    (low, ratio), (high, _) = figures(county.on - timedelta(days=31 * MONTHS)), figures(county.on)
    value = engine.standards.value
    savings, vehicles, houses = (value(f"property.{key}", county.on) for key in ("savings_per_person", "vehicles", "houses"))

    def standing(household):
        held, people = household.property, len(household.members)
        income = sum(household.income.values()) / people
        if (held.savings + held.securities + held.insurance) / people > savings or held.vehicles > vehicles or held.houses > houses:
            return "over"
        if income < low[household.hukou]:
            return "low"
        if income < high[household.hukou]:
            return ""
        return "marginal" if income < low[household.hukou] * ratio else "over"

    return standing


class Writer:
    """Collects documents and writes them in batches; what is there already stays as it is."""

    def __init__(self):
        self.waiting = defaultdict(list)

    def add(self, collection: str, documents):
        waiting = self.waiting[collection]
        waiting.extend(documents)
        if len(waiting) >= BATCH:
            self.flush(collection)

    def flush(self, *collections):
        for name in collections or list(self.waiting):
            documents, self.waiting[name] = self.waiting[name], []
            if documents:
                insert(name, documents)


def insert(collection: str, documents: list[dict]):
    """Insert what is not there yet."""
    try:
        database.raw(collection).insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if any(item["code"] != DUPLICATE for item in error.details["writeErrors"]):
            raise


def walk_household(engine: Engine, staff: Staff, plans: list[Plan], checked: bool = True):
    """Walk the cases of one household in the order of application; return (walks, awards)."""
    rows, walks = [], []
    for item in plans:
        published = engine.registry.get(item.type)
        subject = item.subject()
        walk = Walk(published, engine.standards, item.ident, Random(f"{item.ident}:walk"), rows, checked)
        household = item.household
        clerk = staff.of("township_clerk", household.township)
        fields = published.relief_type.fields
        values = {key: value for key, value in values_for(item.type, subject).items() if key in fields}
        walk.open(clerk, household.village, household.township, item.number, values, lambda move, ident=item.ident: _files(move, ident), item.applied_on)
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


def _files(move, ident):
    """Return the papers the case needs, each as an entry of its file list."""
    return [
        Paper({
            "id": hashlib.sha256(f"{ident}:{document.id}".encode()).hexdigest()[:24], "document": document.id, "name": f"{document.label}.pdf",
            "size": 0, "type": "application/pdf", "digest": hashlib.sha256().hexdigest(), "by": move.actor.id, "at": dates.now(),
        })
        for document in move.relief_type.documents
        if document.required or move.values.holds(document.required_when, default=False)
    ]  # fmt: skip


class Paper(dict):
    """An entry of the file list, read by its names as guards do."""

    __getattr__ = dict.__getitem__


def _fill(engine, county, progress):
    _accounts(county)
    progress(f"已建立 {len(accounts(county.townships))} 个演示账户")
    plans = plan(engine, county)
    progress(f"共 {len(plans)} 件，开始办理")
    insert("counters", _counters(plans, engine))
    groups, paid = _by_household(plans), []
    with _Helpers(engine, county, HELPERS if len(plans) > ALONE else 0) as helpers:
        done = 0
        for size, found in helpers.walk(groups):
            paid, done = paid + found, done + size
            if len(plans) > ALONE and done % 1000 < size:
                progress(f"已办理 {done} 户，共 {len(groups)} 户")
        months = payments.months_until(county.on)
        due = payments.due_by_month(paid, months)
        types = sorted({item.award["type"] for item in paid})
        for age, month in reversed(list(enumerate(reversed(months)))):
            payments.write_list(month, due[month], insert)
            helpers.finish_list(month, types, age)
            progress(f"{month} 发放名册 {len(due[month])} 行")


def _accounts(county):
    for item in accounts(county.townships):
        if users.find(item.username) is None:
            create_user(
                item.username, item.name, [item.role], [item.township] if item.township else (), item.villages, DEMO_PASSWORD,
                must_change=False, demo=True,
            )  # fmt: skip


class _Helpers:
    """Works on households and payment lists: in `count` processes, or in this one when that is 0."""

    def __init__(self, engine: Engine, county: County, count: int):
        self.setup = (engine.settings, engine.base, county)
        self.count, self.pool, self.waiting = count, None, []

    def __enter__(self):
        if self.count:
            self.pool = multiprocessing.get_context("spawn").Pool(self.count, _begin, self.setup)
        return self

    def __exit__(self, failure, *rest):
        if self.pool:
            self.pool.terminate() if failure else self.pool.close()
            self.pool.join()

    def walk(self, groups: list[list[Plan]]):
        """Store the cases of the households; yield (number of households, what payments need of their awards)."""
        pieces = [groups[first : first + PIECE] for first in range(0, len(groups), PIECE)]
        if self.pool:
            yield from self.pool.imap_unordered(_walk_away, pieces)
            # Lists build on each other, so one helper is enough for them; it sees what the other wrote.
            self.pool.close()
            self.pool.join()
            self.pool = multiprocessing.get_context("spawn").Pool(1, _begin, self.setup)
        else:
            engine = Engine(self.setup[0], self.setup[1]).refresh()
            yield from (_walk(engine, self.setup[2], piece) for piece in pieces)

    def finish_list(self, month: str, types: list[str], age: int):
        """Take a written list through its steps, the lists in order of months."""
        if self.pool:
            self.waiting.append(self.pool.apply_async(_finish_away, (month, types, age)))
            if age == 0:
                for each in self.waiting:
                    each.get()
        else:
            county = self.setup[2]
            payments.take_steps(month, types, age, Staff(county.townships), county.on)


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


def _finish_away(month, types, age):
    _, county = _helper
    with system("demo county"), dates.frozen(county.on):
        payments.take_steps(month, types, age, Staff(county.townships), county.on)


def _walk(engine, county, groups):
    """Walk and store the cases of these households; return (their number, what payments need of their awards)."""
    staff, writer, paid = Staff(county.townships), Writer(), []
    for group in groups:
        walks, rows = walk_household(engine, staff, group, group[0].household.number % CHECKED == 0)
        documents = {walk.case.id: walk.case.document() for walk in walks}
        writer.add("cases", documents.values())
        writer.add(awards.COLLECTION, rows)
        writer.add(events.COLLECTION, [event for walk in walks for event in walk.events])
        paid += [
            payments.Paid(walk.award, walk.spells, payments.source_of(walk.relief_type, documents[walk.case.id]))
            for walk in walks
            if walk.award
        ]
    writer.flush()
    return len(groups), paid


def _by_household(plans) -> list[list[Plan]]:
    groups = defaultdict(list)
    for item in plans:
        groups[item.household.number].append(item)
    return list(groups.values())
