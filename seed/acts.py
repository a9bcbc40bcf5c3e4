"""What is written down at each action of the demo: who takes it, with which form values. All 虚构."""

from datetime import date
from random import Random

from adminapp import dates, divisions
from adminapp.verification import people as verified
from adminapp.verification.kinds import inquiry_kinds
from adminapp.visits import compared
from adminapp.workflow import deadlines
from adminapp.workflow.action import APPROVER, ASSISTANT, CLERK, DEPUTY, HEAD, REVIEWER
from adminapp.workflow.machine import ACTIONS
from seed import changes
from seed.names import MARK
from seed.staff import Staff
from seed.story import CHANGE, GRACE, RAISE
from seed.walk import Walk

PHONE = "07433222222"
UNRELATED = {"name": "滕虚构", "unit": "驻村工作队", "relative": False}
PAID_BEFORE = 5
"""Day of the month from which a change counts for the next month."""

ENDS = {
    "once_paid": "一次性救助金已发放",
    "death": "经核实已去世",
    "moved": "户籍已迁出本县",
    "voluntary": "自愿退出",
    "income": "家庭收入超过标准",
}
WHY_LATE = {
    "applicant": "申请人在外地住院，家属半月后才到场（虚构）",
    "data": "核对报告返回较晚（虚构）",
    "hard": "成员分散在外务工，收入核实用时较长（虚构）",
    "staff": "经办人轮岗，交接用时较长（虚构）",
    "disaster": "连日降雨，进村道路中断（虚构）",
}

CLERKS, COUNTY = {CLERK}, {REVIEWER, APPROVER}
DOERS = {
    "record_consultation": REVIEWER,
    "send_verification": REVIEWER,
    "report_verification": REVIEWER,
    "require_county_check": REVIEWER,
    "record_county_visit": REVIEWER,
    "suspend": DEPUTY,
    "resume": HEAD,
    "apply_change": HEAD,
    "terminate": HEAD,
    "adjust_standard": APPROVER,
    "record_hearing": DEPUTY,
}
"""Who acts where it is not the clerk; whoever confirms is named by the decision."""


def batch_of(day: date) -> str:
    """Return the batch of verification that goes out in the week of a day."""
    year, week, _weekday = day.isocalendar()
    return f"HD{year}-{week:04d}"


