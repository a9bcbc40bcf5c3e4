"""The register of officials and relatives: what is refused, what counts on a day, who may take somebody out."""

from datetime import date

import pytest

from adminapp import database, dates, sealing
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.related import filing, kinship, register
from adminapp.scope import Actor, acting
from tests.adminapp.related.filings import APPLICANT, CLERK, DAY, MOTHER, REVIEWER, number, values

pytestmark = pytest.mark.usefixtures("engine")


def relation_on(day):
    found = register.relations_of([sealing.key_of(APPLICANT)], day)
    return [item.relation for items in found.values() for item in items]


def test_a_relative_is_found_by_id_number_from_the_day_of_filing(official):
    official(relatives=[MOTHER])
    assert relation_on(DAY) == ["parent"]


def test_no_number_is_stored_in_the_open(official):
    official(relatives=[MOTHER], phone="13800000000")
    row = database.raw("kin_filings").find_one()
    assert APPLICANT not in str(row) and number(11) not in str(row) and "13800000000" not in str(row)
    assert register.open_number(row["relatives"][0]["id_number"]) == APPLICANT


def test_the_filing_of_the_new_year_replaces_the_old_one_and_until_then_the_old_one_counts(official):
    official(relatives=[MOTHER], on=date(2025, 3, 1))
    assert relation_on(date(2026, 3, 1)) == ["parent"]
    official(relatives=[], on=date(2026, 3, 2))
    assert relation_on(date(2026, 3, 1)) == ["parent"]
    assert relation_on(date(2026, 3, 2)) == []


def test_one_filing_a_person_and_year(official):
    official()
    with pytest.raises(Conflict, match="已有备案"):
        official()


def test_who_left_office_is_related_to_nobody_any_more(official):
    row = official(relatives=[MOTHER], on=date(2026, 3, 1))
    with acting(REVIEWER), dates.frozen(date(2026, 8, 1)):
        filing.end(row["_id"], date(2026, 7, 1), "调离", row["rev"], REVIEWER)
    assert relation_on(date(2026, 6, 30)) == ["parent"]
    assert relation_on(date(2026, 7, 1)) == []


def test_a_relation_counts_from_its_day_on(official, monkeypatch, tmp_path):
    text = kinship.FILE.read_text("utf-8").replace("relations:\n", "relations:\n  - {code: in_law, label: 配偶的父母, from: 2027-01-01}\n")
    path = tmp_path / "kinship.yaml"
    path.write_text(text, "utf-8")
    table = kinship.read_file(path)
    monkeypatch.setattr(register, "kinship", lambda: table)
    official(relatives=[("in_law", "龙䶮虚构", APPLICANT)])
    assert relation_on(date(2026, 12, 31)) == []
    assert relation_on(date(2027, 1, 1)) == ["in_law"]


def test_a_broken_file_of_relations_is_named_in_one_sentence(tmp_path):
    path = tmp_path / "kinship.yaml"
    path.write_text("relations: [{code: a, label: b, from: soon}]\nofficials: {}\nfiling: []\n", "utf-8")
    with pytest.raises(kinship.SetupError, match="2026-07-01"):
        kinship.read_file(path)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("id_number", {"id_number": ""}),
        ("kind", {"kind": "mayor"}),
        ("village", {"kind": "committee"}),
        ("village", {"village": "433123109999"}),
        ("relatives", {"relatives": [{"relation": "", "name": "某某"}]}),
        ("relatives", {"relatives": [{"relation": "child", "name": "某某", "id_number": number(11)}]}),
        ("account", {"account": "nobody.at.all"}),
    ],
)
def test_an_incomplete_filing_is_refused_at_the_right_place(field, changes):
    with acting(REVIEWER), dates.frozen(DAY), pytest.raises(Invalid) as caught:
        filing.file(values() | changes, 2026, REVIEWER)
    assert list(caught.value.problems[0]) == [field]


