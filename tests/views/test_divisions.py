"""Townships, villages and offices of the county: changed in a workbook, looked at, then in force for every process."""

import io
import re
from datetime import date

import pytest

from adminapp import database, divisions, legal_basis, readiness
from adminapp.divisions import tables, workbook
from adminapp.errors import Conflict, Invalid
from adminapp.outputs import outputs
from adminapp.scope import Actor
from exports.public_pages import skin
from tests.conftest import HERE
from tests.plans import of_find

POLICY = Actor("policy", "政策虚构", frozenset({"policy_admin"}))
ADDRESS = "/config/divisions/"


@pytest.fixture(autouse=True)
def clean():
    yield
    tables.use(None)


@pytest.fixture
def sheets():
    """Return the rows of the workbook in force, to be changed by a test."""
    return workbook.rows(tables.current())


def written(sheets) -> bytes:
    stream = io.BytesIO()
    outputs["division_workbook"](stream, sheets)
    return stream.getvalue()


def village(sheets, code):
    return next(row for row in sheets["村（社区）"] if row["code"] == code)


def upload(browser, sheets, **more):
    return browser.post(ADDRESS, {"file": (io.BytesIO(written(sheets)), "区划表.xlsx"), "rev": str(tables.rev()), **more}, content_type="multipart/form-data")


def kept(answer):
    return re.search(r'name="kept" value="([^"]+)"', answer.text)[1]


def publish(browser, sheets, reason="县政府批复（虚构）〔2026〕1号"):
    seen = upload(browser, sheets)
    assert seen.status_code == 200, seen.text
    return browser.post(ADDRESS, {"kept": kept(seen), "file_name": "区划表.xlsx", "rev": str(tables.rev()), "go": "1", "reason": reason})


def test_the_workbook_of_what_is_in_force_reads_back_as_the_same_table(app, sheets):
    table = tables.current()
    read = workbook.read(written(sheets), table)
    assert list(read.divisions) == list(table.divisions) and read.offices == table.offices


def test_what_changes_is_shown_first_and_in_force_for_every_process_after(login, sheets, app):
    browser = login("policy")
    first, second = sheets["村（社区）"][0], sheets["村（社区）"][1]
    was, ended = first["name"], second["name"]
    first["name"], first["old_names"], second["to"] = "新名村", was, date(2026, 1, 1)
    sheets["村（社区）"].append({"code": f"{HERE}399", "name": "添置村", "old_names": "", "from": None, "to": None})
    sheets["乡镇"][0]["phone"] = "0743-0009999"
    page = upload(browser, sheets).text
    assert f"{was}（{first['code']}）改名为新名村" in page and f"添置村（{HERE}399）" in page and f"{ended}（{second['code']}）2026-01-01 后停用" in page
    assert "0743-0009999" in page and divisions.name_of(first["code"]) == was, "nothing is in force yet"

    look = skin()
    assert publish(browser, sheets).status_code == 303
    assert divisions.name_of(first["code"]) == "新名村" and divisions.find(was)[0].code == first["code"]
    assert not divisions.exists(second["code"]) and divisions.name_of(second["code"]) == ended, "an ended code keeps its name"
    assert legal_basis.legal_basis().office(sheets["乡镇"][0]["code"]).phone == "0743-0009999" and look == skin()
    entry = database.raw("audit").find_one({"kind": "divisions"})
    assert entry["data"]["rev"] == 1 and entry["actor"] == "policy"

    tables.use(None)  # a process that has not heard of it
    login("reviewer").get("/work/")
    assert divisions.name_of(first["code"]) == "新名村"
    assert "第 1 版" in browser.get(ADDRESS).text


def test_public_pages_are_made_anew_when_the_office_of_the_county_changes(login, sheets):
    before = skin()
    sheets["县"][0]["complaints"] = "0743-0008888"
    publish(login("policy"), sheets)
    assert skin() != before


def test_a_code_that_a_case_or_an_account_carries_is_never_removed(login, cases, sheets):
    case = cases.open(f"{HERE}001")
    name = divisions.name_of(case.village)
    sheets["村（社区）"].remove(village(sheets, case.village))
    answer = upload(login("policy"), sheets)
    assert answer.status_code == 422 and f"“{name}”（{case.village}）有案件或账户在用" in answer.text and "填写停用日期" in answer.text


