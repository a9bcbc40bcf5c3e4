"""Forms made from declarations, without a browser and without a database."""

import json
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from adminapp import standards
from adminapp.conditions import Names, to_json
from adminapp.declaration import read_text
from adminapp.declaration.model import Field
from adminapp.forms import Context, build_action_form, build_form
from adminapp.scope import Actor
from adminapp.workflow.machine import ACTIONS
from tests.conftest import TYPES
from tests.story import DECLARATION

CLERK = Actor("clerk", "经办虚构", frozenset({"township_clerk"}), frozenset({"433123109"}))
COUNTY = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), None)
CONTEXT = Context(standards.read_file(), date(2026, 9, 16), None)


@pytest.fixture(autouse=True)
def words():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def temporary():
    return build_form(read_text((TYPES / "temporary.yaml").read_text("utf-8")))


def bound(form, actor=CLERK, **typed):
    return form.bind(MultiDict(typed) if typed else None, actor, CONTEXT)


def test_every_declared_type_makes_a_form_with_all_its_inputs():
    for path in sorted(TYPES.glob("*.yaml")):
        relief_type = read_text(path.read_text("utf-8"))
        form = bound(build_form(relief_type))
        assert {
            field.stored for field in relief_type.live_fields.values() if field.kind not in ("note", "attachment")
        } <= set(form._fields)
        assert [section["id"] for section in form.sections()] == [section.id for section in relief_type.sections]


def test_required_depends_on_visibility():
    form = bound(temporary(), village="433123109001", x_kind="urgent", x_applicant_name="龙甲虚构")
    assert not form.check(complete=True)
    assert form["x_emergency_place"].errors and not form["x_property_within"].errors
    form = bound(temporary(), village="433123109001", x_kind="expense", x_applicant_name="龙甲虚构")
    assert not form.check(complete=True)
    assert form["x_property_within"].errors and not form["x_emergency_place"].errors


def test_broken_values_of_hidden_inputs_are_forgiven_and_left_out():
    form = bound(temporary(), village="433123109001", x_kind="urgent", x_deductions="many")
    form.check(complete=False)
    assert not form["x_deductions"].errors and "deductions" not in form.changes()


def test_computed_values_are_shown_never_taken():
    form = bound(
        build_form(read_text(DECLARATION)),
        village="433123109001",
        x_income="1200",
        **{"x_members-0-name": "龙甲虚构", "x_per_head": "9"},
    )
    form.check(complete=False)
    assert form["x_per_head"]._value() == "100.00" and "per_head" not in form.changes()


@pytest.mark.parametrize(("actor", "count"), [(CLERK, 1), (COUNTY, 17)])
def test_villages_are_those_the_actor_reaches(actor, count):
    groups = {choice.optgroup for choice in bound(temporary(), actor)["village"].choices if choice.value}
    assert len(groups) == count


def test_every_action_has_a_form_with_its_fields():
    relief_type = read_text(DECLARATION)
    for key, action in ACTIONS.items():
        form = build_action_form(key, relief_type)
        own, names = [field.id for field in (*action.fields, *action.closing)], [name for name in form()._fields if name != "rev"]
        assert [name for name in names if not name.startswith("x_")] == own
        assert action.block or names == own  # what a declaration adds stands between, under the names of the document


FIELDS = (
    Field(id="kind", label="类别", kind="choice"),
    Field(id="urgent", label="急", kind="yes_no"),
    Field(id="income", label="收入", kind="money"),
    Field(
        id="members",
        label="成员",
        kind="table",
        fields=(Field(id="wages", label="工资", kind="money"), Field(id="away", label="外出", kind="yes_no")),
    ),
)


@pytest.mark.parametrize(
    ("formula", "tree"),
    [
        ('kind == "a"', ["==", ["name", "x_kind"], "a"]),
        ('kind in ["a", "b"]', ["in", ["name", "x_kind"], ["const", ["a", "b"]]]),
        ("urgent and not income", ["and", ["==", ["name", "x_urgent"], "yes"], ["not", ["name", "x_income"]]]),
        ("1 <= income < 5", ["and", ["<=", 1, ["name", "x_income"]], ["<", ["name", "x_income"], 5]]),
        (
            "total(members, wages if away else 0)",
            ["call", "total", ["name", "x_members"], ["if", ["==", ["name", "away"], "yes"], ["name", "wages"], 0]],
        ),
        ("count(members)", ["call", "count", ["name", "x_members"]]),
        (
            'income < standard("dibao.urban")',
            ["<", ["name", "x_income"], CONTEXT.standards.value("dibao.urban", CONTEXT.on)],
        ),
        ("-income / 12", ["/", ["neg", ["name", "x_income"]], 12]),
    ],
)
def test_conditions_reach_the_browser(formula, tree):
    assert json.loads(to_json(formula, Names(FIELDS), CONTEXT.standards, CONTEXT.on)) == tree


@pytest.mark.parametrize(
    "formula", ["", 'holds("dibao")', 'standard("temporary.months", kind)', "applied_on > accepted_on"]
)
def test_what_only_the_server_knows_stays_there(formula):
    assert to_json(formula, Names(FIELDS), CONTEXT.standards, CONTEXT.on) == ""
