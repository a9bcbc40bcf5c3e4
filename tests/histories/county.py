"""A small county whose officers act at random: types, people, and what somebody might type into each action.

The types are small but have every trait the invariants speak of: a household and a person, a posting and none, an amount
with a limit of delegation, a first month after the decision and one of the application.
"""

from datetime import date, timedelta

from adminapp import divisions
from adminapp.identity import make_id
from adminapp.scope import ALL, Actor
from adminapp.standards import Standards
from tests.adminapp.payments.world import account_of

HERE, THERE = "433123109", "433123101"
VILLAGES = {town: [village.code for village in divisions.villages(town)][:2] for town in (HERE, THERE)}
FIRST, LAST = date(2026, 5, 11), date(2026, 12, 20)
"""The days histories lie between: hearings before a cut are asked for from 2026-07-01 on."""


def _staff(town, mark):
    found = {role: Actor(f"{role}{mark}", f"{role}{mark}虚构", frozenset({f"township_{role}"}), frozenset({town})) for role in ("clerk", "deputy", "head")}
    found["both"] = Actor(f"both{mark}", f"兼任{mark}虚构", frozenset({"township_clerk", "township_head"}), frozenset({town}))
    village = VILLAGES[town][0]
    found["assistant"] = Actor(f"assistant{mark}", f"协理{mark}虚构", frozenset({"village_assistant"}), frozenset({town}), frozenset({village}))
    return found


STAFF = {HERE: _staff(HERE, "1"), THERE: _staff(THERE, "2")}
COUNTY = {
    "reviewer": Actor("reviewer", "复核虚构", frozenset({"county_reviewer"}), ALL),
    "approver": Actor("approver", "审批虚构", frozenset({"county_approver"}), ALL),
    "approver2": Actor("approver2", "审批乙虚构", frozenset({"county_approver"}), ALL),
    "finance": Actor("finance", "财务虚构", frozenset({"finance"}), ALL),
}  # fmt: skip
EVERYBODY = [*STAFF[HERE].values(), *STAFF[THERE].values(), *COUNTY.values()]

