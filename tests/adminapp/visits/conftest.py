"""A type whose visit verifies what the application declares, and a case of it under survey. Fixtures: `engine`, `case`."""

from datetime import date

import pytest

from adminapp import dates
from adminapp.scope import acting
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import perform
from tests.adminapp.related.filings import official  # noqa: F401 - fixture
from tests.story import CLERK, DECLARATION, SURVEYORS, VILLAGE, database, move, story_settings, walk  # noqa: F401 - fixtures
from tests.story import engine as plain_engine  # noqa: F401 - fixture

DAY = date(2026, 9, 16)
HEAD_ID, WIFE_ID = "433123195603074216", "433123196501010048"
SOURCE = (
    DECLARATION.replace(
        "          - {id: id_number, label: 公民身份号码, kind: id_number}\n",
        """\
          - {id: id_number, label: 公民身份号码, kind: id_number}
          - {id: wages, label: 工资, kind: money}
          - {id: since, label: 打工起始, kind: date}
      - {id: home_address, label: 居住地址, kind: text}
      - {id: phone, label: 电话, kind: phone}
      - {id: savings, label: 存款, kind: money}
      - {id: has_car, label: 有车, kind: yes_no}
      - {id: plate, label: 车牌, kind: text, visible_when: has_car}
""",
    ).replace(
        "eligibility:",
        """\
survey:
  sections:
    - id: found
      title: 核实
      fields:
        - id: s_members
          label: 核实的成员
          kind: table
          source: members
          fields:
            - {id: name, label: 姓名, kind: person_name, required: true}
            - {id: relation, label: 关系, kind: choice, options: [{code: self, label: 本人}, {code: child, label: 子女}]}
            - {id: wages, label: 工资, kind: money}
            - {id: since, label: 打工起始, kind: date}
        - {id: s_savings, label: 存款, kind: money, source: savings, required: true}
        - {id: s_plate, label: 车牌, kind: text, source: plate}
        - {id: s_noise, label: 邻里, kind: long_text}
eligibility:""",
    )
)


@pytest.fixture
def engine(plain_engine):  # noqa: F811
    registry, table = plain_engine
    registry.publish(SOURCE, "test", table.types())
    return plain_engine


def opened(engine, village=VILLAGE, name="龙䶮虚构", number=HEAD_ID, on=DAY, **values):
    given = {
        "applicant_name": name, "applicant_id": number, "income": 900000, "savings": 500000, "home_address": "虚构组 3 号", "phone": "13800000011",
        "members": [{"name": name, "relation": "self", "id_number": number, "wages": 100000, "since": date(2025, 1, 1)},
                    {"name": "吴妻虚构", "id_number": WIFE_ID}], **values,
    }  # fmt: skip
    with acting(CLERK), dates.frozen(on):
        case = open_case(engine[0].get("demo"), CLERK, village, given, engine[1])
    return walk(engine, case, (CLERK, on, "submit", {}), (CLERK, on, "accept", {"relative": False}), (CLERK, on, "start_survey", {}))


@pytest.fixture
def case(engine):
    return opened(engine)


VISIT = {"date": DAY, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible", "s_savings": 500000}


def visit(engine, case, on=DAY, actor=CLERK, **data):
    with acting(actor), dates.frozen(on):
        return perform(move(engine, case, actor, on, **{**VISIT, **data}), "record_visit")
