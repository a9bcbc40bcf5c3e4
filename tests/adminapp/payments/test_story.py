"""A month's payments from build to bank, and everything that must not happen on the way."""

import threading

import pytest

from adminapp import dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.jobs import artefacts, model
from adminapp.payments import abort, acts, adjustments, batches, lines, opening, release, variance
from adminapp.payments.verify import verify
from adminapp.scope import acting
from tests.adminapp.payments.steps import NAMES, Month
from tests.adminapp.payments.world import CHECKER, CLERK, MAKER, TREASURER, account_of


@pytest.fixture
def month(engine, work):
    return Month(engine, work)


def build(work, month="2026-09", scope="all", **options):
    return Month(None, work).build(month, scope, **options)


def lock(work, batch):
    return Month(None, work).lock(batch)


def take(batch, key, actor, reason=""):
    return Month(None, None).take(batch, key, actor, reason)


def spell(first, amount, on, last=None):
    return {"from": first, "to": last, "amount": amount, "cause": "amount", "key": f"k{first}", "on": on}


def reasons(batch):
    return {line["name"]: line["hold"] for line in lines.of_batch(batch["_id"]) if line["state"] == lines.HELD}


def amounts(batch):
    return {(line["name"], line["period"], line["kind"]): line["amount"] for line in lines.payable(batch["_id"])}


def test_month_is_built_sealed_approved_and_sent(world, work, engine):
    for number in range(12):
        world.award(number, people=2)
    batch = build(work)
    assert batch["state"] == "DRAFT" and batch["roster"]["count"] == 12
    assert (batch["totals"]["count"], batch["totals"]["people"], batch["totals"]["amount"]) == (12, 24, 360000)
    batch = lock(work, batch)
    assert batch["state"] == "LOCKED" and batch["seal"]["amount"] == 360000
    assert (
        sum(item["amount"] for item in batch["seal"]["townships"])
        == sum(item["amount"] for item in batch["seal"]["villages"])
        == 360000
    )
    month = Month(engine, work)
    batch = take(month.fund(batch), "send", TREASURER)
    month.answered(batch)
    batch = take(batch, "close", TREASURER)
    assert batch["state"] == "CLOSED"
    actions = ["build", "built", "lock", "approve", "fund", "send", "return", "close"]
    assert [note["action"] for note in batch["history"]] == actions
    assert verify(batch) == []


def test_only_what_is_due_in_the_month_is_in_the_list(world, work):
    world.award(1, first="2026-09")
    world.award(2, first="2026-10")
    world.award(3, last="2026-08")
    world.award(4, last="2026-09")
    suspended = [spell("2026-01", 1, "2025-12-10", "2026-07"), spell("2026-10", 1, "2026-09-10")]
    world.award(5, spells=suspended)
    assert set(amounts(build(work))) == {("虚构00001", "2026-09", "regular"), ("虚构00004", "2026-09", "regular")}


