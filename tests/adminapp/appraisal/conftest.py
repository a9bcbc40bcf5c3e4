"""Cases of a small type with an appraisal, brought there without the screens."""

from types import SimpleNamespace

import pytest

from adminapp import dates
from adminapp.scope import acting
from adminapp.workflow.opening import open_case
from tests.adminapp.related.filings import official  # noqa: F401 - fixture
from tests.story import CLERK, DECLARATION, SURVEYORS, VILLAGE, case, database, move, story_settings, walk  # noqa: F401
from tests.story import engine as plain_engine  # noqa: F401

DAY = dates.parse_date("2026-09-16")
SOURCE = DECLARATION.replace("  - accept\n  - survey\n", "  - accept\n  - survey\n  - appraisal\n")
NUMBERS = ("433123195603074216", "433123192412310024", "433123196501010048", "433123198001010059")
PEOPLE = [{"name": f"代表{letter}虚构", "capacity": "representative", "present": True} for letter in "甲乙丙丁"] + [
    {"name": "石主任虚构", "capacity": "committee", "present": True}, {"name": "吴缺席虚构", "capacity": "representative", "present": False},
]  # fmt: skip
"""Six who should come, five who came, four of them representatives."""
ABOUT = {"day": DAY, "place": "村部", "chair": "石主任虚构", "leader": "", "recorder": "吴虚构"}
STAGES = ["宣讲政策", "介绍情况", "现场评议", "形成结论", "签字确认"]


@pytest.fixture
def engine(plain_engine):  # noqa: F811
    registry, table = plain_engine
    registry.publish(SOURCE, "test", table.types())
    return plain_engine


@pytest.fixture
def county(engine, settings):
    return SimpleNamespace(registry=engine[0], standards=engine[1], settings=settings)


def household(engine, name, number, village=VILLAGE, actor=CLERK):
    values = {"applicant_name": name, "applicant_id": number, "income": 900000, "members": [{"name": name, "relation": "self", "id_number": number}]}
    with acting(actor), dates.frozen(DAY):
        case = open_case(engine[0].get("demo"), actor, village, values, engine[1])
    visit = {"date": DAY, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}
    steps = (("submit", {}), ("accept", {"relative": False}), ("start_survey", {}), ("record_visit", visit), ("call_appraisal", {}))
    return walk(engine, case, *((actor, DAY, action, data) for action, data in steps))


@pytest.fixture
def two(engine):
    return [household(engine, name, number) for name, number in zip(("石乙虚构", "石丙虚构"), NUMBERS[1:], strict=False)]


__all__ = ["move"]
