"""What must be true of visits, verification and appraisal."""

def two_surveyors(move):
    """At least two, distinct (57号 第十六条)."""
    names = [row.get("name") for row in move.data.get("surveyors") or ()]
    if len(set(filter(None, names))) < 2:
        return "调查人至少两名，且不能是同一人"


def surveyors_unrelated(move):
    """Nobody surveys a relative (57号 第十一条、第十六条)."""
    people = {person["name"] for person in move.case.people}
    for row in move.data.get("surveyors") or ():
        if row.get("relative") or row.get("name") in people:
            return f"调查人{row.get('name') or ''}是申请人的近亲属或家庭成员，应当回避"


def not_before_application(move):
    day = move.data.get("date")
    if day and move.case.applied_on and day < move.case.applied_on:
        return f"日期 {day} 早于申请日期 {move.case.applied_on}"


def votes_add_up(move):
    """All present vote; village representatives are at least two thirds (民发〔2012〕220号 第二十二条， kept as local practice)."""
    data = {key: move.data.get(key) or 0 for key in ("attended", "expected", "representatives", "agree", "against", "abstain")}
    if data["attended"] > data["expected"]:
        return "实到人数不能多于应到人数"
    if data["agree"] + data["against"] + data["abstain"] != data["attended"]:
        return "同意、不同意、弃权之和要等于实到人数"
    if data["representatives"] * 3 < data["attended"] * 2:
        return "村民代表不得少于实到人数的三分之二"


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
    return all(
        not move.active(step) or move.case.last_record(record) for step, record in (("survey", "visit"), ("verification", "verification"))
    )


FORM_GUARDS = (two_surveyors, surveyors_unrelated, not_before_application, votes_add_up, consulted)
NEEDS = (any_survey, no_survey, surveyed)