HEAD = """\
key: {key}
code: {code}
name: {name}
programme: {programme}
group: 演示
{more}legal_basis:
  - {{text: 社会救助法, from: 2026-07-01}}
sections:
  - id: applicant
    title: 申请人
    fields:
      - {{id: applicant_name, label: 姓名, kind: person_name, required: true}}
      - {{id: applicant_id, label: 公民身份号码, kind: id_number, required: true}}
      - {{id: account_name, label: 户名, kind: person_name}}
      - {{id: account_number, label: 账号, kind: bank_account}}
      - {{id: bank_name, label: 开户行, kind: text}}
      - {{id: income, label: 家庭年收入, kind: money, required: true}}
"""
CLOCKS = """\
clocks:
  - {id: decision, label: 审核确认, from: accepted, to: decided, limit: 20, extended: 45}
  - {id: refusal_notice, label: 不予确认告知, from: refused, to: notified, limit: 3}
end_reasons:
  - {code: death, label: 死亡}
  - {code: voluntary, label: 自愿退出}
"""
LOW = """\
      - id: members
        label: 共同生活成员
        kind: table
        required: true
        fields:
          - {id: name, label: 姓名, kind: person_name, required: true}
          - {id: relation, label: 关系, kind: choice, options: [{code: self, label: 本人}, {code: child, label: 子女}]}
          - {id: id_number, label: 公民身份号码, kind: id_number, required: true}
      - {id: per_head, label: 月人均, kind: computed, formula: income / count(members) / 12, result: money}
validation:
  - {rule: 'count(members, relation == "self") == 1', message: 要有且只有一行本人, field: members}
eligibility:
  - {id: income, label: 人均收入低于标准, rule: 'per_head < standard("test.line")', reason: 人均收入高于标准, clause: 57号 第四条}
amount:
  terms:
    - {id: gap, label: 补差, value: '(standard("test.line") - per_head) * count(members)'}
  rounding: up_yuan
  adjustable: true
confirm: [{by: township}]
steps:
  - accept
  - survey
  - opinion
  - {step: posting, days: 7, unit: workday}
  - confirm
posted: [name]
payment: {unit: household}
household: {table: members}
ongoing: {grace: 6}
"""
ONE = """\
eligibility:
  - {id: income, label: 收入低于标准, rule: 'income / 12 < standard("test.line")', reason: 收入高于标准, clause: 43号 第四条}
amount:
  terms:
    - {id: base, label: 基本生活, value: 'standard("test.line") * 13 / 10'}
  rounding: up_yuan
confirm: [{by: township}]
"""
CARE = ONE + """\
steps:
  - accept
  - survey
  - opinion
  - {step: posting, days: 7, unit: day}
  - confirm
posted: [name]
payment: {unit: person}
"""
CHILD = ONE + """\
steps: [accept, survey, opinion, confirm]
payment: {unit: person}
"""
NURSING = ONE + """\
steps: [accept, opinion, confirm]
payment: {unit: person, start: application_month}
"""
URGENT = """\
      - {id: cost, label: 支出, kind: money, required: true}
eligibility:
  - {id: income, label: 收入低于标准, rule: 'income / 12 < standard("test.line")', reason: 收入高于标准, clause: 23号}
amount:
  terms:
    - {id: cost, label: 救助金, value: cost}
confirm:
  - {by: township, when: 'amount <= standard("test.limit")'}
  - {by: county}
steps: [accept, opinion, confirm]
payment: {unit: person, cycle: once, start: decision_month}
"""
BODIES = {
    "low": ("dibao", "LL", "演示低保", "", LOW), "care": ("tekun", "CC", "演示特困", "", CARE),
    "child": ("orphan", "KK", "演示儿童", "protected: true\n", CHILD),
    "nursing": ("disability_nursing", "NN", "演示护理", "", NURSING), "urgent": ("temporary", "UU", "演示临时", "", URGENT),
}  # fmt: skip
DECLARATIONS = {
    key: HEAD.format(key=key, code=code, name=name, programme=programme, more=more) + body + CLOCKS
    for key, (programme, code, name, more, body) in BODIES.items()
}  # fmt: skip
STARTS = {"low": 1, "care": 1, "child": 1}
"""Types that are paid from so many months after the decision."""
ONCE = frozenset({"urgent"})
LIMIT = 200000
"""2,000.00: the most a township confirms of temporary relief, that amount itself included."""
AMOUNTS = (LIMIT, LIMIT + 1, 50000, 900000)
PEOPLE = [(f"龙{mark}虚构", make_id("433123", date(1950 + 5 * number, 1 + number, 3), 11 + 2 * number)) for number, mark in enumerate("甲乙丙丁戊己庚辛")]


def standards(*later):
    """Return the table; `later` are further lines as (first day, fen)."""
    lines = [("2025-01-01", 70000), ("2026-01-01", 74000), *later]
    rows = [{"key": "test.line", "label": "保障线（月）", "unit": "money/month", "from": day, "value": fen, "source": "测试"} for day, fen in lines]
    limit = {"key": "test.limit", "label": "乡镇确认限额", "unit": "money", "from": "2021-07-16", "value": LIMIT, "source": "测试"}
    return Standards.from_rows([*rows, limit])


def row(person):
    name, number = PEOPLE[person]
    return {"name": name, "relation": "child", "id_number": number}


def application(kind, people, income, cost):
    """Return what is typed into an application; the first of `people` applies."""
    name, number = PEOPLE[people[0]]
    values = {
        "applicant_name": name, "applicant_id": number, "income": income, "account_name": name, "account_number": account_of(people[0] + 1),
        "bank_name": "虚构农商银行",
    }  # fmt: skip
    if kind == "low":
        values["members"] = [row(people[0]) | {"relation": "self"}, *map(row, people[1:])]
    if kind == "urgent":
        values["cost"] = cost
    return values