def test_a_village_nobody_uses_may_go_and_open_cases_of_an_ended_one_are_counted(login, cases, sheets):
    case = cases.open(f"{HERE}001")
    village(sheets, case.village)["to"] = date(2026, 1, 1)
    unused = sheets["村（社区）"].pop()
    page = upload(login("policy"), sheets).text
    assert "还有 1 件没有办结的案件" in page and f"{unused['name']}（{unused['code']}）" in page
    assert "COLLSCAN" not in of_find("cases", {"village": case.village}, "village")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda sheets: sheets["村（社区）"][0].update(code="12345"), "“村（社区）”第 2 行：“12345”应为 12 位数字"),
        (lambda sheets: sheets["村（社区）"][1].update(code=sheets["村（社区）"][0]["code"]), "“村（社区）”第 3 行：“433123101001”重复"),
        (lambda sheets: sheets["村（社区）"][0].update(code="999999999001"), "的上级区划不在文件中"),
        (lambda sheets: sheets["村（社区）"][0].update(name=""), "“村（社区）”第 2 行：缺少“名称”"),
        (lambda sheets: sheets["乡镇"][2].update(phone=""), "“乡镇”第 4 行：缺少“咨询电话”"),
        (lambda sheets: sheets["乡镇"][0].update({"from": date(2026, 5, 1), "to": date(2026, 4, 1)}), "停用日期早于启用日期"),
        (lambda sheets: sheets.pop("乡镇"), "缺少工作表“乡镇”"),
        (lambda sheets: sheets["县"].clear(), "缺少工作表“县”|“县”应只有一行"),
        (lambda sheets: None, "与现行的区划表相同"),
    ],
)
def test_a_wrong_table_is_refused_with_sheet_and_row(login, sheets, change, told):
    change(sheets)
    answer = upload(login("policy"), sheets)
    assert answer.status_code == 422 and re.search(told, answer.text), answer.text[-3000:]
    assert tables.rev() == 0 and database.raw(tables.COLLECTION).count_documents({}) == 0


@pytest.mark.parametrize("data", [b"", b"<html>", b"PK\x03\x04broken", "区划代码,名称\n1,2\n".encode("gbk")])
def test_what_is_no_workbook_is_refused_in_one_sentence(login, data):
    answer = login("policy").post(ADDRESS, {"file": (io.BytesIO(data), "x.xlsx"), "rev": "0"}, content_type="multipart/form-data")
    assert answer.status_code == 422 and "没有生效" in answer.text


@pytest.mark.parametrize("kept_text", ["", "!!!", "AAAA", "é"])
def test_a_forged_kept_file_is_refused(login, kept_text):
    assert login("policy").post(ADDRESS, {"kept": kept_text, "go": "1", "rev": "0", "reason": "依据"}).status_code == 422


def test_publishing_wants_a_reason_and_loses_nothing_without_one(login, sheets):
    browser = login("policy")
    sheets["乡镇"][0]["phone"] = "0743-0009999"
    answer = publish(browser, sheets, reason=" ")
    assert answer.status_code == 422 and "请写明依据" in answer.text and kept(answer) and "0743-0009999" in answer.text


def test_two_who_publish_at_once_do_not_overwrite_each_other(login, sheets, app):
    browser = login("policy")
    sheets["乡镇"][0]["phone"] = "0743-0009999"
    seen = upload(browser, sheets)
    other = workbook.read(written(sheets | {"县": [sheets["县"][0] | {"phone": "0743-0007777"}]}), tables.current())
    tables.publish(other, POLICY, 0, "他人先发布")
    answer = browser.post(ADDRESS, {"kept": kept(seen), "rev": "0", "go": "1", "reason": "后到"})
    assert answer.status_code == Conflict.status and "刚刚被他人修改" in answer.text
    with pytest.raises(Conflict):
        tables.publish(other, POLICY, 0, "再来一次")
    with pytest.raises(Invalid):
        tables.publish(other, POLICY, 1, "")


def test_the_newest_table_is_found_through_its_index(app):
    assert "IXSCAN" in of_find(tables.COLLECTION, {}, "rev", sort=[("rev", -1)], limit=1)


def test_readiness_asks_for_the_countys_own_table_until_there_is_one(login, sheets, app):
    engine = app.extensions["relief"]
    assert next(each for each in readiness.look(engine) if each.key == "county").state == readiness.ADVICE
    sheets["县"][0]["phone"] = "0743-0006666"
    publish(login("policy"), sheets)
    assert next(each for each in readiness.look(engine) if each.key == "county").state == readiness.DONE
