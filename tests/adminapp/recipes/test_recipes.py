"""Retype, merge, split and re-code: checked, shown value by value, carried out, taken back to the last bit."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from adminapp import database, dates
from adminapp.errors import Conflict, Invalid
from adminapp.jobs import model as jobs
from adminapp.jobs import runner
from adminapp.recipes import moving, preview, store
from adminapp.recipes.check import check
from adminapp.recipes.model import Recipe
from adminapp.scope import acting
from adminapp.workflow import events
from tests.adminapp.recipes.conftest import ADMIN, DAY, TURNS
from tests.crash import Killed, count_writes, killed_at
from tests.story import CLERK, to_posting, walk

LOOSE = {"rev", "updated", "outbox", "event_seq"}


def stored(case):
    return database.raw("cases").find_one({"_id": case.id})


def content(row):
    return {key: value for key, value in row.items() if key not in LOOSE}


def problems(world, recipe=None, standing=None, **changes):
    recipe = store.read({"which": "all", "turns": TURNS} | (recipe or {}) | changes)
    old, new = (world.registry.get("demo", version).relief_type for version in (1, 2))
    return [f"{problem.path}: {problem.text}" for problem in check(recipe, [old], new, world.standards.types(), standing or {})]


# Before it runs


def test_a_good_recipe_has_no_problem(world):
    assert problems(world) == []


@pytest.mark.parametrize(
    ("turn", "sentence"),
    [
        ({"to": "rent_payd", "formula": "to_money(rent)"}, "turns[0].to: 新版本没有字段“rent_payd”，是否要写“rent_paid”"),
        ({"to": "income", "formula": "income"}, "原版本已有字段“income”"),
        ({"to": "per_head", "formula": "income"}, "“月人均”不能由转换得到"),
        ({"to": "rent_paid"}, "写一个公式，或者写一张代码对照表"),
        ({"to": "rent_paid", "formula": "to_money(rent)", "map": {"a": "b"}}, "写一个公式，或者写一张代码对照表"),
        ({"to": "rent_paid", "formula": "rent"}, "turns[0].formula: 这里要金额，公式给出的是文字"),
        ({"to": "rent_paid", "formula": "to_money(rant)"}, "没有字段“rant”"),
        ({"to": "rent_paid", "from": ["rant"], "formula": "to_money(rent)"}, "turns[0].from: 原版本没有字段“rant”"),
        ({"to": "reason", "from": ["cause"], "map": {"sick": "health"}}, "“原因”没有选项“sick”"),
        ({"to": "reason", "from": ["cause"], "map": {"ill": "healthy"}}, "“原因”没有选项“healthy”"),
        ({"to": "reason", "from": ["cause", "aids"], "map": {"ill": "health"}}, "要写明一个原字段"),
        ({"to": "reason", "from": ["rent"], "map": {"ill": "health"}}, "只用于单选、多选和是否"),
        ({"to": "members.wages", "formula": "to_money(rent) + to_money(wages)"}, "没有字段“wages”"),
        ({"to": "members.salary", "formula": "to_money(wage)"}, "新版本没有字段“members.salary”"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(world, turn, sentence):
    assert any(sentence in line for line in problems(world, turns=[turn])), problems(world, turns=[turn])


def test_a_field_is_made_once_and_a_recipe_is_known_by_its_keys(world):
    assert any("“rent_paid”写了两次" in line for line in problems(world, turns=[TURNS[0], TURNS[0]]))
    with pytest.raises(Invalid, match="不在可用值中"):
        store.read({"which": "some"})
    with pytest.raises(Invalid, match="不认识的键“turn”"):
        store.read({"turn": []})


def test_a_state_without_its_step_must_be_mapped_before_cases_move(world):
    assert problems(world, standing={"appraisal": 17}) == ["states.appraisal: 17 件在“民主评议”，新版本没有这一步，要写明转到哪里"]
    assert problems(world, standing={"appraisal": 17}, which="drafts") == []
    assert problems(world, standing={"appraisal": 17}, states={"appraisal": "opinion"}) == []
    assert problems(world, standing={"appraisal": 17}, states={"appraisal": "stay"}) == []
    assert "不能转到“appraisal”" in problems(world, standing={"appraisal": 17}, states={"appraisal": "appraisal"})[0]
    assert "没有状态“appraisel”" in problems(world, states={"appraisel": "opinion"})[0]


def test_recipe_functions_stay_out_of_declarations(world):
    from adminapp.declaration import DeclarationError
    from tests.adminapp.recipes.conftest import SECOND

    text = SECOND.replace("formula: income / count(members) / 12", "formula: to_money(rent)")
    with pytest.raises(DeclarationError, match="函数 to_money 只能用在转换方案里"):
        world.registry.publish(text, "test", world.standards.types())


def report(world, **recipe):
    old, new = (world.registry.get("demo", version) for version in (1, 2))
    return preview.run(store.read({"which": "all", "turns": TURNS} | recipe), [old], new.relief_type, world, DAY)


def test_the_report_lists_each_value_with_its_new_one_and_what_cannot_be_turned(world):
    for more in ({}, {}, {"rent": "约三百"}, {"cause": "old"}, {"cause": None, "rent": None}):
        world.open(**more)
    found = report(world)
    assert (found["cases"], found["failed"]) == (5, 1)
    turns = {turn["to"]: [(row["before"], row["after"], row["cases"]) for row in turn["rows"]] for turn in found["turns"]}
    assert sorted(turns["rent_paid"]) == [("1,200.50元", "1,200.50", 3), ("约三百", "✗ 不能转换", 1), ("（空白）", "0.00", 1)]
    assert sorted(turns["reason"]) == [("因病", "健康", 3), ("年老", "健康", 1), ("（空白）", "（空白）", 1)]
    assert turns["means"] == [("现金、照料、食品", "现金、实物", 5)]
    assert turns["town"] == [("沱江镇南门路 3 号", "沱江", 5)] and turns["road"] == [("沱江镇南门路 3 号", "南门路 3 号", 5)]
    assert turns["since"] == [("2020年5月1日", "2020-05-01", 5)]
    assert turns["members.wages"] == [("800", "800.00", 5), ("（空白）", "0.00", 5)]
    [problem] = found["problems"]
    assert "约三百" in problem["text"] and "月租金" in problem["text"]
    assert found["states"] == [{"state": "draft", "label": "待提交", "cases": 5, "to": "draft"}]


def test_personal_values_are_masked_in_the_report(world):
    world.open(given="大山§")
    found = report(world)
    text = str(found)
    assert "大山" not in text and "石大" not in text
    agent = next(turn for turn in found["turns"] if turn["to"] == "agent")
    assert agent["rows"] == [{"before": "***、***", "after": "✗ 不能转换", "cases": 1}]
    assert found["problems"][0]["text"] == "“代办人”：原有内容不能转换"


def test_a_report_over_many_different_values_stays_short(world):
    old, new = (world.registry.get("demo", version) for version in (1, 2))
    row = stored(world.open())
    rows = ({**row, "_id": number, "x_rent": str(number)} for number in range(500))
    found = preview.run(Recipe(which="all", turns=store.read({"turns": TURNS[:1]}).turns), [old], new.relief_type, world, DAY, rows)
    assert len(found["turns"][0]["rows"]) == 200 and found["turns"][0]["more"] == 300 == found["turns"][0]["more_cases"]


# Running


def test_cases_are_moved_with_their_values_and_a_line_in_their_log(world):
    case = world.open()
    job = world.work(store.MOVE, world.order())
    assert (job["state"], job["failed"], job["result"]) == (jobs.DONE, 0, {"moved": 1, "failed": 0})
    row = stored(case)
    assert row["schema_version"] == 2 and row["x_rent"] == "1,200.50元" and row["x_rent_paid"] == 120050
    assert (row["x_agent"], row["x_town"], row["x_since"]) == ("石大山", "沱江", datetime(2020, 5, 1, tzinfo=UTC))
    assert row["x_reason"] == "health" and row["x_means"] == ["money", "goods"] and "reason=health" in row["facets"]
    assert [each.get("wages") for each in row["x_members"]] == [80000, 0] and row["x_members"][0]["wage"] == "800"
    event = events.history(case.id)[0]
    assert (event["action"], event["label"], event["actor"]) == ("move_version", "转入第 2 版", "policy")
    changes = {item["label"]: (item["before"], item["after"]) for item in event["data"]["changes"]}
    assert changes["月租金"] == ("", "1,200.50") and event["data"]["versions"] == [1, 2]
    assert list(events.verify()) == []
    with acting(CLERK):
        moved = world.registry.get("demo", 2).model.objects.get(id=case.id)
    assert moved.x_rent_paid == 120050 and moved.x_members[0].wages == 80000


def test_a_case_whose_value_cannot_be_turned_stays_and_is_named(world):
    good, bad = world.open(), world.open(rent="约三百")
    before = stored(bad)
    job = world.work(store.MOVE, world.order())
    assert (job["result"], job["failed"]) == ({"moved": 1, "failed": 1}, 1)
    assert job["problems"][0]["item"] == bad.number and "约三百" in job["problems"][0]["text"]
    assert stored(bad) == before and stored(good)["schema_version"] == 2


def test_only_the_chosen_cases_move(world):
    draft, open_ = world.open(), world.open()
    walk((world.registry, world.standards), open_, (CLERK, DAY, "submit", {}))
    world.work(store.MOVE, world.order(which="drafts"))
    assert (stored(draft)["schema_version"], stored(open_)["schema_version"]) == (2, 1)
    world.work(store.MOVE, world.order(which="none"))
    assert stored(open_)["schema_version"] == 1


def test_a_state_without_step_goes_where_the_recipe_says_or_stays(world):
    first, second = world.open(), world.open()
    for case in (first, second):
        database.raw("cases").update_one({"_id": case.id}, {"$set": {"state": "appraisal"}})
    world.work(store.MOVE, world.order(states={"appraisal": "stay"}))
    assert stored(first)["schema_version"] == 1
    world.work(store.MOVE, world.order(states={"appraisal": "opinion"}))
    row, event = stored(first), events.history(first.id)[0]
    assert (row["state"], row["schema_version"]) == ("opinion", 2) and (event["from"], event["to"]) == ("appraisal", "opinion")


# Undo


def test_undo_gives_back_exactly_what_was_there(world):
    cases = [world.open(), world.open(cause=None, rent=None, members=[], aids=[])]
    to_posting((world.registry, world.standards), cases[0])
    kept = [deepcopy(content(stored(case))) for case in cases]
    recipe_id = world.order()
    world.work(store.MOVE, recipe_id)
    assert all(stored(case)["schema_version"] == 2 for case in cases)
    job = world.work(store.UNDO, recipe_id)
    assert job["result"] == {"left": 0} and store.get(recipe_id)["state"] == store.UNDONE
    assert [content(stored(case)) for case in cases] == kept
    assert [event["label"] for event in events.history(cases[0].id)[:2]] == ["撤销转入", "转入第 2 版"]
    assert list(events.verify()) == []


def test_a_case_that_was_worked_on_since_is_not_undone(world):
    touched, quiet = world.open(), world.open()
    recipe_id = world.order()
    world.work(store.MOVE, recipe_id)
    with acting(CLERK):
        fresh = world.registry.get("demo", 2).model.objects.get(id=touched.id)
    walk((world.registry, world.standards), fresh, (CLERK, DAY, "submit", {}))
    job = world.work(store.UNDO, recipe_id)
    assert job["problems"] == [{"item": touched.number, "text": "转入以后又办理过，不能撤销"}]
    assert (stored(touched)["schema_version"], stored(quiet)["schema_version"]) == (2, 1)
    assert store.get(recipe_id)["state"] == store.DONE


def test_undo_waits_until_the_recipe_has_run(world):
    with pytest.raises(Conflict, match="待转入"):
        store.start_undo(world.order(), ADMIN)


# Death and races


def test_moving_and_undoing_survive_death_at_every_write(world):
    case = world.open()
    names = ("cases", "events", "recipe_undo", "case_contents")
    kept = {name: list(database.raw(name).find()) for name in names}
    recipe_id, recipe = "r1", store.read({"which": "all", "turns": TURNS})
    new = world.registry.get("demo", 2)

    def restart():
        for name, rows in kept.items():
            database.raw(name).delete_many({})
            if rows:
                database.raw(name).insert_many(rows)

    def flow():
        from adminapp.scope import system

        with system("test"):
            row = stored(case)
            if row["schema_version"] == 1:
                moving.move(row, recipe_id, recipe, world, new, ADMIN)
            moving.restore(database.raw("recipe_undo").find_one(), ADMIN)

    writes = count_writes(flow)
    assert writes >= 6
    for point in range(1, writes + 1):
        for after in (False, True):
            restart()
            with pytest.raises(Killed), killed_at(point, after):
                flow()
            events.sweep()
            if stored(case)["schema_version"] == 2 or not database.raw("recipe_undo").count_documents({"undone": {"$ne": None}}):
                flow()
            events.sweep()
            row = stored(case)
            assert content(row) == content(kept["cases"][0]), (point, after)
            assert row["outbox"] == [] and list(events.verify()) == []
            assert database.raw("events").count_documents({"case": case.id, "action": "move_version"}) >= 1


def test_a_killed_job_goes_on_and_moves_no_case_twice(world, monkeypatch):
    cases = [world.open() for _ in range(7)]
    monkeypatch.setattr(moving, "PAGE", 2)
    recipe_id = world.order()
    job_id = store.start(recipe_id, ADMIN)["job"]
    for point in (6, 9, 7):
        with pytest.raises(Killed), killed_at(point, True):
            runner.run_job(world, job_id)
        database.raw("jobs").update_one({"_id": job_id}, {"$set": {"state": jobs.QUEUED}})
    runner.run_job(world, job_id)
    events.sweep()
    assert jobs.get(job_id)["result"] == {"moved": 7, "failed": 0}
    for case in cases:
        assert stored(case)["schema_version"] == 2
        assert database.raw("events").count_documents({"case": case.id, "action": "move_version"}) == 1
    assert list(events.verify()) == []


def test_somebody_who_edits_meanwhile_wins_and_the_case_is_moved_after(world):
    case = world.open()
    row = stored(case)
    database.raw("cases").update_one({"_id": case.id}, {"$inc": {"rev": 1}})
    from adminapp.scope import system

    with system("test"), pytest.raises(Conflict):
        moving.move(row, "r1", store.read({"which": "all", "turns": TURNS}), world, world.registry.get("demo", 2), ADMIN)
    assert stored(case)["schema_version"] == 1
    world.work(store.MOVE, world.order())
    assert stored(case)["schema_version"] == 2


def test_the_decided_content_is_kept_for_recomputing(world):
    case = world.open()
    to_posting((world.registry, world.standards), case)
    world.work(store.MOVE, world.order())
    assert database.raw("case_contents").count_documents({"case": case.id}) == 1
    assert dates.today() == DAY