def test_fifty_submissions_make_one_batch_and_one_line_each(world, work, database):
    for number in range(5):
        world.award(number)
    found = []

    def submit():
        with dates.frozen("2026-09-16"):
            found.append(opening.start_build("all", "2026-09", NAMES, MAKER)["_id"])

    threads = [threading.Thread(target=submit) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {"all:2026-09"} and database.jobs.count_documents({}) == 1
    work()
    build(work)
    assert database.payment_batches.count_documents({}) == 1 and database.payment_lines.count_documents({}) == 5


def test_nobody_is_paid_twice_by_two_batches(world, work):
    world.award(1)
    world.award(2, "tekun")
    first = build(work, scope="dibao_rural")
    second = build(work)
    assert set(amounts(first)) == {("虚构00001", "2026-09", "regular")}
    assert set(amounts(second)) == {("虚构00002", "2026-09", "regular")}


def test_line_that_another_batch_took_meanwhile_is_not_paid(world, work, raw, monkeypatch):
    world.award(1)
    monkeypatch.setattr(lines, "paid", lambda *_: {})  # both froze their roster before either wrote a line
    first, second = build(work, scope="dibao_rural"), build(work)
    assert len(amounts(first)) == 1 and amounts(second) == {}
    assert [line["state"] for line in lines.of_batch(second["_id"])] == ["CANCELLED"]
    assert verify(second) == []


def test_conflict_holds_the_line_and_not_the_list(world, work):
    world.award(1, person="a" * 32)
    world.award(2, "tekun", person="a" * 32)
    world.award(3, "disability_nursing", person="b" * 32)
    world.award(4, "tekun", person="b" * 32, last="2026-08")
    batch = build(work)
    assert set(reasons(batch)) == {"虚构00001", "虚构00002"}
    assert "特困" in reasons(batch)["虚构00001"][0]
    assert set(amounts(batch)) == {("虚构00003", "2026-09", "regular")}
    assert batch["totals"]["held"]["count"] == 2


def test_person_in_two_households_of_one_programme_is_held(world, work):
    world.award(1, people=2, person="a" * 32)
    second = world.documents(2)[0]
    world.award(2, household_size=2, person=second["person"])
    world.database.awards.update_one({"_id": second["_id"]}, {"$push": {"people": "a" * 32}})
    assert set(reasons(build(work))) == {"虚构00001", "虚构00002"}


def test_line_without_account_is_held_and_paid_later(world, work, database):
    award = world.award(1)
    database.cases.update_one({"_id": award["_id"]}, {"$unset": {"x_account_number": 1}})
    batch = lock(work, build(work, "2026-08"))
    assert reasons(batch) == {"虚构00001": ["没有登记银行账号"]} and batch["seal"]["count"] == 0
    database.cases.update_one(
        {"_id": award["_id"]}, {"$set": {"x_account_number": world.documents(1)[1]["x_account_number"]}}
    )
    assert amounts(build(work)) == {
        ("虚构00001", "2026-09", "regular"): 30000,
        ("虚构00001", "2026-08", "arrears"): 30000,
    }


def test_late_decision_is_paid_back_only_for_months_the_program_paid(world, work):
    world.award(1)
    lock(work, build(work, "2026-07"))
    lock(work, build(work, "2026-08"))
    world.award(2, first="2026-06", on="2026-08-18")
    assert {period for name, period, kind in amounts(build(work)) if name == "虚构00002"} == {
        "2026-07",
        "2026-08",
        "2026-09",
    }


def test_rise_decided_backwards_pays_the_difference(world, work, database):
    award = world.award(1)
    lock(work, build(work, "2026-08"))
    spells = [{**award["spells"][0], "to": "2026-07"}, spell("2026-08", 34000, "2026-08-20")]
    world.respell(award, spells)
    batch = build(work)
    assert amounts(batch) == {("虚构00001", "2026-09", "regular"): 34000, ("虚构00001", "2026-08", "arrears"): 4000}


def test_cut_decided_backwards_is_reported_and_not_taken_off(world, work, database):
    award = world.award(1)
    lock(work, build(work, "2026-08"))
    spells = [{**award["spells"][0], "to": "2026-07"}, spell("2026-08", 10000, "2026-08-20")]
    world.respell(award, spells)
    batch = build(work)
    assert amounts(batch) == {("虚构00001", "2026-09", "regular"): 10000}
    assert [(item["period"], item["amount"]) for item in batch["overpaid"]] == [("2026-08", 20000)]


def test_quarter_is_paid_once_for_its_months(world, work):
    world.award(1, cycle="quarter")
    world.award(2, cycle="quarter", first="2026-08")
    assert amounts(lock(work, build(work, "2026-07"))) == {
        ("虚构00001", "2026-07", "regular"): 90000,
        ("虚构00002", "2026-07", "regular"): 60000,
    }
    assert amounts(build(work, "2026-08")) == {}


def test_one_off_relief_is_paid_once_and_in_a_supplement_when_late(world, work):
    world.award(1, "temporary", first="2026-09", person="a" * 32, on="2026-09-02")
    first = lock(work, build(work))
    world.award(2, "temporary", first="2026-09", person="a" * 32, on="2026-09-15")
    assert build(work)["_id"] == first["_id"]
    more = build(work, supplement=True)
    assert more["_id"] == "all:2026-09:2" and set(amounts(more)) == {("虚构00002", "2026-09", "regular")}


def test_maker_cannot_approve_even_with_the_right_role(world, work):
    world.award(1)
    batch = lock(work, build(work))
    both = type(MAKER)(MAKER.id, MAKER.name, CHECKER.roles, None)
    with pytest.raises(Forbidden, match="其他人"):
        take(batch, "approve", both)
    for actor in (MAKER, TREASURER, CLERK):
        with pytest.raises(Forbidden):
            take(batch, "approve", actor)
    assert take(batch, "approve", CHECKER)["state"] == "APPROVED"


@pytest.mark.parametrize("key", ["approve", "send", "reconcile", "close", "reopen"])
def test_steps_out_of_order_are_refused(world, work, key):
    world.award(1)
    batch = build(work)
    everything = type(MAKER)("x", "x", MAKER.roles | CHECKER.roles | TREASURER.roles, None)
    with pytest.raises(Conflict):
        take(batch, key, everything, "理由")
    assert batches.get(batch["_id"])["state"] == "DRAFT"


def test_two_checkers_decide_once(world, work):
    world.award(1)
    batch = lock(work, build(work))
    results = []

    def approve(number):
        actor = type(MAKER)(f"checker{number}", "审批", CHECKER.roles, None)
        try:
            results.append(acts.perform(batch["_id"], "approve", actor, batch["rev"])["state"])
        except Conflict:
            results.append("Conflict")

    threads = [threading.Thread(target=approve, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["APPROVED"] + ["Conflict"] * 7


def test_aborted_batch_frees_its_lines(world, work):
    world.award(1)
    batch = lock(work, build(work))
    with pytest.raises(Invalid, match="理由"):
        take(batch, "abort", MAKER)
    take(batch, "abort", MAKER, "选错月份")
    abort.clear(batch["_id"])
    assert {line["state"] for line in lines.of_batch(batch["_id"])} == {"CANCELLED"}
    assert verify(batches.get(batch["_id"])) == []
    again = build(work)
    assert again["_id"] == "all:2026-09:2" and len(amounts(again)) == 1
    assert batches.title_of(again) == "2026 年 9 月全部类型发放名册"
    world.database.payment_lines.update_one({"batch": batch["_id"]}, {"$inc": {"amount": 1}})
    assert len(verify(batches.get(batch["_id"]))) == 2


def test_builder_that_wakes_up_after_the_abort_adds_nothing(world, work, engine, database):
    for number in range(3):
        world.award(number)
    batch = opening.start_build("all", "2026-09", NAMES, MAKER)
    late = batches.get(batch["_id"])
    take(batch, "abort", MAKER, "选错月份")
    abort.clear(batch["_id"])
    from adminapp.payments import roster

    roster.freeze(late, engine.refresh().registry)
    assert list(roster.rows(batch["_id"])) == []
    work()
    assert database.payment_lines.count_documents({"state": {"$ne": "CANCELLED"}}) == 0
    assert len(amounts(build(work))) == 3


def test_correction_is_a_line_of_its_own(world, work):
    world.award(1)
    batch = build(work)
    [line] = lines.payable(batch["_id"])
    with pytest.raises(Invalid, match="大于 0"):
        adjustments.add(batch["_id"], line["_id"], -30000, "抵扣", MAKER, batch["rev"])
    batch = adjustments.add(batch["_id"], line["_id"], -5000, "抵扣 8 月多发", MAKER, batch["rev"])
    with pytest.raises(Conflict):
        adjustments.add(batch["_id"], line["_id"], 100, "补", MAKER, batch["rev"] - 1)
    batch = lock(work, batch)
    assert (batch["seal"]["count"], batch["seal"]["amount"]) == (1, 25000) and verify(batch) == []
    with pytest.raises(Conflict):
        adjustments.add(batch["_id"], line["_id"], 100, "补", MAKER, batch["rev"])


def test_change_during_the_lock_is_never_sealed_unseen(world, work):
    world.award(1)
    batch = build(work)
    [line] = lines.payable(batch["_id"])
    job_id = opening.start_seal(batch["_id"], batch["rev"], MAKER)
    adjustments.add(batch["_id"], line["_id"], 100, "补", MAKER, batch["rev"])
    work()
    assert model.get(job_id)["state"] == "FAILED" and batches.get(batch["_id"])["state"] == "DRAFT"


CHANGES = {
    "amount": 1, "account": "sm4:x", "payee": "别人", "name": "别人",
    "township": "433123220", "village": "433123220999",
    "people": 9, "kind": "arrears", "period": "2026-08", "hold": ["x"], "slot": "y", "state": "HELD",
    "person": "z", "type": "tekun", "months": 2,
    "new_field": True,
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGES)
def test_any_change_of_a_sealed_line_is_found(world, work, database, field):
    for number in range(3):
        world.award(number)
    batch = lock(work, build(work))
    database.payment_lines.update_one({"_id": "all:2026-09/0000002"}, {"$set": {field: CHANGES[field]}})
    assert any("第 2 行" in sentence for sentence in verify(batch))


def test_lines_added_removed_and_swapped_are_found(world, work, database):
    for number in range(4):
        world.award(number, amount=1000 + number)
    batch = lock(work, build(work))
    rows = list(database.payment_lines.find(sort=[("_id", 1)]))
    database.payment_lines.delete_one({"_id": rows[0]["_id"]})
    assert any("第 1 行缺失" in sentence for sentence in verify(batch))
    database.payment_lines.insert_one(rows[0])
    assert verify(batch) == []
    database.payment_lines.insert_one({**rows[0], "_id": rows[0]["_id"] + "9", "slot": "more"})
    assert any("不在应发名单" in sentence for sentence in verify(batch))


def test_line_and_roster_changed_together_are_found(world, work, database):
    world.award(1)
    batch = lock(work, build(work))
    database.payment_lines.update_one({}, {"$set": {"amount": 99}})
    database.payment_rosters.update_one({"n": 0}, {"$set": {"rows.0.amount": 99}})
    assert any("应发名单" in sentence for sentence in verify(batch)) and any(
        "校验值" in sentence for sentence in verify(batch)
    )


def test_changed_draft_is_not_sealed(world, work, database):
    world.award(1)
    batch = build(work)
    database.payment_lines.update_one({}, {"$set": {"amount": 99}})
    assert lock(work, batch)["state"] == "DRAFT"


def test_variance_tells_every_difference(world, work, database):
    world.award(1)
    world.award(2, last="2026-08")
    raised = world.award(3)
    lock(work, build(work, "2026-08"))
    spells = [
        {**raised["spells"][0], "to": "2026-08"},
        {**raised["spells"][0], "from": "2026-09", "amount": 31000, "key": "r"},
    ]
    world.respell(raised, spells)
    world.award(4, amount=5000, first="2026-09")
    world.award(5, amount=700, first="2026-08", on="2026-08-10")
    told = build(work)["variance"]
    rows = {row["key"]: (row["count"], row["amount"]) for row in told["rows"]}
    assert rows == {"new": (2, 5700), "stopped": (-1, -30000), "raised": (1, 1000), "late": (1, 700)}
    assert sum(amount for _, amount in rows.values()) == told["amount"] == 97400 - 30000 + 700 - 90700
    assert told["unexplained"] == 0
    by_name = {row["name"]: (row["key"], row["cause"], row["before"], row["after"]) for row in database.payment_variances.find({"key": {"$ne": "late"}})}
    assert by_name == {
        "虚构00002": ("stopped", "终止", 30000, 0), "虚构00003": ("raised", "新增", 30000, 31000),
        "虚构00004": ("new", "新增", 0, 5000), "虚构00005": ("new", "新增", 0, 700),
    }  # fmt: skip
    assert [row["cause"] for row in database.payment_variances.find({"key": "late"})] == ["补发 2026-08"]


def test_variance_is_told_again_after_a_correction_and_when_a_line_was_changed(world, work, database):
    world.award(1)
    world.award(2)
    lock(work, build(work, "2026-08"))
    batch = build(work)
    assert batch["variance"]["rows"] == [] and database.payment_variances.count_documents({}) == 0
    batch = adjustments.add(batch["_id"], "all:2026-09/0000001", -100, "抵扣多发", MAKER, batch["rev"])
    batch = lock(work, batch)
    assert (batch["variance"]["amount"], batch["variance"]["unexplained"]) == (-100, 0)
    assert database.payment_variances.find_one()["cause"] == "调整 2026-09：抵扣多发"
    database.payment_lines.update_one({"_id": "all:2026-08/0000001"}, {"$inc": {"amount": 5}})
    assert variance.explain(batch, batch["seal"]["amount"])["unexplained"] == 5, "the lists' own totals tell"


@pytest.mark.parametrize("types", [{}])
def test_no_type_means_nobody(engine, types):
    with pytest.raises(Invalid):
        opening.start_build("all", "2026-09", types, MAKER)


def test_month_whose_cut_off_day_is_not_over_is_refused(engine):
    with pytest.raises(Invalid, match="截止日是 2026-09-20"):
        opening.start_build("all", "2026-10", NAMES, MAKER)


def test_files_are_the_same_each_time_and_match_the_seal(world, work, settings, database):
    for number in range(6):
        world.award(number)
    batch = build(work)
    with pytest.raises(Invalid):
        release.start(batch["_id"], ["xlsx"], MAKER)
    batch = lock(work, batch)
    with pytest.raises(Invalid, match="不能导出银行文件"):
        release.start(batch["_id"], ["bank:generic_csv@1"], MAKER)
    take(batch, "approve", CHECKER)
    keys, digests = ["xlsx", "csv", "bank:generic_csv@1", "bank:txt_gbk@1"], []
    for _ in range(2):
        job_id = release.start(batch["_id"], keys, TREASURER)
        work()
        job = model.get(job_id)
        assert job["state"] == "DONE", job
        digests.append([item["digest"] for item in job["artefacts"]])
    assert digests[0] == digests[1] and len(digests[0]) == 4
    names = [item["name"] for item in job["artefacts"]]
    assert all(name.startswith(("2026年9月", "全部类型", "txt_gbk")) for name in names)
    path, _ = artefacts.path_of(settings, job, 2)
    text = path.read_text("utf-8-sig")
    assert account_of(3) in text and "300.00" in text
    assert database.audit.count_documents({"kind": "export"}) == 8


def test_file_that_came_out_different_is_not_handed_out(world, work, database):
    world.award(1)
    batch = lock(work, build(work))
    release.start(batch["_id"], ["xlsx"], MAKER)
    work()
    database.payment_batches.update_one({}, {"$set": {"files.xlsx.digest": "0" * 64}})
    job_id = release.start(batch["_id"], ["xlsx"], MAKER)
    work()
    assert model.get(job_id)["state"] == "FAILED" and not model.get(job_id)["artefacts"]


def test_township_sees_its_own_lines_only(world, work):
    mine = world.award(1, village="433123109001")
    world.award(2, village="433123101001")
    batch = build(work)
    with acting(CLERK):
        assert [line["award"] for line in lines.collection().find({"batch": batch["_id"]})] == [mine["_id"]]


def test_set_off_is_a_line_of_its_own_and_never_takes_all(world, work, monkeypatch):
    from adminapp.payments import roster

    awards = [world.award(number, amount=30000) for number in (1, 2)]
    world.award(3, "tekun", person=awards[1]["person"])  # which holds the second
    claims = {award["_id"]: [{"id": f"claim{n}", "amount": 20000, "label": "抵扣 8 月多发"}, {"id": f"more{n}", "amount": 20000, "label": "再抵"}]
              for n, award in enumerate(awards)}  # fmt: skip
    monkeypatch.setattr(roster, "SETOFFS", [lambda ids, month: {ident: claims[ident] for ident in ids if ident in claims}])
    batch = lock(work, build(work))
    found = [(line["kind"], line["amount"], line.get("ledger")) for line in lines.payable(batch["_id"])]
    assert found == [("regular", 30000, None), ("setoff", -20000, "claim0"), ("setoff", -9999, "more0")]
    assert (batch["seal"]["count"], batch["seal"]["amount"], batch["seal"]["people"]) == (1, 1, 1) and verify(batch) == []
