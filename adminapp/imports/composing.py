"""Households of a file become cases in memory, through the path of every other case; nothing is stored here.

A chunk is read for as a whole: the awards and the registered relatives of all its people with one query each.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from bson import ObjectId
from pymongo.errors import PyMongoError

from adminapp import awards, dates
from adminapp.cases import fill_people
from adminapp.decision import decide
from adminapp.errors import Forbidden, Invalid
from adminapp.imports.columns import AMOUNT, BENEFIT, DECIDED, ON, OWN, START, TAKEN_OVER, VILLAGE
from adminapp.imports.gathering import Fault, Household
from adminapp.money import format_yuan
from adminapp.registry import Published
from adminapp.related import register
from adminapp.scope import Actor
from adminapp.workflow import opening
from adminapp.workflow.effects import EFFECTS
from adminapp.workflow.transition import Move

MISSING = re.compile(r"第 (\d+) 行缺“(.+)”")
TAKE_OVER = ("take_over", "接收现有对象")
IMPORT = ("import", "批量导入")
WRONG = "这一户没有读成，请核对"


@dataclass
class Composer:
    """`ids` gives the id of the case of household n. `maker` brought the file, `actor` takes it in: for recipients who are
    taken over these are two persons. `complete` asks for required entries; `month` is the first one this program pays."""

    published: Published
    actor: Actor
    standards: object
    mode: str
    complete: bool
    batch: str
    ids: object
    maker: str = ""
    month: str = ""
    on: date = field(default_factory=dates.today)

    def compose(self, households: list[Household]) -> list[tuple[Household, object]]:
        """Return (household, case) of those without fault; what is wrong is added to the faults of the others."""
        drafts = [(household, case) for household in households if (case := self._draft(household)) is not None]
        held = awards.registers([case for _, case in drafts], self.on)
        relations = register.relations_of({person["key"] for _, case in drafts for person in case.people}, self.on)
        return [(household, case) for household, case in drafts if self._finish(household, case, held[case.pk], relations)]

    def id_of(self, household: Household) -> ObjectId:
        return self.ids(household.n)

    def _draft(self, household):
        if not household.own.get(VILLAGE) and not any(fault.place == _place(household, VILLAGE) for fault in household.faults):
            household.refuse(VILLAGE, "请填写村（社区）")
        for item in (*OWN, *TAKEN_OVER) if self.mode == BENEFIT else OWN:
            if item.required and item.id != VILLAGE and household.own.get(item.id) is None and not _faulty(household, item.id):
                household.refuse(item.id, f"请填写“{item.label}”")
        if not household.values.get("applicant_name") and not _faulty(household, "applicant_name"):
            household.refuse("applicant_name", f"请填写“{self.published.relief_type.fields['applicant_name'].label}”")
        if household.faults:
            return None
        try:
            case = opening.draft_of(self.published, self.actor, household.own[VILLAGE], household.all_values(), self.on)
        except Invalid as error:
            household.refuse(VILLAGE, str(error))
            return None
        case.id, case.applied_on, case.created_by = self.id_of(household), self._applied(household), self.maker or self.actor.id
        fill_people(case, self.published.relief_type)
        return case

    def _applied(self, household):
        own = household.own
        if own.get(ON):
            return own[ON]
        return self._decided(own) if self.mode == BENEFIT else self.on

    @staticmethod
    def _decided(own):
        first = date.fromisoformat(f"{own[START]}-01")
        return own.get(DECIDED) or first - timedelta(days=1)

    def _finish(self, household, case, held, relations):
        first = TAKE_OVER if self.mode == BENEFIT else IMPORT
        try:
            values = opening.finish(
                case, self.published, self.actor, self.standards, self.on, complete=self.complete, register=held, relations=relations,
                first=first, batch=self.batch, row=household.row + 1,
            )  # fmt: skip
            if self.mode == BENEFIT:
                self._take_over(household, case, values)
            case.validate()
        except Forbidden as error:
            household.refuse("applicant_name", str(error))
        except Invalid as error:
            self._place_faults(household, error)
        except PyMongoError:  # the server was away for a moment: the job takes the household again
            raise
        except Exception as error:  # the model's own limits: they name a field, and the row is not let in
            household.refuse("", f"{WRONG}（{type(error).__name__}）")
        return not household.faults

    def _place_faults(self, household, error):
        for problem in error.problems:
            for key, sentences in problem.items() if isinstance(problem, dict) else [("", [str(problem)])]:
                rows = household.tables.get(key)
                for sentence in sentences:
                    missing = MISSING.fullmatch(sentence)
                    if missing and rows:
                        self._blank_cell(household, rows[int(missing[1]) - 1], key, missing[2])
                    else:
                        household.refuse(key, sentence)

    def _blank_cell(self, household, row, table, label):
        place = household.places.get((row.sheet, f"{table}.{self._column(table, label)}"), -1)
        household.faults.append(Fault(row.sheet, row.row, place, f"请填写“{label}”"))

    def _column(self, table, label):
        return next(column.id for column in self.published.relief_type.fields[table].fields if column.label == label)

    def _take_over(self, household, case, values):
        """Let the case stand in benefit with the amount it has; the engine's own result lies beside it in the decision."""
        own = household.own
        if own[START] > dates.add_months(dates.month_of(self.on), 1):
            household.refuse(START, "开始享受月份晚于下个月；还没有开始的请按新申请导入")
            return
        move = Move(case, self.published, self.actor, self.standards, {"comment": "接收现有对象"}, self.on)
        move.values = values
        decision = decide(self.published.relief_type, self.published.version, values)
        computed = decision["amount"]
        if computed != own[AMOUNT]:
            reason = "接收现有对象，沿用原金额"
            decision = {**decision, "computed": computed, "amount": own[AMOUNT], "adjusted_by": self.actor.name, "adjust_reason": reason}
        case.decision, case.amount, case.decided_on = decision, own[AMOUNT], self._decided(own)
        case.accepted_by, case.confirmed_by = self.maker or self.actor.id, self.actor.id
        case.start_month = max(own[START], self.month)
        record = {
            "id": case.outbox[0]["key"][:12], "kind": "takeover", "action": "take_over", "at": dates.now(), "on": self.on.isoformat(),
            "by": self.actor.id, "by_name": self.actor.name,
            "data": {"since": own[START], "amount": own[AMOUNT], "computed": computed, "from_month": case.start_month},
        }  # fmt: skip
        EFFECTS["open_award"](move, record)
        EFFECTS["register_account"](move, record)
        case.records = [*case.records, record]
        case.state, case.outbox[0]["data"]["to"] = "in_benefit", "in_benefit"
        case.outbox[0]["data"]["data"] |= record["data"]


def difference(case) -> str:
    """Return how the amount of a case that was taken over differs from the engine's, "" when it does not."""
    decision = case.decision or {}
    if not decision or "computed" not in decision:
        return ""
    if not decision["eligible"]:
        reasons = "；".join(item["reason"] or item["label"] for item in decision["conditions"] if not item["passed"])
        return f"按现行规定不符合条件（{reasons}），原金额 {format_yuan(decision['amount'])} 元"
    return f"按现行规定应为 {format_yuan(decision['computed'])} 元，原金额 {format_yuan(decision['amount'])} 元"


def _place(household, key):
    return household.cells.get(key, ("", 0, None))[2]


def _faulty(household, key):
    cell = household.cells.get(key)
    return cell is not None and any((fault.sheet, fault.row, fault.place) == cell for fault in household.faults)