GOOD = [{"name": "吴虚构", "unit": "社会事务办", "relative": False}, {"name": "滕虚构", "unit": "村委会", "relative": False}]
RELATED = [GOOD[0], GOOD[1] | {"relative": True}]
LATE = {"late_code": "other", "late_reason": "测试"}
NEXT = {
    "draft": "submit", "submitted": "accept", "supplement": "resubmit", "opinion": "give_opinion", "publicity": "end_posting", "confirm_ready": "confirm",
    "objection": "answer_objection", "county_check": "record_county_visit", "confirmed": "grant", "change_pending": "apply_change", "terminating": "terminate",
    "suspended": "resume", "grace": "end_grace",
}  # fmt: skip
"""The step an officer takes from a state who wants to get on."""


def typed(draw, action, case, day):
    """Return what somebody might type into an action on `day`; `draw(options)` chooses. Mistakes are among the options."""
    month = f"{day:%Y-%m}"
    following = f"{day.year}-{min(12, day.month + 1):02d}"
    months = [f"{day.year}-{number:02d}" for number in range(max(1, day.month - 3), min(12, day.month + 2) + 1)] + [following] * 4
    days = (day, day, day, day - timedelta(days=2), day - timedelta(days=30), day + timedelta(days=1))
    texts = {"reason": "测试", "comment": "测试", "clause": "57号", "findings": "属实", "conclusion": "eligible", "respondent": "本人", "place": "公开栏"}
    data = LATE | texts | {"phone": "07433222222", "from_month": draw(months), "date": draw(days), "way": "direct", "receiver": "本人"}
    if action in ("record_visit", "record_county_visit"):
        name = case.name
        crews = (GOOD, GOOD, GOOD, GOOD[:1], [GOOD[0], GOOD[0]], RELATED, [GOOD[0], GOOD[1] | {"name": name}])
        data |= {"surveyors": draw(crews), "way": "visit", "result": "true"}
    if action == "accept":
        data |= {"relative": draw((False, False, False, True)), "relative_of": "田虚构，村委会委员，侄子"}
    if action == "request_supplement":
        data |= {"missing": "户口簿", "days": 10}
    if action == "give_opinion":
        data |= {"proposal": draw(("approve", "approve", "approve", "refuse"))}
    if action in ("post", "repost", "post_termination"):
        data |= {"start": draw(days)}
    if action == "object":
        data |= {"objector": "向某", "content": "收入不实"}
    if action in ("answer_objection", "record_hearing"):
        data |= {"answer": "不成立", "who": "本人", "opinion": "没有意见"} | ({"way": "visit"} if action == "record_hearing" else {})
    if action == "end_posting":
        data |= {"result": "none", "taken_down": draw(days)}
    if action == "suspend":
        data |= {"code": "life"}
    if action == "resume":
        data |= {"back_pay": draw((True, False))}
    if action == "propose_termination":
        data |= {"code": draw(("voluntary", "voluntary", "death")), "last_month": draw(months), "grace_months": draw((None, None, 3)), "date": draw(days)}
    if action == "add_member":
        data |= {"code": "birth", "members": [row(draw(range(len(PEOPLE))))]}
    if action == "remove_member":
        data |= {"code": draw(("moved", "death")), "member": draw([item.row for item in getattr(case, "x_members", None) or ()] or [""])}
    if action == "change_content":
        data |= {"kind": "income", "changes": {"income": draw((0, 300000, 600000, 1500000, 5000000))}}
    if action == "change_place":
        data |= {"village": draw([code for codes in VILLAGES.values() for code in codes])}
    if action == "adjust_amount":
        data |= {"new_amount": draw((100, 10000, 30000, 200000))}
    if action == "change_account":
        data |= {"account_number": account_of(draw((31, 32)))}
    return {key: value for key, value in data.items() if value is not None} | {"month": month}
