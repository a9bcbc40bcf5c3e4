"""A type that the county verifies, and a case of it under survey. Fixtures: `engine`, `case`, `county`."""

from datetime import date
from types import SimpleNamespace

import pytest

from adminapp import dates, files
from adminapp.scope import ALL, Actor, acting
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, perform
from tests.adminapp.related.filings import official  # noqa: F401 - fixture
from tests.story import CLERK, DECLARATION, SURVEYORS, VILLAGE, engine  # noqa: F401 - fixture

DAY = date(2026, 9, 16)
REVIEWER = Actor("reviewer", "县核对虚构", frozenset({"county_reviewer"}), ALL)
HEAD_ID, WIFE_ID, CHILD_ID, SON_ID = "433123195603074216", "433123196501010048", "433123201501010017", "433123198001010059"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SOURCE = (
    DECLARATION.replace(
        "          - {id: id_number, label: 公民身份号码, kind: id_number}\n",
        """\
          - {id: id_number, label: 公民身份号码, kind: id_number}
          - {id: away, label: 服刑, kind: yes_no}
      - {id: savings, label: 存款, kind: money}
      - {id: urgent, label: 急难, kind: yes_no}
      - id: obligors
        label: 义务人
        kind: table
        fields:
          - {id: obligor_name, label: 姓名, kind: person_name}
          - {id: obligor_relation, label: 关系, kind: choice, options: [{code: son, label: 子}]}
          - {id: obligor_id, label: 公民身份号码, kind: id_number}
""",
    )
    .replace("  - survey\n", "  - survey\n  - verification\n")
    .replace(
        "eligibility:",
        """\
verification:
  by: county
  inquiries:
    - {kind: deposits, declared: savings}
    - {kind: vehicles}
  counted: not away
  outsiders: obligors
  exemptions:
    - {code: urgent, label: 先行救助, when: urgent, clause: 23号 二(二)}
eligibility:""",
    )
    .replace(
        "clocks:\n",
        """\
clocks:
  - {id: verification, label: 启动核对, from: verification_requested, to: verification_started, limit: 3, clause: 57号 第十七条}
  - {id: telling, label: 告知核对结果, from: verification_failed, to: verification_told, limit: 3, clause: 57号 第十八条}
""",
    )
)
assert SOURCE.count("verification") > 5 and "obligor_id" in SOURCE


@pytest.fixture
def county(engine, settings):  # noqa: F811
    """Return what the county's engine needs: registry, standards, settings."""
    registry, table = engine
    registry.publish(SOURCE, "test", table.types())
    return SimpleNamespace(registry=registry, standards=table, settings=settings)


def opened(county, name="龙䶮虚构", number=HEAD_ID, **values):
    given = {
        "applicant_name": name, "applicant_id": number, "income": 900000, "savings": 500000, "urgent": False,
        "members": [{"name": name, "relation": "self", "id_number": number}, {"name": "吴妻虚构", "id_number": WIFE_ID},
                    {"name": "龙小虚构", "relation": "child", "id_number": CHILD_ID}, {"name": "龙狱虚构", "id_number": SON_ID, "away": True}],
        "obligors": [], **values,
    }  # fmt: skip
    with acting(CLERK), dates.frozen(DAY):
        case = open_case(county.registry.get("demo"), CLERK, VILLAGE, given, county.standards)
    return walk(county, case, ("submit", {}), ("accept", {"relative": False}), ("start_survey", {}))


def move(county, case, data=None, actor=CLERK, on=DAY, papers=(), **more):
    return Move(case, county.registry.of(case), actor, county.standards, data or {}, on, files=list(papers), **more)


def act(county, case, key, data=None, actor=CLERK, on=DAY, papers=()):
    with acting(actor), dates.frozen(on):
        kept = [files.prepare(case, actor, document, "件.pdf", PDF) for document in papers]
        return perform(move(county, case, data, actor, on, kept), key)


def walk(county, case, *steps):
    for key, data in steps:
        act(county, case, key, data)
    return case


@pytest.fixture
def case(county):
    return opened(county)


VISIT = {"date": DAY, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}


def sign(county, case, *names, **more):
    rows = [{"name": name, "signed_on": DAY, "way": "self"} for name in names]
    return act(county, case, "record_authorisation", {"signed": rows, **more}, papers=["consent"])


def asked(county, case):
    """Return the case with its verification asked for."""
    sign(county, case, "龙䶮虚构", "吴妻虚构")
    return act(county, case, "request_verification")
