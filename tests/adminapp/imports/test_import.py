"""From an uploaded file to cases: guessed columns, a trial that stores nothing, good rows in, bad rows back, undo to the digest."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from adminapp import database, divisions
from adminapp.api import reading  # noqa: F401 - its index is one of those asked for
from adminapp.errors import Invalid, NotFound
from adminapp.imports import batches
from adminapp.jobs import model
from adminapp.scope import acting
from adminapp.tabular import read_sheets
from tests.adminapp.imports.conftest import HEADS, IDS, family, workbook
from tests.plans import of_find
from tests.story import CLERK, STRANGER, VILLAGE

HOME = divisions.name_of(VILLAGE)
FAR = divisions.name_of("433123101001")


def photograph():
    """Return {collection: digest} of what an import may leave behind."""
    kept = {"jobs", "audit", "imports", "import_habits", "import_verdicts", "uploads.files", "uploads.chunks"}
    found = database.current().command("dbHash")["collections"]
    return {name: value for name, value in found.items() if name not in kept and database.current()[name].find_one()}


def two_households():
    return family(
        ["1", HOME, "龙甲虚构", IDS[0], "9000"], ["2", HOME, "吴乙虚构", IDS[3], "１２００"],
        members=[["1", "龙甲虚构", "本人", IDS[0]], ["1", "龙小虚构", "子女", IDS[1]], ["2", "吴乙虚构", "本人", IDS[3]]],
    )  # fmt: skip


def test_a_file_becomes_drafts_of_the_clerks_township(world):
    batch = world.take(two_households())
    assert (batch["state"], batch["counts"]["taken"], batch["counts"]["bad"]) == (batches.APPLIED, 2, 0)
    cases = list(database.raw("cases").find({}, sort=[("number", 1)]))
    assert [case["name"] for case in cases] == ["龙甲虚构", "吴乙虚构"]
    assert {case["state"] for case in cases} == {"draft"} and {case["village"] for case in cases} == {VILLAGE}
    assert [len(case["x_members"]) for case in cases] == [2, 1]
    assert cases[1]["x_income"] == 120000, "full-width digits"
    assert [case["number"][-5:] for case in cases] == ["00001", "00002"]
    events = list(database.raw("events").find({"case": cases[0]["_id"]}))
    assert [event["action"] for event in events] == ["import"] and events[0]["data"]["batch"] == batch["_id"]
    assert not cases[0]["outbox"] and IDS[0] not in str(cases[0])


def test_a_trial_stores_no_case(world):
    before = photograph()
    batch = world.check(world.upload(two_households()))
    assert (batch["state"], batch["counts"]["good"], batch["counts"]["persons"]) == (batches.CHECKED, 2, 3)
    assert photograph() == before


def test_bad_rows_come_back_marked_and_go_in_once_corrected(world):
    data = family(
        ["1", HOME, "龙甲虚构", IDS[0], "9000"], ["2", "没有的村", "吴乙虚构", "433123196501010049", "一千"],
        members=[["1", "龙甲虚构", "本人", IDS[0]], ["2", "吴乙虚构", "远亲", IDS[3]], ["9", "石丙虚构", "本人", IDS[4]]],
    )  # fmt: skip
    batch = world.take(data)
    assert (batch["counts"]["taken"], batch["counts"]["bad"]) == (1, 2)
    book = load_workbook(BytesIO(world.attached(batch)))
    home, members = book["家庭"], book["成员"]
    assert [cell.value for cell in home[1]][:5] == HEADS and [cell.value for cell in home[2]][:3] == ["2", "没有的村", "吴乙虚构"]
    assert "管辖范围内没有" in home.cell(2, 2).comment.text and home.cell(2, 2).fill.fgColor.rgb == "FFFFC7CE"
    assert "校验码" in home.cell(2, 4).comment.text and "不是金额" in home.cell(2, 5).comment.text
    told = home.cell(2, 6).value
    assert "校验码" in told and "不是金额" in told
    assert [members.cell(row, 1).value for row in (2, 3)] == ["2", "9"], "rows of the household come along"
    assert "不在选项中" in members.cell(2, 3).comment.text and "找不到户号" in members.cell(3, 1).comment.text
    assert home.max_row == 2 and "龙甲虚构" not in str(list(home.values))
    for cell, text in (("B2", HOME), ("D2", IDS[3]), ("E2", "1000")):
        home[cell] = text
    members["C2"] = "本人"
    members.delete_rows(3)
    out = BytesIO()
    book.save(out)
    again = world.take(out.getvalue())
    assert (again["counts"]["taken"], again["counts"]["bad"]) == (1, 0)
    assert sorted(case["name"] for case in database.raw("cases").find()) == ["吴乙虚构", "龙甲虚构"]


def test_required_entries_are_asked_for_at_their_cells_unless_drafts_may_lack_them(world):
    data = family(["1", HOME, "龙甲虚构", IDS[0], ""], members=[["1", "", "本人", ""]])
    batch = world.check(world.upload(data))
    texts = [row["text"] for row in database.raw(batches.ROWS).find({"batch": batch["_id"]})]
    assert sorted(texts) == ["请填写“姓名”", "请填写“家庭年收入”"]
    loose = world.check(world.upload(data), complete=False)
    assert loose["counts"]["good"] == 1


def test_undo_restores_the_state_before_to_the_digest(world):
    world.take(family(["1", HOME, "石丙虚构", IDS[4], "1"]))
    before = photograph()
    batch = world.take(two_households())
    assert photograph() != before
    undone = world.act(batch, "undo")
    assert undone["state"] == batches.UNDONE
    assert photograph() == before
    again = world.take(two_households())
    assert again["counts"]["taken"] == 2


def test_undo_is_refused_with_the_list_where_a_case_was_worked_on(world):
    batch = world.take(two_households())
    case = database.raw("cases").find_one({"name": "吴乙虚构"})
    database.raw("cases").update_one({"_id": case["_id"]}, {"$set": {"x_income": 5}, "$inc": {"rev": 1}})
    before = photograph()
    kept = world.act(batch, "undo")
    assert kept["state"] == batches.APPLIED and photograph() == before
    job = world.job(kept)
    assert job["state"] == model.FAILED and case["number"] in job["message"]
    assert [problem["item"] for problem in job["problems"]] == [case["number"]]


def test_old_ledgers_are_read_by_their_own_headings(world):
    rows = [["凤凰县家庭台账（虚构）"], ["户主", "身份证", "村", "年收入", "多余的列"], ["龙甲虚构", IDS[0], HOME, 9000, "x"], [None, None, None, None, None],
            ["吴乙虚构", "433123650101004", HOME.removesuffix("村"), "1,200.00", ""]]  # fmt: skip
    batch = world.upload(workbook(("Sheet1", rows)))
    plan = batch["sheets"][0]
    assert (plan["header"], plan["places"]) == (1, {"0": "applicant_name", "1": "applicant_id", "2": "_village"})
    chosen = {"Sheet1": plan["places"] | {"3": "income"}}
    batch = world.check(batch, chosen=chosen)
    assert batch["counts"]["good"] == 2, list(database.raw(batches.ROWS).find())
    assert world.upload(workbook(("别的名字", rows)))["sheets"][0]["places"]["3"] == "income", "remembered"


def test_members_may_stand_beside_their_household_in_one_csv(world):
    text = "\n".join([
        "户号,村（社区）,姓名,公民身份号码,家庭年收入,成员姓名,关系",
        f"1,{HOME},龙甲虚构,{IDS[0]},9000,龙甲虚构,本人", ",,,,,龙小虚构,子女", f"2,{HOME},吴乙虚构,{IDS[3]},100,吴乙虚构,本人",
    ])  # fmt: skip
    for encoding in ("utf-8", "gb18030", "gbk"):
        batch = world.check(world.upload(text.encode(encoding), name="台账.csv"))
        assert batch["counts"]["good"] == 2, encoding
    world.act(batch, "apply")
    first = database.raw("cases").find_one({"name": "龙甲虚构"})
    assert [row["name"] for row in first["x_members"]] == ["龙甲虚构", "龙小虚构"]


def test_a_clerk_takes_nothing_into_another_township(world):
    batch = world.check(world.upload(family(["1", FAR, "龙甲虚构", IDS[0], "9000"])))
    row = database.raw(batches.ROWS).find_one({"batch": batch["_id"]})
    assert batch["counts"]["bad"] == 1 and "管辖范围内没有" in row["text"]
    with acting(STRANGER), pytest.raises(NotFound):
        batches.get(batch["_id"])


def test_columns_that_are_lacking_or_meant_twice_are_told(world):
    batch = world.upload(family(["1", HOME, "龙甲虚构", IDS[0], "9000"]))
    with pytest.raises(Invalid) as refused:
        world.check(batch, chosen={"家庭": {"2": "applicant_name", "3": "applicant_name"}, "成员": {"1": "members.name"}})
    told = "\n".join(refused.value.problems)
    assert "有两列都对应“姓名”" in told and "还没有对应：村（社区）" in told and "要有一列对应“户号”" in told


def test_what_is_no_table_is_refused_in_one_sentence(world):
    for data in (b"", b"PK\x03\x04nonsense", b"\x89PNG\r\n", workbook(("空", [[]]))):
        with pytest.raises(Invalid):
            world.upload(data)
    assert database.raw("imports").count_documents({}) == 0


def test_the_template_is_made_from_the_declaration_and_goes_in_as_it_is(world, tmp_path):
    from exports import import_workbook

    path = tmp_path / "template.xlsx"
    name = import_workbook.template(path, world.published, "draft", CLERK)
    assert name.endswith("第1版.xlsx")
    sheets = read_sheets(path.read_bytes())
    assert [*sheets] == ["演示救助", "家庭成员", "填表说明", "选项", "relief"]
    assert sheets["家庭成员"].rows[0] == ["户号*", *("姓名*", "关系", "公民身份号码")] and sheets["演示救助"].rows[1][0] == "示例"
    book = load_workbook(path)
    assert book["relief"].sheet_state == "veryHidden"
    drops = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in book["演示救助"].data_validations.dataValidation}
    village_list = [cell.value for cell in book["选项"]["A"] if cell.value]
    assert drops and divisions.name_of(VILLAGE[:9]) + HOME in village_list
    values = dict(zip(HEADS, ["1", HOME, "龙甲虚构", IDS[0], "9000"], strict=True))
    for cell in book["演示救助"][1]:
        book["演示救助"].cell(3, cell.column, values.get(cell.value.rstrip("*"), ""))
    for place, text in enumerate(["1", "龙甲虚构", "本人", IDS[0]], 1):
        book["家庭成员"].cell(3, place, text)
    out = BytesIO()
    book.save(out)
    batch = world.take(out.getvalue())
    assert batch["template"] == 1 and (batch["counts"]["taken"], batch["counts"]["bad"]) == (1, 0)


def test_the_same_bytes_come_from_the_same_declaration(world, tmp_path):
    from exports import import_workbook

    for name in ("a.xlsx", "b.xlsx"):
        import_workbook.template(tmp_path / name, world.published, "benefit", CLERK)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_double_start_and_a_stranger_change_nothing(world):
    batch = world.check(world.upload(two_households()))
    world.act(batch, "apply")
    with pytest.raises(Exception, match="修改"):
        world.act(batch, "apply")
    assert database.raw("cases").count_documents({}) == 2


def test_pages_and_duplicates_are_found_by_index(world):
    from adminapp.imports import duplicates

    bad, pair = {"batch": "x", "kind": "bad", "n": {"$gt": 1}}, {"batch": "x", "verdict": ""}
    asked = [
        ("imports", CLERK.filter(), "place", [("at", -1)]), ("imports", {}, "at", [("at", -1)]), (batches.ROWS, bad, "batch", [("n", 1)]),
        (duplicates.PAIRS, pair, "batch", [("n", 1)]), ("cases", {"people.key": {"$in": ["x"]}, "type": {"$in": ["demo"]}}, "people", None),
        ("cases", {"township": VILLAGE[:9], "terms": {"$in": ["龙甲虚构"]}}, "township_terms", None),
        ("cases", CLERK.filter(), "township_recent", [("_id", -1)]),
    ]  # fmt: skip
    for collection, query, hint, sort in asked:
        assert of_find(collection, query, hint, sort, limit=50) <= {"LIMIT", "FETCH", "IXSCAN"}, (collection, hint)


def test_a_step_that_broke_off_can_be_taken_up_or_undone(world, monkeypatch):
    from adminapp.imports import applying, opened

    monkeypatch.setattr(opened, "CHUNK", 1)
    before, batch = photograph(), world.check(world.upload(two_households()))
    with monkeypatch.context() as patch:
        patch.setattr(applying, "_finish", lambda *_: (_ for _ in ()).throw(Invalid("断了")))
        broken = world.act(batch, "apply")
    assert (broken["state"], database.raw("cases").count_documents({})) == (batches.CHECKED, 2)
    assert batches.steps_of(broken, CLERK) == {"apply", "undo"}, "what is in cannot be given up unseen"
    again = world.act(broken, "apply")
    assert (again["state"], again["counts"]["taken"], database.raw("cases").count_documents({})) == (batches.APPLIED, 2, 2)
    assert world.act(again, "undo")["state"] == batches.UNDONE and photograph().keys() == before.keys()


def test_a_trial_whose_file_is_gone_goes_back_to_its_columns(world):
    batch = world.upload(two_households())
    batches.uploads.drop(batch["upload"]["id"])
    assert world.check(batch)["state"] == batches.MAPPING


def test_what_waits_stands_in_the_work_list(world):
    from adminapp.imports import work
    from adminapp.policy import APPROVER
    from adminapp.scope import ALL, Actor

    batch = world.check(world.upload(two_households()))
    approver = Actor("approver", "审批虚构", frozenset({APPROVER}), ALL)
    assert work.SOURCE.open(CLERK) == {"state": {"$in": [batches.CHECKED]}} and work.SOURCE.open(approver) == {"state": {"$in": [batches.WAITING]}}
    item = work.SOURCE.item(batch, CLERK)
    assert item.link == ("imports.show", {"import_id": batch["_id"]}) and "2 户可以导入" in item.title