class Acts:
    """Takes the steps of one case. `traits` of the plan colour what is written."""

    def __init__(self, walk: Walk, staff: Staff, traits: dict):
        self.walk, self.staff, self.traits, self.random = walk, staff, traits, walk.random
        self.decision, self.refuses = None, False
        """Decision of the day, when the step at hand worked it out; whether the last opinion was not to confirm."""

    def actor(self, action, on):
        case = self.walk.case
        role = DOERS.get(action, CLERK)
        if action == "apply_change":
            by = self.walk.move(self.staff.of(HEAD, case.township), on).confirm_by(case.pending["amount"])
            role = APPROVER if by == "county" else HEAD
        if action in ("confirm", "refuse"):
            role = APPROVER if (case.decision or {}).get("confirm_by") == "county" else HEAD
        if action == "submit" and case.village in (self.staff.of(ASSISTANT, case.township).villages or ()):
            role = ASSISTANT
        if action == "grant" and self.random.random() < 0.3:
            role = REVIEWER
        return self.staff.of(role, case.township)

    def take(self, action: str, on: date):
        if action in (RAISE, CHANGE):
            return (self._raise if action == RAISE else self._change)(on)
        if action == "record_hearing" and self._nothing_to_hear():
            return None
        write = getattr(self, f"_{action}", None)
        self.decision = None
        data = write(on) if write else {}
        self.walk.act(self.actor(action, on), action, data | self._late(action, on), on, self.decision)

    def _nothing_to_hear(self):
        """Return whether a change waits that takes nothing away."""
        steps = (self.walk.case.pending or {}).get("outcome")
        return steps is not None and all(step["amount"] >= step["before"] for step in steps)

    def _late(self, action, on):
        """Return why the step comes late, when it does."""
        walk = self.walk
        if not deadlines.late(walk.case, walk.relief_type, ACTIONS[action], on):
            return {}
        code = Random(f"{walk.ident}:{action}:late").choice(list(WHY_LATE))
        return {deadlines.CODE: code, deadlines.REASON: WHY_LATE[code]}

    def _raise(self, on):
        """Bring the amount to the standards of the new year, where they give more."""
        new_year = dates.month_of(date(on.year + (on.month > 6), 1, 1))
        month = max(new_year, self._next(on), self.walk.case.start_month)
        data = {"from_month": month, "reason": f"{month[:4]} 年度标准调整"}
        move = self.walk.asked(self.actor("adjust_standard", on), "adjust_standard", data, on)
        if not move.plan.problems() and move.plan.raises:
            self.walk.act(move.actor, "adjust_standard", data, on)

    def _change(self, on):
        """Propose what may happen to such an award."""
        clerk = self.staff.of(CLERK, self.walk.case.township)
        action, data = changes.pick(self.walk, clerk, self.traits, on)
        self.walk.act(clerk, action, data, on)

    def _next(self, on):
        """Return the first month a change of this day counts for: the payment list of the running month is made."""
        month = dates.month_of(on)
        return month if on.day < PAID_BEFORE else dates.add_months(month, 1)

    def _surveyors(self):
        return [
            {"name": self.staff.of(CLERK, self.walk.case.township).name, "unit": "社会事务办公室", "relative": False},
            UNRELATED,
        ]

    # What is written, by action

    def _withdraw(self, on):
        return {"reason": "申请人家庭情况好转，自愿撤回申请"}

    def _accept(self, on):
        if self.traits.get("relative"):
            return {"relative": True, "relative_of": f"田虚构（{MARK}），村民委员会委员，申请人的侄子"}
        return {"relative": False}

    def _request_supplement(self, on):
        return {"missing": "户口簿缺成员页；银行卡复印件不清楚", "days": 10}

    def _not_accept(self, on):
        return {"reason": "申请人户籍和居住地均不在本县", "elsewhere": "户籍所在地乡镇人民政府"}

    def _found(self, on):
        """Return what the declared form of the visit holds: everything as declared, what is only seen there as it should be."""
        walk = self.walk
        values = walk.move(self.staff.of(CLERK, walk.case.township), on).values
        found = compared.as_declared(walk.relief_type, values)
        for field in (field for part in walk.relief_type.survey.sections for field in part.fields):
            if field.required and not field.source and field.id not in found:
                found[field.id] = True if field.kind == "yes_no" else field.options[0].code
        return found

    def _record_visit(self, on):
        case, doubtful = self.walk.case, self.traits.get("place") == "other"
        return self._found(on) | {
            "date": on,
            "way": "visit",
            "surveyors": self._surveyors(),
            "respondent": f"{case.name}，本人",
            "findings": f"住房、生活状况与申报一致，邻里反映属实。（{MARK}）",
            "conclusion": "ineligible" if doubtful else "eligible",
        }

    def _record_authorisation(self, on):
        walk = self.walk
        values = walk.move(self.staff.of(CLERK, walk.case.township), on).values
        asked = verified.subjects(walk.case, walk.relief_type, values)
        signers = [(item, "self") for item in asked if item.must_sign(on)] or [(asked[0], "guardian")]
        return {"signed": [{"name": item.name, "relation": item.relation, "signed_on": on, "way": way} for item, way in signers]}

    def _send_verification(self, on):
        return {"batch": batch_of(on), "date": on}

    def _report_verification(self, on):
        """Nothing was found but the wages that were declared; what is declared is only named when there is some."""
        kinds = [{"kind": inquiry_kinds()[item.kind].label, "result": "none", "note": ""} for item in self.walk.relief_type.verification.inquiries]
        return {"date": on, "result": "consistent", "kinds": kinds, "summary": f"核对信息与申报一致（{MARK}）", "request": self.walk.requests[-1]["_id"]}

    def _record_verification(self, on):
        return {"date": on, "result": "consistent", "summary": f"核对信息与申报一致（{MARK}）"}

    def _record_consultation(self, on):
        return {"date": on, "office": "县残疾人联合会", "result": "agreed", "summary": "残疾类别、等级与残疾人证一致"}

    def _record_appraisal(self, on):
        place = divisions.name_of(self.walk.case.village)
        return {
            "date": on,
            "place": f"{place}活动室",
            "chair": "石虚构",
            "expected": 15,
            "attended": 13,
            "representatives": 11,
            "agree": 12,
            "against": 0,
            "abstain": 1,
            "minutes": f"情况属实，同意纳入。（{MARK}）",
        }

    def _stop_uncooperative(self, on):
        return {"reason": "两次预约入户均拒绝，也不提供核对授权"}

    def _give_opinion(self, on):
        decision = self.decision = self.walk.decision_on(self.staff.of(CLERK, self.walk.case.township), on)
        if not decision["eligible"] or not decision["amount"]:
            reasons = "；".join(item["reason"] for item in decision["conditions"] if not item["passed"])
            self.traits["refuse"], self.refuses = reasons or "计算金额为 0", True
            return {"proposal": "refuse", "comment": f"不符合条件：{self.traits['refuse']}"}
        if self.traits.get("refused"):
            self.traits["refuse"], self.refuses = "经核实，申请事由已由其他救助解决", True
            return {"proposal": "refuse", "comment": self.traits["refuse"]}
        return {"proposal": "approve", "comment": "符合条件，建议确认"}

    def _post(self, on):
        return {"start": on, "place": f"{divisions.name_of(self.walk.case.village)}村务公开栏", "phone": PHONE}

    def _object(self, on):
        return {"objector": f"向某（{MARK}）", "date": on, "content": "反映该户子女在外务工，收入没有如实申报"}

    def _answer_objection(self, on):
        return {"answer": "经再次入户和信息核对，子女收入已按规定计入，异议不成立，已当面答复"}

    def _end_posting(self, on):
        return {"result": "answered" if "objected" in self.walk.case.flags else "none", "taken_down": on}

    def _record_county_visit(self, on):
        reviewer = self.staff.of(REVIEWER, "")
        return {
            "date": on,
            "surveyors": [{"name": reviewer.name, "unit": "县民政局", "relative": False}, UNRELATED],
            "findings": f"家庭情况与申报一致，没有优亲厚友情形。（{MARK}）",
            "result": "true",
        }

    def _confirm(self, on):
        return {"comment": "同意"}

    def _refuse(self, on):
        failed = [item for item in self.walk.case.decision["conditions"] if not item["passed"]]
        clause = failed[0]["clause"] if failed else self.walk.relief_type.refusal_reasons[0].clause
        return {"reason": self.traits.get("refuse") or "不符合规定条件", "clause": clause or "见有关规定"}

    def _record_service(self, on):
        return {"date": on, "way": "direct", "receiver": f"{self.walk.case.name}，本人"}

    def _grant(self, on):
        return {"comment": "已备案"}

    def _apply_change(self, on):
        return {"comment": "同意"}

    def _record_hearing(self, on):
        case = self.walk.case
        who = f"{case.name}，本人或家属"
        return {"date": on, "way": "visit", "who": who, "opinion": "没有意见", "answer": "按规定办理"}

    def _suspend(self, on):
        month = dates.add_months(dates.month_of(on), 1)
        return {"code": "life", "reason": "未按期认证，暂缓发放，待核实", "from_month": month}

    def _resume(self, on):
        month = dates.add_months(dates.month_of(on), 1)
        return {"reason": "已核实，恢复发放", "from_month": month, "back_pay": self.random.random() < 0.5}

    def _propose_termination(self, on):
        once = self.walk.relief_type.payment.cycle == "once"
        grace = self.walk.relief_type.ongoing.grace if self.traits.get("end") == GRACE else None
        known = {item.code for item in self.walk.relief_type.end_reasons} or set(ENDS)
        usual = ("moved", "voluntary") + (() if self.walk.elsewhere else ("death",)) + (("income",) if self.traits.get("means_tested") else ())
        code = "once_paid" if once else "income" if grace else self.random.choice([one for one in usual if one in known])
        died = self._died(on) if code == "death" else None
        return {
            "code": code,
            "date": died,
            "last_month": self.walk.case.start_month if once else dates.month_of(died or on),
            "grace_months": grace,
            "reason": f"{ENDS[code]}（{MARK}）",
        }

    def _died(self, on):
        """Return when somebody died whose death is told now: half of them days ago, half only after months that were paid."""
        late = date.fromordinal(on.toordinal() - Random(f"{self.walk.ident}:told").randint(35, 80))
        told_late = Random(f"{self.walk.ident}:late").random() < 0.5 and dates.month_of(late) >= self.walk.case.start_month
        return late if told_late else dates.add_workdays(on, -3)

    def _post_termination(self, on):
        return {"start": on, "place": f"{divisions.name_of(self.walk.case.village)}村务公开栏"}

    def _terminate(self, on):
        return {"clause": "按本类型终止的规定办理", "comment": "同意终止"}


assert set(DOERS) <= set(ACTIONS)
