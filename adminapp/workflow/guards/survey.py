"""What must be true of visits, verification and appraisal."""

from adminapp import procedure
from adminapp.visits.compared import open_differences
from adminapp.workflow.guards import verification


def two_surveyors(move):
    """Enough visitors, nobody twice: by the rule of the day, or more where the step says so (57号 第十六条)."""
    step = move.relief_type.step_by_name.get("county_check" if move.case.state == "county_check" else "survey")
    least = max(procedure.value("survey.people", move.on) or 1, step.people if step else 0)
    names = [row["name"] for row in move.data.get("surveyors") or () if row.get("name")]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        return f"调查人{twice}写了两次；调查人至少{_count(least)}名，且不能是同一人"
    if len(names) < least:
        return f"调查人至少{_count(least)}名，且不能是同一人"


def _count(number):
    return {1: "一", 2: "两", 3: "三", 4: "四"}.get(number, str(number))


def surveyors_unrelated(move):
    """Nobody surveys a relative (57号 第十一条、第十六条)."""
    people = {person["name"] for person in move.case.people} | {item["name"] for item in move.case.relations or ()}
    for row in move.data.get("surveyors") or ():
        if row.get("relative") or row.get("name") in people:
            return f"调查人{row.get('name') or ''}是申请人的近亲属或家庭成员，应当回避（民发〔2021〕57号 第十一条）"


def not_before_application(move):
    day = move.data.get("date")
    if day and move.case.applied_on and day < move.case.applied_on:
        return f"日期 {day} 早于申请日期 {move.case.applied_on}"


def not_in_the_future(move):
    """The form says so too; imports and quick entry of paper come this way."""
    day = move.data.get("date")
    if day and day > move.on:
        return f"日期 {day} 还没有到，请核对"


def votes_add_up(move):
    """All present vote; the share of village representatives follows the rule of the day (民发〔2012〕220号 第二十二条)."""
    data = {key: move.data.get(key) or 0 for key in ("attended", "expected", "representatives", "agree", "against", "abstain")}
    if data["attended"] > data["expected"]:
        return "实到人数不能多于应到人数"
    if data["agree"] + data["against"] + data["abstain"] != data["attended"]:
        return "同意、不同意、弃权之和要等于实到人数"
    share = procedure.value("appraisal.representative_share", move.on)
    if share and data["representatives"] < data["attended"] * share:
        return f"村民代表不得少于实到人数的{procedure.share_text(share)}"


def consulted(move):
    if move.active("consult"):
        record = move.case.last_record("consultation")
        if not record:
            return f"还没有登记“{move.step_label('consult')}”"
        if record["data"]["result"] != "agreed" and move.data.get("proposal") == "approve":
            return "部门审核不同意，不能建议确认"


def any_survey(move):
    return move.active("survey") or move.active("verification")


def no_survey(move):
    return not any_survey(move)


def surveyed(move):
    """The visit and the verification that this case needs are recorded."""
    visited = not move.active("survey") or move.case.last_record("visit")
    return bool(visited) and (not move.active("verification") or verification.settled(move))


def visit_differs(move):
    return bool(open_differences(move))


MOST_NAMED = 6


def differences_settled(move):
    """What the visit found otherwise is taken over into the application, or somebody says why not: amounts follow from it."""
    found = open_differences(move)
    if found:
        names = "、".join(item.label for item in found[:MOST_NAMED]) + ("等" if len(found) > MOST_NAMED else "")
        return f"入户调查有 {len(found)} 处与申报不一致（{names}），请先采纳到申请内容，或者写明不采纳的理由"


def appraised(move):
    """Where the declaration makes an appraisal compulsory, the case does not go on without one (民发〔2021〕57号 第十九条)."""
    step = move.relief_type.step_by_name.get("appraisal")
    if step and step.required_when and move.active("appraisal") and move.values.holds(step.required_when) and not move.case.last_record("appraisal"):
        return f"本件应当民主评议（{step.clause}），请先转民主评议" if step.clause else "本件应当民主评议，请先转民主评议"


GUARDS = (differences_settled, appraised)
FORM_GUARDS = (two_surveyors, surveyors_unrelated, not_before_application, not_in_the_future, votes_add_up, consulted)
NEEDS = (any_survey, no_survey, surveyed, visit_differs)