def test_a_year_to_come_is_refused():
    with acting(REVIEWER), dates.frozen(DAY), pytest.raises(Invalid, match="备案年度"):
        filing.file(values(), 2027, REVIEWER)


def test_an_account_belongs_to_one_person(official):
    official(account="clerk")
    with pytest.raises(Invalid, match="已登记给另一个人"):
        official(account="clerk", serial=12, name="向虚构")


def test_a_township_files_its_own_people_only():
    stranger = Actor("other", "外乡虚构", frozenset({"township_clerk"}), frozenset({"433123101"}))
    with acting(stranger), dates.frozen(DAY), pytest.raises(Forbidden):
        filing.file(values(), 2026, stranger)


def test_another_township_does_not_see_the_filing(official):
    row = official()
    stranger = Actor("other", "外乡虚构", frozenset({"township_clerk"}), frozenset({"433123101"}))
    with acting(stranger), pytest.raises(register.NotFound):
        register.get(row["_id"])


def rows_of(row):
    return [{**item, "id_number": register.open_number(item["id_number"])} for item in row["relatives"] if not item.get("until")]


def change(row, rows, actor=REVIEWER, reason="", **more):
    with acting(actor), dates.frozen(DAY):
        return filing.change(row["_id"], values(account=row["account"]) | {"relatives": rows} | more, row["rev"], actor, reason)


def test_who_is_filed_may_add_a_relative_and_take_none_out(official):
    row = official(account="clerk", relatives=[MOTHER])
    row = change(row, [*rows_of(row), {"relation": "child", "name": "龙小虚构", "id_number": ""}], CLERK)
    assert len(rows_of(row)) == 2
    with pytest.raises(Forbidden, match="不能由本人删除"):
        change(row, rows_of(row)[1:], CLERK)


def test_taking_a_relative_out_needs_a_reason_and_leaves_a_trace(official):
    row = official(relatives=[MOTHER])
    with pytest.raises(Invalid, match="写明理由"):
        change(row, [])
    row = change(row, [], reason="登记错误")
    assert row["relatives"][0]["until"] == DAY.isoformat()
    assert relation_on(date(2026, 9, 15)) == ["parent"] and relation_on(DAY) == []
    assert row["history"][-1]["reason"] == "登记错误"


def test_a_missing_number_is_filled_in_without_reason(official):
    row = official(relatives=[("parent", "龙䶮虚构", "")])
    assert relation_on(DAY) == []
    rows = rows_of(row)
    rows[0]["id_number"] = APPLICANT
    row = change(row, rows)
    assert relation_on(DAY) == ["parent"] and len(row["relatives"]) == 1


def test_two_changes_at_once_one_is_refused(official):
    row = official()
    change(row, [{"relation": "child", "name": "龙小虚构", "id_number": ""}])
    with pytest.raises(Conflict):
        change(row, [])


def test_the_same_name_is_a_hint_only_where_a_number_is_missing(official, case):
    official(relatives=[("child", "龙小虚构", number(77)), ("parent", "龙䶮虚构", number(78))])
    found = register.hints_of(case.people, DAY)
    # The applicant's number is known and differs; of the child no number is known.
    assert [item.person for item in found] == ["龙小虚构"]


def test_every_query_has_its_index(official):
    official(account="clerk", relatives=[MOTHER])
    raw = database.raw(register.COLLECTION)
    for query, index in (
        ({"keys": {"$in": ["a", "b"]}}, "keys"),
        ({"names": {"$in": ["a"]}}, "names"),
        ({"account": "clerk", "replaced_on": None}, "account"),
        ({"unscanned": True, "_id": {"$gt": ""}}, "unscanned"),
        ({"township": "433123109", "year": 2026}, "place"),
    ):
        plan = raw.find(query).explain()["queryPlanner"]["winningPlan"]
        assert index in str(plan), (query, plan)


def test_who_has_to_file():
    table = kinship.kinship()
    assert table.duty_of({"township_clerk"}).due(2026) == date(2026, 3, 31)
    assert table.duty_of({"auditor"}) is None
