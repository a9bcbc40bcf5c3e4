"""The demo county (虚构): relief types, standards, accounts, cases with their history, awards, a year of payments.

The same seed, scale and day give the same database, except for what keys and passwords make of it.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from adminapp import awards, database, dates
from adminapp import standards as standards_file
from adminapp.auth import users
from adminapp.auth.accounts import create_user
from adminapp.engine import Engine
from adminapp.errors import Conflict
from adminapp.payments import lines
from adminapp.postings import longterm
from adminapp.public import refresh as public
from adminapp.scope import system
from adminapp.workflow import events
from seed import (
    absences,
    bank_accounts,
    complaints,
    drafts,
    evidence,
    imports,
    matches,
    officials,
    ongoing,
    payments,
    postings,
    raises,
    recoveries,
    releases,
    reports,
    reserve,
    tokens,
    views,
)
from seed import entries as register_entries
from seed.accounts import DEMO_PASSWORD, SMALL, accounts
from seed.bulk import insert
from seed.helpers import Helpers
from seed.months import close_months
from seed.papers import CHUNKS, FILES, Papers
from seed.people import Household
from seed.plan import MONTHS, Plan, Planner
from seed.size import County
from seed.staff import Staff, actor_of
from seed.supervision import fill as fill_spot_checks
from seed.warnings import fill as fill_warnings

HELPERS, ALONE = 2, 3000
"""Processes that work on a large county; cases that one does alone."""
TYPES = Path(__file__).parents[1] / "schemas" / "relief_types"
MARK = "seed"
"""Of the document in `meta` that says which county this is."""
Progress = Callable[[str], None]


def build(
    engine: Engine,
    scale: float = 1,
    seed: int = 1,
    *,
    on: date | None = None,
    again: bool = False,
    progress: Progress = lambda text: None,
) -> dict[str, int]:
    """Fill the database with the demo county as seen on the day `on`; return {collection: number of documents}.

    Without `on` it is the day of the county that is there already, or else today. Raise Conflict on a database that
    holds cases, unless `again` and they are of the same seed, scale and day: then what is missing is added.
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


def made() -> dict | None:
    """Return {scale, seed, on, done} of the county in the database, None when there is none."""
    return database.raw("meta").find_one({"_id": MARK})


def prepare(engine: Engine, progress: Progress = lambda text: None):
    """Load the standards and publish the relief types where there are none."""
    if not engine.standards.keys():
        engine.standards_store.replace(standards_file.read_file(), "seed")
        progress("已载入标准（演示参数）")
    if not engine.registry.refresh().latest():
        for path in sorted(TYPES.glob("*.yaml")):
            engine.registry.publish(path.read_text("utf-8"), "seed", engine.standards.types())
        progress(f"已发布 {len(engine.registry.latest())} 个救助类型")
    releases.golden()


def counts() -> dict[str, int]:
    names = ("cases", awards.COLLECTION, events.COLLECTION, lines.COLLECTION)
    return {name: database.raw(name).estimated_document_count() for name in names}


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
        return {"rural": value("dibao.rural_year", day), "urban": value("dibao.urban", day) * 12}, value(
            "dibao.low_income_ratio", day
        )

    (low, ratio), (high, _) = figures(county.on - timedelta(days=31 * MONTHS)), figures(county.on)
    value = engine.standards.value
    savings, vehicles, houses = (
        value(f"property.{key}", county.on) for key in ("savings_per_person", "vehicles", "houses")
    )

    def standing(household):
        held, people = household.property, len(household.members)
        income = sum(household.income.values()) / people
        if (
            (held.savings + held.securities + held.insurance) / people > savings
            or held.vehicles > vehicles
            or held.houses > houses
        ):
            return "over"
        if income < low[household.hukou]:
            return "low"
        if income < high[household.hukou]:
            return ""
        return "marginal" if income < low[household.hukou] * ratio else "over"

    return standing


