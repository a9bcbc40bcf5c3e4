"""A small household type whose award runs, for tests of what happens meanwhile. Fixtures: `engine`, `granted`, `world`."""

from dataclasses import dataclass
from datetime import date

import pytest

from adminapp import dates, sealing
from adminapp.identity import make_id
from adminapp.registry import Registry
from adminapp.scope import ALL, Actor, acting
from adminapp.standards import Standards
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, perform
from schemas.case import CaseBase
from tests.story import CLERK, HEAD, SURVEYORS, VILLAGE, database, story_settings  # noqa: F401 - fixtures

DEPUTY = Actor("deputy", "分管虚构", frozenset({"township_deputy"}), frozenset({"433123109"}))
REVIEWER = Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), ALL)
APPROVER = Actor("approver", "审批虚构", frozenset({"county_approver"}), ALL)
GRANTED = date(2026, 1, 20)
"""The award runs from February 2026."""
DECLARATION = """\
key: home
code: HM
name: 演示家庭救助
programme: home
group: 演示
legal_basis:
  - {text: 社会救助法, from: 2026-07-01}
sections:
  - id: applicant
    title: 申请人
    fields:
      - {id: applicant_name, label: 姓名, kind: person_name, required: true}
      - {id: applicant_id, label: 公民身份号码, kind: id_number, required: true}
      - {id: phone, label: 电话, kind: phone}
      - {id: income, label: 家庭年收入, kind: money, required: true}
      - id: members
        label: 共同生活成员
        kind: table
        required: true
        fields:
          - {id: name, label: 姓名, kind: person_name, required: true}
          - {id: relation, label: 关系, kind: choice, options: [{code: self, label: 本人}, {code: child, label: 子女}, {code: spouse, label: 配偶}]}
          - {id: id_number, label: 公民身份号码, kind: id_number, required: true}
          - {id: status, label: 计入情况, kind: choice, options: [{code: guaranteed, label: 保障对象}, {code: refused, label: 停发本人份额}]}
      - {id: persons, label: 人口, kind: computed, formula: count(members), result: number}
      - {id: per_head, label: 月人均, kind: computed, formula: income / persons / 12, result: money}
      - {id: account_name, label: 户名, kind: person_name}
      - {id: account_number, label: 账号, kind: bank_account}
validation:
  - {rule: 'count(members, relation == "self") == 1', message: 要有且只有一行本人, field: members}
eligibility:
  - {id: income, label: 人均收入低于标准, rule: 'per_head < standard("home.line")', reason: 人均收入高于标准, clause: 57号 第四条}
amount:
  terms:
    - {id: gap, label: 补差, value: '(standard("home.line") - per_head) * count(members, status == "guaranteed")'}
    - id: elderly
      label: 老年人
      kind: supplement
      value: 'standard("home.line") / 10 * count(members, status == "guaranteed" and age(id_number) >= 60)'
      when: 'any(members, age(id_number) >= 60)'
  rounding: up_yuan
  adjustable: true
confirm:
  - {by: township}
steps:
  - accept
  - opinion
  - confirm
payment: {unit: household}
household: {table: members, covered: 'status == "guaranteed"'}
review:
  months: 12
ongoing:
  grace: 6
  birthdays: [{age: 60}]
  successors: [home_urban]
  refusals: {column: status, value: refused}
end_reasons:
  - {code: death, label: 死亡}
  - {code: income, label: 收入超标, clause: 57号 第三十二条}
  - {code: voluntary, label: 自愿退出}
"""
LINES = [("2025-01-01", 70000), ("2026-01-01", 74000)]
BIRTHS = {"head": date(1966, 6, 10), "spouse": date(1970, 3, 4), "child": date(2012, 5, 6), "baby": date(2026, 3, 1), "aunt": date(1980, 2, 2)}
NAMES = dict(zip(BIRTHS, ("龙一虚构", "龙二虚构", "龙三虚构", "龙四虚构", "龙五虚构"), strict=True))
IDS = {name: make_id("433123", birth, 3 + number * 2) for number, (name, birth) in enumerate(BIRTHS.items())}


def standards(*later):
    """Return the table of the type, with more lines given as (first day, fen)."""
    rows = [
        {"key": "home.line", "label": "保障线（月）", "unit": "money/month", "from": day, "value": fen, "source": "测试"} for day, fen in (*LINES, *later)
    ]
    return Standards.from_rows(rows)


@pytest.fixture
def engine(database, settings):  # noqa: F811
    sealing.use_keys(settings.home / "keys" / "fields.json")
    registry, table = Registry(CaseBase), standards()
    registry.publish(DECLARATION, "test", table.types())
    registry.publish(DECLARATION.replace("key: home", "key: home_urban").replace("HM", "HU"), "test", table.types())
    return World(registry, table)


def row(name, relation="child", **about):
    return {"name": NAMES[name], "relation": relation, "id_number": IDS[name], "status": "guaranteed", **about}


@dataclass
class World:
    """Takes actions without screens; `table` are the standards of now."""

    registry: Registry
    table: Standards

    def new(self, *names, income=900000, village=VILLAGE, key="home", head="head", on=GRANTED, actor=CLERK):
        members = [row(name, "self" if name == head else "child") for name in (head, *names)]
        values = {"applicant_name": NAMES[head], "applicant_id": IDS[head], "income": income, "members": members}
        with acting(actor), dates.frozen(on):
            return open_case(self.registry.get(key), actor, village, values, self.table)

    def move(self, case, actor=CLERK, on=GRANTED, **data):
        return Move(case, self.registry.of(case), actor, self.table, data, on)

    def take(self, case, actor, action, on, driver="", **data):
        with acting(actor), dates.frozen(on):
            move = self.move(case, actor, on, **data)
            move.driver = driver
            return perform(move, action)

    def grant(self, case, on=GRANTED):
        """Bring a draft to its award."""
        for actor, action, data in (
            (CLERK, "submit", {}), (CLERK, "accept", {"relative": False}), (CLERK, "skip_survey", {}),
            (CLERK, "give_opinion", {"proposal": "approve", "comment": "符合"}), (CLERK, "submit_confirm", {}), (HEAD, "confirm", {}),
            (CLERK, "grant", {}),
        ):  # fmt: skip
            self.take(case, actor, action, on, **data)
        return case

    def change(self, case, action, on, confirm=True, hear=False, **data):
        """Propose a change as the clerk, hear where asked, and confirm it as the head."""
        self.take(case, CLERK, action, on, reason="测试", **data)
        if hear:
            self.hear(case, on)
        return self.take(case, HEAD, "apply_change", on) if confirm else case

    def hear(self, case, on):
        return self.take(case, CLERK, "record_hearing", on, date=on, way="visit", who="本人", opinion="没有意见", answer="按规定办理")

    def member(self, case, name):
        """Return the identity of a member's row."""
        return next(item.row for item in case.x_members if item.id_number == IDS[name])


@pytest.fixture
def granted(engine):
    """Return a household of head, spouse and child that is paid from February 2026."""
    return engine.grant(engine.new("spouse", "child"))


__all__ = ["APPROVER", "CLERK", "DEPUTY", "HEAD", "IDS", "REVIEWER", "SURVEYORS", "World", "engine", "granted", "row", "standards"]
