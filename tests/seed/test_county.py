"""The demo county on a real database: it obeys the engine and the law, and comes out the same every time."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from bson import json_util

from adminapp import awards, dates, decisions, files, indexes, ledger, sealing
from adminapp import database as connection
from adminapp.cases import values_of
from adminapp.decision import decide
from adminapp.engine import Engine
from adminapp.errors import Conflict
from adminapp.payments import batches, kinds, lines, opening, roster
from adminapp.payments.proof import Proof
from adminapp.payments.verify import verify
from adminapp.reserve import book
from adminapp.scope import acting, system
from adminapp.workflow import events
from adminapp.workflow.machine import STATES
from adminapp.workflow.opening import next_number
from adminapp.workflow.transition import Move, offered, perform
from schemas.case import AnyCase, CaseBase
from seed import county as demo
from seed import greeting, payments
from seed.accounts import SMALL
from seed.helpers import walk_household
from seed.papers import Papers
from seed.size import County
from seed.staff import Staff
from seed.story import ON_ROLL, reachable

SCALE, SEED, ON = 0.02, 7, date(2026, 11, 23)
HEARING_SINCE = date(2026, 7, 1)
KEPT = (
    "files.files",
    "files.chunks",
    "cases",
    "awards",
    "decisions",
    "case_contents",
    "deaths",
    "matches",
    "ongoing_tasks",
    "match_runs",
    "raises",
    "recoveries",
    "events",
    "payment_batches",
    "payment_lines",
    "payment_rosters",
    "payment_returns",
    "payment_return_rows",
    "payment_return_files",
    "counters",
    "standards",
)


@pytest.fixture(scope="module")
def built(settings):
    """Return the settings of a database of this module alone, filled once."""
    own = settings.replaced(database=f"{settings.database}_county")
    fill(own)
    yield own
    connection.connect(own).client.drop_database(own.database)
    connection.close()


def fill(settings, progress=lambda text: None, again=False):
    db = connection.connect(settings)
    if not again:
        db.client.drop_database(settings.database)
    indexes.upgrade(db)
    engine = open_engine(settings)
    demo.build(engine, SCALE, SEED, on=None if again else ON, again=again, progress=progress)


def open_engine(settings):
    sealing.use_keys(settings.home / "keys" / "fields.json")
    return Engine(settings, CaseBase).refresh()


@pytest.fixture
def db(built):
    return connection.connect(built)


@pytest.fixture
def engine(built, db):
    return open_engine(built)


@pytest.fixture
def cases(db):
    return list(db.cases.find({}))


def records(case, kind):
    return [record for record in case["records"] if record["kind"] == kind]


def day(text):
    return date.fromisoformat(text)


def digests(db):
    found = {name: hashlib.sha256() for name in KEPT}
    for name, digest in found.items():
        for row in db[name].find({}, sort=[("_id", 1)]):
            digest.update(json_util.dumps(row, sort_keys=True).encode())
    users = [{**row, "password": ""} for row in db.users.find({}, sort=[("_id", 1)])]
    return {name: digest.hexdigest() for name, digest in found.items()} | {"users": json_util.dumps(users)}


# What there is


def test_every_type_has_a_case_in_every_state_it_can_come_to(engine, cases):
    there = Counter((case["type"], case["state"]) for case in cases)
    for key, item in engine.registry.latest().items():
        assert [state for state in reachable(item.relief_type) if not there[key, state]] == []
    assert set(STATES) == {state for _, state in there}


def test_cases_are_spread_over_time_and_some_are_overdue_and_some_due_soon(cases):
    months = {case["applied_on"].strftime("%Y-%m") for case in cases}
    assert len(months) >= 17
    due = [case["due"].date() for case in cases if case.get("due")]
    assert any(each < ON for each in due)
    assert any(ON <= each <= dates.add_workdays(ON, 3) for each in due)
    assert any(each > dates.add_workdays(ON, 5) for each in due)


def test_every_case_says_it_is_invented(cases):
    assert all("虚构" in case["x_remarks"] for case in cases)


def test_names_outside_gbk_occur(cases):
    def in_gbk(name):
        try:
            return bool(name.encode("gbk"))
        except UnicodeEncodeError:
            return False

    assert any(not in_gbk(person["name"]) for case in cases for person in case["people"])


def test_papers_can_be_read_through_their_case(engine, cases):
    kinds = Counter()
    for case in cases[:200]:
        stored = engine.registry.get(case["type"]).model._from_son(case)
        for entry in stored.files:
            assert files.read(stored, entry.id)[1].startswith((b"%PDF-", b"\xff\xd8\xff"))
            kinds[entry.type] += 1
    assert len(kinds) == 2


def test_numbers_are_of_place_type_and_year_and_go_on(engine, db, cases):
    case = max(cases, key=lambda case: case["number"])
    code = engine.registry.of(AnyCase(type=case["type"], schema_version=1)).relief_type.code
    year = case["applied_on"].year
    taken = {each["number"] for each in cases}
    assert len(taken) == len(cases)
    stem = f"{case['township']}{code.replace('-', '')}{year}"
    assert case["number"].startswith(stem)
    before = db.counters.find_one({"_id": f"case:{case['township']}:{code}:{year}"})
    assert next_number(case["township"], code, year) == f"{stem}{int(case['number'][-5:]) + 1:05d}"
    db.counters.replace_one({"_id": before["_id"]}, before)


# What the engine thinks of it


def test_documents_are_what_the_document_class_stores(engine, cases):
    for case in cases:
        model = engine.registry.get(case["type"]).model
        with system("test"):
            again = model._from_son(case).to_mongo().to_dict()
        assert untimed(again) == untimed(case)


def untimed(value):
    """Return the value with naive times: a date field gives them, the database does not."""
    if isinstance(value, dict):
        return {key: untimed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [untimed(item) for item in value]
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def test_chains_of_events_are_whole_and_tell_the_state(db, cases):
    assert list(events.verify()) == []
    last = {}
    for event in db.events.find({}, sort=[("case", 1), ("seq", 1)]):
        last[event["case"]] = event
    for case in cases:
        assert (last[case["_id"]]["to"], last[case["_id"]]["seq"]) == (case["state"], case["event_seq"])
        assert case["outbox"] == []


def test_amounts_are_those_of_the_engine(engine, db, cases):
    """Decided anew with what was known of other awards when it was decided."""
    known = {(row["case"], row["on"]): row["at"] for row in db.decisions.find({}, sort=[("at", 1)])}
    count = 0
    with system("test"):
        for case in cases:
            if not case["decision"]:
                continue
            published = engine.registry.get(case["type"])
            stored, on = published.model._from_son(case), day(case["decision"]["on"])
            register = awards.Register(stored, on, known=known.get((case["_id"], case["decision"]["on"])))
            values = values_of(stored, published.relief_type, standards=engine.standards, on=on, awards=register)
            now = decide(published.relief_type, published.version, values)
            assert now["eligible"] == case["decision"]["eligible"]
            assert now["amount"] == case["decision"].get("computed", case["decision"]["amount"])
            count += 1
    assert count > 500


def test_unasked_steps_lead_where_the_guards_lead(engine):
    """Most of the county is walked without guards; walked past all of them it is the same to the last byte."""
    county = County(SCALE, SEED, ON)
    staff = Staff(county.townships)
    groups = list(demo._by_household(demo.plan(engine, county)))
    with system("test"), dates.frozen(ON):
        for group in Random(1).sample(groups, 60):
            quick, asked = (
                walk_household(engine, staff, Papers(True), demo_copy(group), checked) for checked in (False, True)
            )
            assert quick[1] == asked[1]
            for one, other in zip(quick[0], asked[0], strict=True):
                assert one.case.document() == other.case.document()
                assert one.events == other.events


def demo_copy(plans):
    """Return the plans with traits of their own: a walk writes into them."""
    return [replace(plan, traits=dict(plan.traits)) for plan in plans]


def find(engine, db, state, **query):
    row = db.cases.find_one({"township": SMALL[0], "state": state, **query}, sort=[("_id", -1)])
    published = engine.registry.get(row["type"])
    return published, published.model._from_son(row)


def test_staff_can_go_on_with_any_case(engine, db):
    staff = Staff(SMALL)
    with system("test"), dates.frozen(ON):
        for state in STATES:
            published, case = find(engine, db, state, type="dibao_rural")
            actions = set()
            for role in ("township_clerk", "township_deputy", "township_head", "county_reviewer", "county_approver"):
                actor = staff.of(role, SMALL[0])
                actions |= set(offered(Move(case, published, actor, engine.standards, {}, ON)))
            closed = {"withdrawn", "terminated_uncoop"}
            assert bool(actions) == (state not in closed), state


def test_a_ready_case_is_confirmed_and_granted_by_the_real_engine(engine, db):
    staff = Staff(SMALL)
    published, case = find(engine, db, "confirm_ready", type="dibao_rural", flags=[])
    before = db.cases.find_one({"_id": case.pk})
    for role, action in (("township_head", "confirm"), ("township_clerk", "grant")):
        actor = staff.of(role, case.township)
        with acting(actor), dates.frozen(ON):
            perform(Move(case, published, actor, engine.standards, {}, ON), action)
    assert db.awards.find_one({"_id": case.pk})["spells"][0]["from"] == "2026-12"
    assert list(events.verify({"case": case.pk})) == []
    db.cases.replace_one({"_id": case.pk}, before)
    db.awards.delete_one({"_id": case.pk})
    db.decisions.delete_many({"case": case.pk})
    db.events.delete_many({"case": case.pk, "seq": {"$gt": before["event_seq"]}})


# The law (domain invariants)


def test_awards_begin_when_the_type_says(engine, db, cases):
    by_id = {case["_id"]: case for case in cases}
    starts = {"next_month": 1, "decision_month": 0}
    for award in db.awards.find({}):
        case = by_id[award["_id"]]
        start = engine.registry.get(case["type"]).relief_type.payment.start
        if start == "application_month":
            wanted = dates.month_of(case["applied_on"].date())
        else:
            wanted = dates.add_months(dates.month_of(case["decided_on"].date()), starts[start or "next_month"])
        assert case["start_month"] == wanted


def test_spells_follow_each_other_without_overlap(db):
    for award in db.awards.find({}):
        spells = award["spells"]
        assert spells == awards.derive(award["entries"]) and spells[-1]["to"] is None
        for one, next_one in zip(spells, spells[1:], strict=False):
            assert one["from"] <= one["to"] and dates.add_months(one["to"], 1) == next_one["from"], award["number"]


def test_awards_are_raised_changed_suspended_and_ended(db):
    causes = Counter(spell["cause"] for award in db.awards.find({}) for spell in award["spells"])
    assert causes["standard"] > 50
    assert {"income", "move", "member_add", "member_remove", "suspend", "resume", "grace", "end", "once"} <= set(causes)
    assert db.awards.count_documents({"cycle": "month", "spells.state": "ended"}) > 5


def test_orders_to_raise_count_what_the_awards_say(db):
    raised = Counter(
        (entry["from"], award["type"]) for award in db.awards.find({}) for entry in award["entries"]
        if entry["cause"] == "standard" and entry["from"].endswith("-01")
    )  # fmt: skip
    told = {(row["month"], key): sums["raised"] for row in db.raises.find({}) for key, sums in row["sums"].items()}
    assert told == raised
    assert all(sums["monthly"] > 0 for row in db.raises.find({}) for sums in row["sums"].values())


def test_what_was_paid_too_much_is_recovered_in_all_its_states(db):
    states = Counter((row["state"], row["waiting"]) for row in db.recoveries.find({}))
    assert {("OPEN", "agree"), ("OPEN", "confirm_agreement"), ("AGREED", "")} <= set(states), states
    accounts = ledger.of_many(db.awards.find({"_id": {"$in": db.recoveries.distinct("_id")}}))
    for row in db.recoveries.find({}):
        held = accounts[row["_id"]]
        assert (row["overpaid"], row["taken"]) == (held.overpaid, held.taken)
        assert row["open"] == row["overpaid"] - row["taken"] - row["returned"] - row["written"] >= 0


def test_decisions_behind_the_spells_are_made_anew_to_the_fen(engine, db):
    """A decision whose months a later one takes over is kept: an entry of the award names it."""
    rows, found = list(db.decisions.find({})), list(db.awards.find({}))
    assert {entry["set"]["decision"] for award in found for entry in award["entries"] if "decision" in entry["set"]} == {row["_id"] for row in rows}
    assert {spell["decision"] for award in found for spell in award["spells"]} <= {row["_id"] for row in rows}
    again = decisions.Recomputer(engine.registry, engine.standards)
    with system("test"):
        for row in Random(1).sample(rows, 60):
            assert again.recompute(row)["amount"] == row["decision"].get("computed", row["decision"]["amount"])


def test_who_is_on_the_roll_has_an_award_and_nobody_else(db, cases):
    assert {award["_id"] for award in db.awards.find({}, {"_id": 1})} == {
        case["_id"] for case in cases if case["state"] in ON_ROLL
    }


def test_postings_last_as_long_as_the_rule_and_end_the_day_after(engine, cases):
    seen = 0
    for case in cases:
        step = engine.registry.get(case["type"]).relief_type.step_by_name.get("posting")
        if not step:
            assert not records(case, "posting")
        for posting in records(case, "posting"):
            end = dates.add_days(day(posting["data"]["start"]), step.days, step.unit)
            assert posting["data"]["end"] == end.isoformat()
        if result := records(case, "posting_result"):
            assert day(result[-1]["on"]) > day(records(case, "posting")[-1]["data"]["end"])
            seen += 1
    assert seen > 100


def test_relatives_are_visited_by_the_county_before_confirmation(cases):
    confirmed = [case for case in cases if records(case, "relative") and records(case, "confirmation")]
    known = [case for case in confirmed if records(case, "relative")[0]["at"] < records(case, "confirmation")[0]["at"]]
    assert len(known) > 5 and len(confirmed) > len(known)  # a later filing found the others
    for case in known:
        assert records(case, "county_visit")[0]["at"] < records(case, "confirmation")[0]["at"]


def test_who_accepts_does_not_confirm_and_two_unrelated_people_survey(cases):
    for case in cases:
        if case.get("confirmed_by"):
            assert case["confirmed_by"] not in (case["accepted_by"], case["opinion_by"])
        for record in records(case, "visit") + records(case, "county_visit"):
            names = {row["name"] for row in record["data"]["surveyors"]}
            assert len(names) >= 2
            assert not names & {person["name"] for person in case["people"]}


def test_temporary_relief_above_the_limit_is_confirmed_by_the_county(engine, cases):
    limit = engine.standards.value("temporary.township_limit", ON)
    above = Counter()
    for case in cases:
        if case["type"] == "temporary" and records(case, "confirmation"):
            above[case["amount"] > limit] += 1
            assert (case["confirmed_by"] == "approver") == (case["amount"] > limit)
    assert above[True] and above[False]


def test_nobody_is_in_two_households_or_in_dibao_and_tekun(db):
    held = defaultdict(list)
    for award in db.awards.find({"programme": {"$in": ["dibao", "tekun"]}}):
        for person in award["people"]:
            held[person].append(award["number"])
    assert not [numbers for numbers in held.values() if len(numbers) > 1]


def test_nothing_is_reduced_or_ended_unheard_since_the_law_is_in_force(cases):
    heard = 0
    for case in cases:
        for record in records(case, "termination"):
            if day(record["on"]) >= HEARING_SINCE:
                heard += 1
                assert records(case, "hearing")
    assert heard > 5


def test_work_is_done_on_working_days_in_order_of_time(cases):
    for case in cases:
        times = [record["at"] for record in case["records"]]
        assert times == sorted(times)
        for record in case["records"]:
            assert day(record["on"]) <= ON
            assert dates.is_workday(day(record["on"])), (case["number"], record["action"])


# Payments


def test_payment_lists_of_twelve_months_verify(db):
    lists = batches.listed()
    assert [batch["month"] for batch in lists] == payments.months_until(ON)[::-1]
    assert [batch["state"] for batch in lists][:3] == ["RECONCILING", "CLOSED", "CLOSED"]
    for batch in lists:
        assert verify(batches.get(batch["_id"])) == []
        assert batch["totals"]["amount"] == sum(
            line["amount"] for line in db.payment_lines.find({"batch": batch["_id"], "state": {"$ne": "HELD"}})
        )


def test_every_line_of_twelve_months_comes_out_of_the_decisions_again(engine, db):
    proof = Proof(engine.registry, engine.standards)
    assert [sentence for batch in batches.listed() for sentence in proof.of_batch(batch)] == []
    assert len(proof.made) > 300


def test_batches_have_the_shape_of_real_ones(db):
    reviewer = Staff(SMALL).of("county_reviewer", "")
    kinds.register()
    with acting(reviewer), dates.frozen(date(2026, 12, 10)):
        real = opening.start_build("temporary", "2026-12", {"temporary": "临时救助"}, reviewer)
    db.payment_batches.delete_one({"_id": real["_id"]})
    db.jobs.delete_one({"_id": real["job"]})
    seeded = batches.get(payments.batch_id("2026-11"))
    later = {"overpaid", "request", "sent", "returning", "results"}  # come with the measuring, the asking, the sending and the bank's answer
    assert set(seeded) - later == set(real)
    assert {type(value) for value in seeded["names"].values()} == {str}


def test_no_line_without_a_confirmed_award_that_covered_its_month_when_the_list_was_made(db):
    found = {award["_id"]: award for award in db.awards.find({})}
    for line in db.payment_lines.find({}):
        if line["batch"].startswith(lines.RESERVE):  # paid on the spot, out of what was granted by then
            before = db[book.COLLECTION].find_one({"case": line["award"], "kind": book.PAYMENT})["at"]
            assert awards.amount_in(awards.as_known(found[line["award"]], before), line["period"]) > 0
            continue
        before = payments.run_day(line["batch"].rpartition(":")[2]) - timedelta(days=1)
        assert awards.amount_in(awards.as_known(found[line["award"]], before.isoformat()), line["period"]) > 0


def test_the_engine_finds_nothing_left_to_pay_but_what_came_after_the_list(engine, db):
    """A supplement built by the real roster holds only what was decided since the list was made."""
    month = dates.month_of(ON)
    listed = payments.run_day(month)
    batch = {**batches.get(payments.batch_id(month)), "_id": f"test:{month}"}
    with system("test"), dates.frozen(ON):
        roster.freeze(batch, engine.registry)
    new = [row for _, row in roster.rows(batch["_id"])]
    spells = {award["_id"]: award["spells"] for award in db.awards.find({})}
    for row in new:
        if row["hold"]:  # came back from the bank and waits until the account is put right
            assert "账户" in row["hold"][0]
            continue
        assert max(day(spell["on"]) for spell in spells[row["award"]]) >= listed
    for item in roster.overpaid(batch["_id"]):  # paid by a list that was made before the end was decided
        assert max(day(spell["on"]) for spell in spells[item["award"]]) >= payments.run_day(item["period"])
    db.payment_rosters.delete_many({"batch": batch["_id"]})


def test_rows_are_those_of_the_real_roster(engine, db):
    """The list of the month, built anew by the engine, has the same rows for who did not change since.

    What it paid again is settled since, and accounts were found wrong since.
    """
    month = dates.month_of(ON)
    listed, batch = payments.run_day(month), batches.get(payments.batch_id(month))
    lines = list(db.payment_lines.find({"batch": batch["_id"]}))
    db.payment_lines.delete_many({"batch": batch["_id"]})
    try:
        with system("test"), dates.frozen(ON):
            roster.freeze({**batch, "_id": f"test:{month}"}, engine.registry)
        built = [row for _, row in roster.rows(f"test:{month}")]
    finally:
        db.payment_lines.insert_many(lines)
        db.payment_rosters.delete_many({"batch": f"test:{month}"})
    changed = {
        award["_id"] for award in db.awards.find({}) if max(day(spell["on"]) for spell in award["spells"]) >= listed
    }
    mine = [row for _, row in roster.rows(batch["_id"])]
    changed |= {row["award"] for row in mine if "reissues" in row}
    mine = [row for row in mine if row["award"] not in changed]
    unheld = [{**row, "hold": []} for row in built if row["award"] not in changed]
    assert [{**row, "hold": []} for row in mine] == unheld
    assert len(mine) > 300 and any(row["hold"] for _, row in roster.rows(batch["_id"]))


def test_what_the_bank_did_not_credit_is_paid_again_or_waits(db):
    states = Counter(line["state"] for line in db.payment_lines.find())
    assert states["REISSUED"] and states["FAILED"] and states["HELD"] and states["PAID"] > 1000 and not states["SENT"]
    for line in db.payment_lines.find({"state": "REISSUED"}):
        again = db.payment_lines.find_one({"_id": line["events"][-1]["line"]})
        assert line["_id"] in again["reissues"] and again["kind"] == "reissue"
        back = sum(old["amount"] for old in db.payment_lines.find({"_id": {"$in": again["reissues"]}}))
        assert again["amount"] == back  # what was raised for that month since then stands in a line of its own
    for line in db.payment_lines.find({"state": "FAILED"}):
        assert line["queue"] == line["township"] and line["owed"] == line["award"]


# The same every time


class Interrupted(Exception):
    """Thrown in the middle of a build."""


def test_same_seed_makes_the_same_database_even_when_the_build_was_interrupted(built, db):
    first = digests(db)
    assert {name for name in KEPT if db[name].count_documents({}) == 0} == set()
    again = built.replaced(database=f"{built.database}_again")

    def break_off(text):
        if text.startswith("2026-02 发放名册"):
            raise Interrupted

    try:
        with pytest.raises(Interrupted):
            fill(again, progress=break_off)
        other = connection.connect(again)
        lost = [case["_id"] for case in other.cases.find({}, {"_id": 1}).limit(40)]
        other.cases.delete_many({"_id": {"$in": lost}})
        other.events.delete_many({"case": {"$in": lost}})
        fill(again, again=True)
        second = digests(connection.connect(again))
    finally:
        connection.connect(again).client.drop_database(again.database)
    assert {name for name in first if first[name] != second[name]} == set()


def test_a_second_build_is_refused_and_again_changes_nothing(engine, db):
    before = digests(db)
    with pytest.raises(Conflict, match="已有演示数据"):
        demo.build(engine, SCALE, SEED, on=ON)
    with pytest.raises(Conflict, match="换种子"):
        demo.build(engine, SCALE, SEED + 1, on=ON, again=True)
    demo.build(engine, SCALE, SEED, again=True)
    assert digests(db) == before


def test_a_database_with_real_cases_is_refused(engine, db):
    mark = db.meta.find_one({"_id": demo.MARK})
    db.meta.delete_one({"_id": demo.MARK})
    try:
        with pytest.raises(Conflict, match="已有案件"):
            demo.build(engine, SCALE, SEED, on=ON)
    finally:
        db.meta.insert_one(mark)


def test_hints_name_cases_of_the_seat(db):
    found = greeting.hints()
    waiting = db.fund_requests.find_one({"state": "SUBMITTED"})
    assert len(found) == len(greeting.HINTS) + len(greeting.OPEN) + 2 + bool(waiting)
    assert any(line.startswith("finance：") for line in found) == bool(waiting)
    assert all("{" not in line for line in found)
