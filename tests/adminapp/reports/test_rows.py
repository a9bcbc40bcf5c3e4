"""The figures of months add up over any history of awards, and tell people apart as the plan says."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import dates, sealing
from adminapp.awards import entries
from adminapp.awards.spells import derive
from adminapp.errors import SetupError
from adminapp.identity import make_id
from adminapp.reports import figures, plan
from adminapp.reports.rows import rows_of

MONTHS = dates.month_range("2026-01", "2026-12")
PLACES = ("433123101", "433123109")


class Type:
    """A type without fields: these histories are about months, places and people."""

    fields: dict = {}


def spell(people, place, amount):
    return {"entitled": amount, "people": people, "size": max(1, len(people)), "township": place, "village": f"{place}001"}


PEOPLE = st.lists(st.sampled_from("abcd"), max_size=4, unique=True)


@st.composite
def histories(draw):
    """Return an award that was opened, and had its people, place, pause and end changed in any order, also backwards."""
    found = [entries.opening(draw(st.sampled_from(MONTHS)), spell(draw(PEOPLE), draw(st.sampled_from(PLACES)), 100), {})]
    for month in draw(st.lists(st.sampled_from(MONTHS), max_size=6)):
        kind = draw(st.sampled_from(("people", "move", "suspend", "resume", "end", "grace")))
        if kind == "people":
            people = draw(PEOPLE)
            found.append(entries.paying(month, {"entitled": 100 * len(people), "people": people, "size": max(1, len(people))}, "member_add"))
        elif kind == "move":
            place = draw(st.sampled_from(PLACES))
            found.append(entries.moving(month, place, f"{place}001"))
        elif kind == "grace":
            found.append(entries.grace(month, dates.add_months(month, 2)))
        else:
            found.append({"suspend": entries.suspension, "resume": entries.resumption, "end": entries.closing}[kind](month))
    told = [{"key": str(number), "on": "2026-01-01", **each} for number, each in enumerate(found)]
    return {"_id": "1", "type": "t", "number": "N", "name": "虚构", "spells": derive(told)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_beginning_and_changes_give_the_end_and_the_end_is_the_next_beginning(award):
    told, before = plan.plan(), None
    for month in ["2025-12", *MONTHS]:
        rows = list(rows_of(award, month, False, {}, Type, told))
        for row in rows:
            assert row["before"] + row["plus"] - row["minus"] == row["size"]
        sums = {place: figures.join(types.values()) for place, types in figures.total(rows).items()}
        for each in sums.values():
            gain = each["added_households"] + each["moved_in_households"] - each["stopped_households"] - each["moved_out_households"]
            assert each["opening_households"] + gain == each["closing_households"]
            came = each["added_persons"] + each["moved_in_persons"] + each["joined_persons"]
            went = each["stopped_persons"] + each["moved_out_persons"] + each["left_persons"]
            assert each["opening_persons"] + came - went == each["closing_persons"]
            assert each["male"] + each["female"] + each["unknown"] == each["closing_persons"]
        for unit in (figures.HOUSEHOLDS, figures.PERSONS):
            opened = {place: n for place, each in sums.items() if (n := each[f"opening_{unit}"])}
            assert before is None or opened == before[unit]
        before = {
            unit: {place: n for place, each in sums.items() if (n := each[f"closing_{unit}"])} for unit in (figures.HOUSEHOLDS, figures.PERSONS)
        }  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_what_is_given_once_is_counted_in_its_first_month_alone(award):
    counted = [row for month in ["2025-12", *MONTHS] for row in rows_of(award, month, True, {}, Type, plan.plan())]
    assert all(row["marks"] == ["granted"] and row["before"] == 0 for row in counted)
    assert len({row["month"] for row in counted}) == len(counted)


class Field:
    def __init__(self, key, kind, columns=()):
        self.key, self.kind, self.stored, self.column_ids = key, kind, f"x_{key}", columns


@pytest.mark.parametrize(
    ("month", "born", "order", "disability", "traits"),
    [
        ("2026-09", date(2008, 10, 1), 1, "", {"male", "minor"}),  # 18 on the day after the month
        ("2026-09", date(2008, 9, 30), 2, "3", {"female", "adult", "disabled"}),
        ("2026-09", date(1966, 9, 30), 1, "1", {"male", "elderly", "disabled", "severe"}),
        ("2026-09", date(1966, 10, 1), 2, "", {"female", "adult"}),
        ("2026-02", date(2008, 2, 29), 1, "", {"male", "adult"}),  # a common year has no such day: full years are reached on its last
        ("2026-02", date(1966, 3, 1), 1, "", {"male", "adult"}),
        ("2026-09", date(2026, 10, 5), 2, "", {"female", "minor"}),  # a child decided on since, in a month worked out again
    ],
)
def test_people_are_told_apart_by_the_end_of_the_month(app, month, born, order, disability, traits):
    number = make_id("433123", born, order)

    class Household:
        fields = {"members": Field("members", "table", ("id_number", "disability_grade"))}

    award = {"_id": "1", "type": "t", "number": "N", "name": "虚构"}
    award["spells"] = derive([{"key": "1", "on": "2026-01-01", **entries.opening(month, spell([sealing.key_of(number)], PLACES[0], 100), {})}])
    content = {"x_members": [{"id_number": sealing.seal(number, "id_number"), "disability_grade": disability}]}
    (row,) = rows_of(award, month, False, content, Household, plan.plan())
    assert {name for name in ("male", "female", "minor", "adult", "elderly", "disabled", "severe", "unknown") if row[name]} == traits


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("aegs: {}", "aegs: 不认识的键“aegs”，是否要写“ages”？"),
        ("ages: {minor: 18}", "ages.elderly: 必须填写"),
        ("ages: {minor: x, elderly: 18}", "ages.minor: 这里要写整数，写的是“x”"),
        ("disability: {field: x}", "disability.severe: 必须填写"),
        ("classes: grade", "classes: 这里要写列表"),
        ("- a", "这里要写若干“键: 值”"),
    ],
)
def test_a_mistake_in_the_plan_is_named(tmp_path, text, sentence):
    path = tmp_path / "reports.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SetupError) as caught:
        plan.read_file(path)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [("minor: 18", "minor: 60", "ages: minor 要大于 0，小于 elderly"), ("[grade]", "[]", "classes: 要有至少一个字段")],
)
def test_a_plan_that_cannot_be_meant_is_refused(tmp_path, before, after, sentence):
    path = tmp_path / "reports.yaml"
    text = "ages: {minor: 18, elderly: 60}\ndisability: {field: x, severe: []}\nclasses: [grade]\n"
    path.write_text(text, "utf-8")
    assert plan.read_file(path).classes == ("grade",)
    path.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(SetupError, match=sentence):
        plan.read_file(path)