def _fill(engine, county, progress):
    _accounts(county)
    progress(f"已建立 {len(accounts(county.townships))} 个演示账户")
    by_name = {item.username: actor_of(item) for item in accounts(county.townships)}
    drafts.begin(engine, by_name["policy"], by_name["policy2"], county.on)
    plans = plan(engine, county)
    progress(f"共 {len(plans)} 件，开始办理")
    insert("counters", _counters(plans, engine))
    _shelves(engine, county)
    groups, paid = _by_household(plans), []
    with Helpers(engine, county, HELPERS if len(plans) > ALONE else 0) as helpers:
        done = 0
        for size, found in helpers.walk(groups):
            paid, done = paid + found, done + size
            if len(plans) > ALONE and done % 1000 < size:
                progress(f"已办理 {done} 户，共 {len(groups)} 户")
        months = payments.months_until(county.on)
        at_once = reserve.chosen(paid, engine.standards, months[-4:], county.on)
        paid = [item for item in paid if item.award["_id"] not in at_once]
        due, alone = payments.due_by_month(paid, months), payments.single_accounts(paid)
        published = {key: engine.registry.get(key).relief_type for key in sorted({item.award["type"] for item in paid})}
        types = {key: relief_type.name for key, relief_type in published.items()}
        once = {key for key, relief_type in published.items() if relief_type.payment.cycle == "once"}
        for month in months:
            payments.write_list(month, due[month], insert, types, county.on, Staff(county.townships), alone)
            helpers.finish_list(month, types, once)
            progress(f"{month} 发放名册 {len(due[month])} 行")
        helpers.finish_lists()
    reserve.fill(engine, Staff(county.townships), at_once, county.on)
    progress(f"备用金支付 {len(at_once)} 笔")
    bank_accounts.fill(engine, Staff(county.townships), payments.run_day(months[-1]))
    bank_accounts.follow_answers(Staff(county.townships))
    raises.fill(engine, Staff(county.townships))
    recoveries.fill(Staff(county.townships), county.on)
    absences.fill(county.on, Staff(county.townships))
    _casework(engine, county)
    progress("已登记公示、异议、投诉举报和近亲属备案")
    fill_spot_checks(engine, county.seed, county.on, Staff(county.townships), county.small)
    progress("已登记抽查核查")
    matches.fill(Staff(county.townships), county)
    progress("已比对部门名单")
    ongoing.fill(engine, Staff(county.townships), county)
    progress("已编排动态管理计划")
    fill_warnings(engine, county.seed, county.on, Staff(county.townships))
    progress("已比对预警")
    tokens.fill(by_name["sysadmin"], SMALL[0])
    views.fill({name: by_name[name] for name in views.OF})
    imports.begin(engine, by_name["clerk.tuojiang"], SMALL[0])
    releases.fill(engine)
    progress("已建立发布方案")
    evidence.fill(engine, Staff(county.townships), county)
    progress("已建立主动发现线索、走访包、民主评议和核对批次")
    register_entries.fill(engine, Staff(county.townships), county)
    reports.fill(engine, Staff(county.townships), county.on, county.small)
    close_months(months, Staff(county.townships), county.on)
    progress("已统计各月报表")


def _casework(engine, county):
    """Add what stands beside the cases. It is made whole or anew: what an interrupted run left of it goes first."""
    for name in ("kin_filings", "postings", "objections", "complaints", "public_pages"):
        database.raw(name).delete_many({})
    database.raw("counters").delete_many({"_id": {"$regex": "^(posting|YY|TS)"}})
    postings.build(engine, county)
    complaints.build(engine, county)
    officials.build(engine, county)
    for township in county.townships:
        longterm.build(engine, township, dates.month_of(county.on))
    public.sweep(engine)


def _shelves(engine, county):
    """Prepare the collections of attachments as GridFS does; a large county shares what lies there."""
    database.raw(CHUNKS).create_index([("files_id", 1), ("n", 1)], unique=True)
    database.raw(FILES).create_index([("filename", 1), ("uploadDate", 1)])
    for key, item in engine.registry.latest().items() if not county.small else ():
        documents, papers = item.relief_type.documents, Papers(own=False)
        entries = [papers._entry(document, "seed", key) for document in documents]
        for name, found in papers.stored(item.relief_type, {"files": entries}).items():
            insert(name, found)


def _accounts(county):
    for item in accounts(county.townships):
        if users.find(item.username) is None:
            create_user(
                item.username,
                item.name,
                [item.role],
                [item.township] if item.township else (),
                item.villages,
                DEMO_PASSWORD,
                must_change=False,
                demo=True,
            )


def _by_household(plans) -> list[list[Plan]]:
    groups = defaultdict(list)
    for item in plans:
        groups[item.household.number].append(item)
    return list(groups.values())
