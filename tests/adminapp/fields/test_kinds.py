"""Every field kind is whole: form, storage, cell, export, filter, mask, import and place in formulas."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from adminapp.declaration.model import Field, Option
from adminapp.errors import Invalid
from adminapp.fields import KINDS, Kind
from adminapp.formula.types import WORDS

OPTIONS = (Option(code="a", label="甲"), Option(code="b", label="乙"), Option(code="old", label="旧", retired=True))
COLUMNS = (Field(id="name", label="姓名", kind="person_name", required=True), Field(id="income", label="收入", kind="money"))
FIELDS = {
    kind: Field(
        id="f", label="字段", kind=kind, options=OPTIONS if "options" in KINDS[kind].properties else (),
        fields=COLUMNS if kind == "table" else (), formula="1" if kind == "computed" else "", result="money" if kind == "computed" else "",
    )
    for kind in KINDS
}  # fmt: skip
ID = "433123195603074216"
TYPED = {
    # kind: (what a person types, the value, the cell, what is refused)
    "text": ("  沱江 ", "沱江", "沱江", "字" * 101),
    "long_text": ("一\n二", "一\n二", "一\n二", "字" * 2001),
    "person_name": ("龙䶮", "龙䶮", "龙䶮", "A1"),
    "integer": ("１２", 12, "12", "1.5"),
    "decimal": ("2.50", "2.5", "2.5", "nan"),
    "money": ("1,234.5", 123450, "1,234.50", "1e5"),
    "date": ("2026-09-16", date(2026, 9, 16), "2026-09-16", "2026-02-30"),
    "month": ("2026-09", "2026-09", "2026-09", "2026-13"),
    "yes_no": ("yes", True, "是", None),
    "choice": ("a", "a", "甲", "zz"),
    "multi_choice": ("b", ["b"], "乙", "zz"),
    "id_number": (f" {ID} ", ID, ID, "433123195603074217"),
    "phone": ("0743-3222222", "07433222222", "07433222222", "12ab"),
    "bank_account": ("12345678", "12345678", "12345678", "1"),
    "division": ("433123109200", "433123109200", None, "433123999999"),
}


def form_for(kind):
    return type("Sample", (Form,), {"f": KINDS[kind].form_field(FIELDS[kind])})


@pytest.mark.parametrize("name", KINDS)
def test_kind_answers_everything(name):
    kind, field = KINDS[name], FIELDS[name]
    assert kind.name == name and kind.title
    assert (kind.model_field(field) is not None) == kind.stored
    formula_name = kind.formula_name(field)
    assert formula_name is None or formula_name.type in WORDS
    assert kind.text(None, field) == "" or kind.formula_type == "list"
    assert kind.column_kind in ("text", "money", "integer", "date", "month")
    secret = kind.mask("1234567890123456")
    assert secret != "1234567890123456" and kind.mask("") == ""
    assert (kind.filter_choices(field) != []) <= kind.filterable
    assert list(kind.check(field, "f")) == []


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_is_stored_shown_and_imported(name):
    typed, value, shown, _ = TYPED[name]
    form = form_for(name)(MultiDict({"f": typed}))
    assert form.validate(), form.errors
    assert form.f.data == value
    kind, field = KINDS[name], FIELDS[name]
    if shown is not None:
        assert kind.text(value, field) == shown
    assert kind.parse(typed, field) == value


@pytest.mark.parametrize("name", [name for name in TYPED if TYPED[name][3] is not None])
def test_what_is_wrong_is_refused_at_the_field_and_on_import(name):
    wrong = TYPED[name][3]
    form = form_for(name)(MultiDict({"f": wrong}))
    assert not form.validate()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(form.f.errors) + "有")
    with pytest.raises(Invalid):
        KINDS[name].parse(wrong, FIELDS[name])


@pytest.mark.parametrize("name", [name for name in TYPED if name != "multi_choice"])
def test_a_blank_is_none_never_the_first_option(name):
    form = form_for(name)(MultiDict({"f": " "}))
    assert form.validate(), form.errors
    assert form.f.data is None
    assert KINDS[name].parse("", FIELDS[name]) is None


@pytest.mark.parametrize("text", ["nan", "1e400", "inf", "1_000", "٣", "1\u202e2", "1\x002", "--1", "½"])
@pytest.mark.parametrize("name", ["integer", "decimal", "money"])
def test_numbers_take_no_tricks(name, text):
    form = form_for(name)(MultiDict({"f": text}))
    assert not form.validate()


def test_a_bound_of_zero_is_a_bound():
    field = Field(id="f", label="数", kind="integer", min="0", max="0")
    form = type("Sample", (Form,), {"f": KINDS["integer"].form_field(field)})(MultiDict({"f": "-1"}))
    assert not form.validate() and "不能小于 0" in form.f.errors[0]


def test_money_is_never_below_zero_unless_declared():
    assert not form_for("money")(MultiDict({"f": "-1"})).validate()


def test_a_retired_code_stays_for_the_case_that_holds_it():
    form_class = form_for("choice")
    assert form_class(MultiDict({"f": "old"}), data={"f": "old"}).validate()
    assert not form_class(MultiDict({"f": "old"}), data={"f": "a"}).validate()


def test_rows_left_blank_are_dropped_and_others_keep_their_identity():
    form = form_for("table")(
        MultiDict({"f-0-row": "r1", "f-0-name": "龙虚构", "f-0-income": "12.5", "f-1-row": "", "f-1-name": " ", "f-1-income": ""})
    )
    assert form.validate(), form.errors
    assert form.f.data == [{"row": "r1", "name": "龙虚构", "income": 1250}]


def test_a_wrong_row_is_refused():
    assert not form_for("table")(MultiDict({"f-0-row": "", "f-0-name": "龙虚构", "f-0-income": "many"})).validate()


def test_a_property_of_another_kind_is_a_problem():
    problems = list(KINDS["date"].check(Field(id="f", label="日", kind="date", options=OPTIONS, filter=True), "x"))
    assert {problem.path for problem in problems} == {"x.options", "x.filter"}


def test_kinds_are_registered_once():
    names = [kind.name for kind in Kind.__subclasses__()]
    assert len(names) == len(set(names))
