"""A small type, its people and one case of it, for tests that walk the workflow. Fixtures: `database`, `engine`, `case`.

A conftest takes all three: this `database` is emptied for each test and keeps its indexes, which take seconds to build.
"""

from datetime import date, timedelta

import pytest

from adminapp import database as connection
from adminapp import dates, indexes, sealing
from adminapp.auth import users
from adminapp.registry import Registry
from adminapp.scope import Actor, acting
from adminapp.standards import read_file
from adminapp.workflow.machine import ACTIONS
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, perform
from schemas.case import CaseBase
from tests.conftest import empty

VILLAGE, OTHER_VILLAGE = "433123109001", "433123101001"
CLERK = Actor("clerk", "经办虚构", frozenset({"township_clerk"}), frozenset({"433123109"}))
HEAD = Actor("head", "乡镇长虚构", frozenset({"township_head"}), frozenset({"433123109"}))
STRANGER = Actor("other", "外乡虚构", frozenset({"township_clerk"}), frozenset({"433123101"}))
SURVEYORS = [{"name": "吴虚构", "unit": "社会事务办", "relative": False}, {"name": "龙虚构", "unit": "村委会", "relative": False}]

DECLARATION = """\
key: demo
code: XX
name: 演示救助
programme: demo
group: 演示
legal_basis:
  - {text: 社会救助法, from: 2026-07-01}
sections:
  - id: applicant
    title: 申请人
    fields:
      - {id: applicant_name, label: 姓名, kind: person_name, required: true, list: true}
      - {id: applicant_id, label: 公民身份号码, kind: id_number, required: true}
      - {id: income, label: 家庭年收入, kind: money, required: true}
      - id: members
        label: 家庭成员
        kind: table
        fields:
          - {id: name, label: 姓名, kind: person_name, required: true}
          - {id: relation, label: 关系, kind: choice, options: [{code: self, label: 本人}, {code: child, label: 子女}]}
          - {id: id_number, label: 公民身份号码, kind: id_number}
      - {id: per_head, label: 月人均, kind: computed, formula: income / count(members) / 12, result: money}
eligibility:
  - {id: income, label: 人均收入低于标准, rule: 'per_head < standard("dibao.urban")', reason: 人均收入高于标准, clause: 57号 第四条}
amount:
  terms:
    - {id: gap, label: 补差, value: '(standard("dibao.urban") - per_head) * count(members)'}
  rounding: up_yuan
  adjustable: true
confirm:
  - {by: township}
steps:
  - accept
  - survey
  - opinion
  - {step: posting, days: 7, unit: workday}
  - confirm
clocks:
  - {id: total, label: 办结, from: accepted, to: decided, limit: 20}
posted: [name]
payment: {unit: household}
"""


@pytest.fixture(scope="session")
def story_settings(settings):
    """Return the settings of this worker with a database for stories."""
    told = settings.replaced(database=f"{settings.database}_walk")
    db = connection.connect(told)
    indexes.upgrade(db)
    yield told
    connection.connect(told).client.drop_database(told.database)


@pytest.fixture
def database(story_settings):
    """Return the database of stories: indexes and nothing else."""
    db = connection.connect(story_settings)
    empty(db)
    return db


@pytest.fixture
def engine(database, settings):
    sealing.use_keys(settings.home / "keys" / "fields.json")
    registry, table = Registry(CaseBase), read_file()
    registry.publish(DECLARATION, "test", table.types())
    return registry, table


@pytest.fixture
def case(engine):
    return new_case(engine)


def new_case(engine):
    """Store a household of three with 9,000.00 a year as a draft of the clerk, and return it."""
    registry, table = engine
    values = {
        "applicant_name": "龙䶮虚构", "applicant_id": "433123195603074216", "income": 900000,
        "members": [{"name": "龙䶮虚构", "relation": "self", "id_number": "433123195603074216"}, {"name": "龙小虚构", "relation": "child"},
                    {"name": "龙大虚构", "relation": "child"}],
    }  # fmt: skip
    with acting(CLERK), dates.frozen(date(2026, 9, 16)):
        return open_case(registry.get("demo"), CLERK, VILLAGE, values, table)


def move(engine, case, actor=CLERK, on=date(2026, 9, 16), **data):
    registry, table = engine
    return Move(case, registry.of(case), actor, table, data, on)


def walk(engine, case, *steps):
    for actor, day, action, data in steps:
        with acting(actor), dates.frozen(day):
            taken = move(engine, case, actor, day, **data)
            taken.driver = ACTIONS[action].driven  # as its engine would
            perform(taken, action)
    return case


def to_posting(engine, case):
    day = date(2026, 9, 16)
    return walk(
        engine, case, (CLERK, day, "submit", {}), (CLERK, day, "accept", {"relative": False}), (CLERK, day, "start_survey", {}),
        (CLERK, day, "record_visit", {"date": day, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}),
        (CLERK, day, "form_opinion", {}), (CLERK, day, "give_opinion", {"proposal": "approve", "comment": "符合"}),
        (CLERK, day, "post", {"start": day, "place": "村务公开栏", "phone": "07433222222"}),
    )  # fmt: skip


# Accounts, for what depends on who is in office.

PEOPLE = {
    "clerk": (["township_clerk"], "433123109"), "clerk2": (["township_clerk"], "433123109"), "far": (["township_clerk"], "433123101"),
    "deputy": (["township_deputy"], "433123109"), "head": (["township_head"], "433123109"), "head2": (["township_head"], "433123109"),
    "both": (["township_clerk", "township_head"], "433123109"), "reviewer": (["county_reviewer"], ""), "reviewer2": (["county_reviewer"], ""),
}  # fmt: skip
"""Username: roles and township."""


@pytest.fixture
def staff(engine):
    """Store the accounts of PEOPLE and return a maker of actors by username."""
    for number, (username, (roles, township)) in enumerate(PEOPLE.items()):
        row = {"_id": username, "name": f"{username}（虚构）", "roles": roles, "townships": [township] if township else [], "villages": [],
               "active": True, "must_change": False, "epoch": 0, "created": dates.now() + timedelta(seconds=number)}  # fmt: skip
        connection.raw("users").insert_one(row)
    return lambda username: users.actor_of(users.get(username))
