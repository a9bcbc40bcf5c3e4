"""Which notices (文书) a case has earned, and what each says: from the case, its decision and the law of the day.

Nothing here prints. Keys of `values` and `tables` are the placeholders' of the kind, texts as the reader sees them.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from adminapp import dates, divisions, procedure
from adminapp.awards import Register
from adminapp.awards.entries import CAUSES
from adminapp.cases import CaseValues, values_of
from adminapp.declaration.model import ReliefType
from adminapp.errors import Invalid
from adminapp.fields import KINDS as FIELD_KINDS
from adminapp.fields.table import read
from adminapp.legal_basis import LegalBasis, Office
from adminapp.money import format_yuan, in_words
from adminapp.workflow.actions.award import SUSPENDED_FOR
from adminapp.workflow.asked import DEFAULT_ENDS
from adminapp.workflow.machine import MILESTONES

TITLES = {
    "acceptance": "受理通知书",
    "supplement": "补正材料一次性告知书",
    "non_acceptance": "不予受理告知书",
    "confirmation": "确认通知书",
    "refusal": "不予确认告知书",
    "adjustment": "调整通知书",
    "suspension": "暂停发放通知书",
    "termination": "终止通知书",
    "relative_filing": "近亲属备案告知书",
    "verification_result": "核对结果告知书",
}
RECORDS = {
    "supplement_request": "supplement",
    "acceptance": "acceptance",
    "non_acceptance": "non_acceptance",
    "confirmation": "confirmation",
    "refusal": "refusal",
    "change_decision": "adjustment",
    "suspension": "suspension",
    "termination": "termination",
    "relative": "relative_filing",
    "verification": "verification_result",
}
"""Stage record → the notice it calls for."""
ONLY = {"verification": {"result": "inconsistent"}}
"""Stage record → what its data must say for the notice to be called for."""
DECISIONS = {"non_acceptance", "confirmation", "refusal", "adjustment", "suspension", "termination"}
"""Kinds that must tell the remedy."""
COUNTY_SIGNS = {"confirmation", "refusal", "adjustment", "termination"}
"""Kinds signed by whoever confirms; the township signs the others."""
CYCLES = {"month": ("每月", "按月"), "quarter": ("每季度", "按季"), "once": ("一次性", "一次性")}
ADDRESSES = ("home_address", "hukou_address")
NOTHING = ("", "0", "0.00")
ROUNDED = {
    "up_yuan": "向上取整到元",
    "half_up_yuan": "四舍五入到元",
    "down_yuan": "舍去元以下",
    "half_up_fen": "四舍五入到分",
}
SMALL = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Due:
    """A notice that a case has earned: its kind and the stage record it tells of."""

    kind: str
    record: dict

    @property
    def title(self):
        return TITLES[self.kind]

    @property
    def on(self) -> date:
        return date.fromisoformat(self.record["on"])


@dataclass(frozen=True)
class Draft:
    """A notice before it has a number. `template` is set only where the declaration has its own wording."""

    kind: str
    office: Office
    on: date
    values: dict[str, str]
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    template: str = ""


def notice_kinds_for(case) -> list[Due]:
    """Return the notices that may be issued for a case, newest first; an acceptance that was sent back counts once."""
    dues = [Due(RECORDS[record["kind"]], record) for record in case.records if record["kind"] in RECORDS and _calls(record)]
    return dues[::-1]


def _calls(record) -> bool:
    return all(record["data"].get(key) == value for key, value in ONLY.get(record["kind"], {}).items())


def due_of(case, kind: str, record_id: str = "") -> Due:
    """Return the newest notice of a kind, or of a given record. Raise Invalid when the case has not come so far."""
    if kind not in TITLES:
        raise Invalid(f"没有“{kind}”这种文书")
    found = [due for due in notice_kinds_for(case) if due.kind == kind and record_id in ("", due.record["id"])]
    if not found:
        raise Invalid(f"本件还没有办到可以出具{TITLES[kind]}的步骤")
    return found[0]


def draft(case, relief_type: ReliefType, due: Due, law: LegalBasis, template: str, standards=None) -> Draft:
    """Return what the notice says. `template` is the common one, used when the declaration adds wording to it."""
    values = values_of(case, relief_type, standards=standards, on=due.on, awards=Register(case, due.on))
    by = (case.decision or {}).get("confirm_by", "township") if due.kind in COUNTY_SIGNS else "township"
    view = _View(case, relief_type, values, due, law, law.office(case.township, by))
    texts, tables = BUILDERS[due.kind](view)
    return Draft(
        due.kind,
        view.office,
        due.on,
        {**_common(view), **texts},
        tables,
        _own_template(relief_type, due.kind, template),
    )


def case_texts(case, relief_type: ReliefType, values: CaseValues, law: LegalBasis, on: date, kind: str) -> dict[str, str]:
    """Return what every paper about a case says, for a blank of `kind` that is printed before there is a record."""
    due = Due(kind, {"id": "", "on": on.isoformat(), "by_name": "", "data": {}})
    return _common(_View(case, relief_type, values, due, law, law.office(case.township)))


@dataclass(frozen=True)
class _View:
    case: object
    relief_type: ReliefType
    values: CaseValues
    due: Due
    law: LegalBasis
    office: Office

    @property
    def data(self) -> dict:
        return self.due.record["data"]

    @property
    def cycle(self):
        return CYCLES[self.relief_type.payment.cycle]

    def text(self, name, **names):
        return self.law.text(name, self.due.on, self.relief_type.programme, **names)

    def before(self, kind) -> dict:
        """Return the data of the last record of a kind before this notice's record."""
        last = {}
        for record in self.case.records:
            if record["id"] == self.due.record["id"]:
                break
            last = record["data"] if record["kind"] == kind else last
        return last


def _common(view) -> dict[str, str]:
    case, due = view.case, view.due
    declared = [row.text for row in view.relief_type.legal_basis if row.holds_on(due.on)]
    handler = (case.last_record("acceptance") or due.record)["by_name"]
    texts = {
        "agency": view.office.name,
        "applicant": case.name,
        "address": _address(view),
        "item": view.relief_type.title or view.relief_type.name,
        "case_number": case.number,
        "applied_on": day_text(case.applied_on or due.on),
        "issued_on": day_text(due.on),
        "handler": handler,
        "phone": view.office.phone,
        "county_phone": view.law.county_phone,
        "basis": view.law.cited(due.kind, view.relief_type.programme, due.on, declared),
    }
    if due.kind in DECISIONS:
        texts["remedy"] = view.law.remedy(due.kind, due.title, due.on)
    return texts


def _address(view) -> str:
    place = divisions.full_name(view.case.village)
    written = next((text for name in ADDRESSES if (text := view.values.raw.get(name))), "")
    return (
        written
        if written.startswith(divisions.county().county_name)
        else place + written.removeprefix(divisions.name_of(view.case.village))
    )


def _acceptance(view):
    labels = {key: item.label for key, item in view.relief_type.document_by_id.items()}
    counted = Counter(labels.get(item.document, "其他材料") for item in view.case.files)
    rows = [[str(number), label, str(count), ""] for number, (label, count) in enumerate(counted.items(), 1)]
    texts = {"accepted_on": day_text(view.case.accepted_on or view.due.on), "due": _deadline(view)}
    return texts, {"files": rows or [["1", "申请材料", "1", "见案卷"]]}


def _deadline(view) -> str:
    """Return the day by which a decision is due: the declared clocks one after the other, the posting between them."""
    order = list(MILESTONES)
    milestone, day = "accepted", view.due.on
    for _ in range(len(order)):
        if milestone == "decided":
            return day_text(day)
        clocks = [
            clock
            for clock in view.relief_type.clocks
            if clock.start == milestone
            and order.index(clock.stop) <= order.index("decided")
            and view.values.holds(clock.when)
        ]
        if clocks:
            longest = max(clocks, key=lambda clock: order.index(clock.stop))
            day, milestone = dates.add_days(day, longest.limit, longest.unit), longest.stop
            continue
        posting = view.relief_type.step_by_name.get("posting")
        if milestone != "opinion" or posting is None:
            break
        day, milestone = dates.add_days(day, posting.days, posting.unit), "posting_ended"
    return "法定期限届满"


def _supplement(view):
    days = int(view.data.get("days") or 0)
    rows = [[str(number), *_paper(view, line)] for number, line in enumerate(_lines(view.data.get("missing")), 1)]
    texts = {"due": day_text(dates.add_days(view.due.on, days, "workday")), "consequence": view.text("consequence")}
    return texts, {"files": rows}


def _paper(view, line):
    """Return name and demand of one missing paper: “名称：要求”, or the help the declaration gives for it."""
    name, _colon, demand = (
        part.strip()
        for part in re.sub(r"^\s*[(（]?[0-9一二三四五六七八九十]{1,3}[)）.、．]\s*", "", line)
        .replace(":", "：")
        .partition("：")
    )
    known = next((item for item in view.relief_type.documents if item.label == name), None)
    return [name, demand or (known.help if known else "") or "请提供完整、清晰的材料"]


def _lines(text) -> list[str]:
    return [line.strip() for line in re.split(r"[\n；;]", str(text or "")) if line.strip()]


def _non_acceptance(view):
    return {
        "reason": sentence(view.data.get("reason")),
        "instead": sentence(view.data.get("elsewhere")) or view.text("instead"),
    }, {}


def _confirmation(view):
    decision, cycle = view.case.decision, view.cycle
    amount = decision["amount"]
    once = view.relief_type.payment.cycle == "once"
    texts = {
        "amount": f"{cycle[0]}{format_yuan(amount)}元",
        "amount_words": in_words(amount),
        "start": month_text(view.case.start_month),
        "payment": f"{cycle[1]}{_account(view)}",
        "duties": view.text("once_duties" if once else "duties", agency=view.office.name),
    }
    return texts, {"members": _members(view), "terms": _terms(decision, once)}


def _account(view) -> str:
    for item in view.relief_type.live_fields.values():
        if item.kind == "bank_account" and view.values.visible(item) and (number := view.values.raw.get(item.id)):
            return f"通过“一卡通”账户（尾号{str(number)[-4:]}）发放"
    return "以社会化方式发放"


def _members(view) -> list[list[str]]:
    """Return the persons provided for: the applicant, and the household where it is paid as one."""
    people = [(view.case.name, "本人")]
    members = view.relief_type.live_fields.get("members") if view.relief_type.payment.unit == "household" else None
    if members is not None and "name" in members.column_ids:
        relation = members.column_ids.get("relation")
        rows = [(read(row, "name") or "", read(row, "relation") or "") for row in view.values.raw.get("members") or ()]
        applicant = next((row for row in rows if row[0] == view.case.name and row[1] in ("", "self")), None)
        for name, code in (row for row in rows if row[0] and row is not applicant):
            people.append((name, FIELD_KINDS[relation.kind].text(code, relation) if relation else ""))
    return [[str(number), name, shown, view.relief_type.name, ""] for number, (name, shown) in enumerate(people, 1)]


def _terms(decision, once) -> list[list[str]]:
    rows = [[term["label"], _sum_of(term), format_yuan(term["value"])] for term in decision["terms"]]
    computed = decision.get("computed")
    if computed is not None:
        rows.append(["调整", decision.get("adjust_reason", ""), format_yuan(decision["amount"] - computed)])
    rounded = computed is None and decision.get("unrounded") != format_yuan(decision["amount"])
    return [
        *rows,
        [
            "救助金额" if once else "核定金额",
            ROUNDED.get(decision.get("rounding"), "") if rounded else "",
            format_yuan(decision["amount"]),
        ],
    ]


def _sum_of(term) -> str:
    return "；".join(f"{row['label']} {row['text']}" for row in term["values"] if row["text"] != "")


def _refusal(view):
    decision = view.case.decision or {}
    failed = [item for item in decision.get("conditions", ()) if not item["passed"]]
    reasons = [f"{item['reason']}{_sides(item)}{_clause(item['clause'])}。" for item in failed]
    said = str(view.data.get("reason") or "").strip().rstrip("。")
    if said and said not in {item["reason"] for item in failed}:
        reasons.append(sentence(said, _clause(view.data.get("clause"))))
    return {"reason": _numbered(reasons), "facts": _facts(view, failed)}, {}


def _sides(item) -> str:
    """Return both sides of a comparison that failed, so that the reader can check it."""
    return f"（{item['label']}：{item['left']}，规定：{item['right']}）" if item["left"] and item["right"] else ""


def _clause(clause) -> str:
    return f"（依据：{clause}）" if clause else ""


def _facts(view, failed) -> str:
    seen, facts = set(), []
    for item in failed:
        for row in item["values"]:
            # A question to a table of standards or of awards has a name that is no field.
            field = view.relief_type.fields.get(row["name"])
            if field is not None and row["name"] not in seen and row["text"] not in NOTHING:
                seen.add(row["name"])
                money = "money" in (field.kind, field.result)
                facts.append(f"{row['label']}{row['text']}{'元' if money else field.unit}")
    ways = "、".join(
        label
        for kind, label in (("visit", "入户调查"), ("verification", "信息核对"), ("consultation", "部门审核"))
        if view.case.last_record(kind)
    )
    people = len(view.values.raw.get("members") or ()) if view.relief_type.payment.unit == "household" else 0
    if people:
        facts.insert(0, f"共同生活的家庭成员{people}人")
    return f"经{ways or '审查申请材料'}，查明：{'，'.join(facts) or '情况见下列理由'}。"


def _adjustment(view):
    change = view.data
    new, old = change["new_amount"], change["old_amount"]
    texts = {
        "reason": sentence(change.get("reason") or CAUSES.get(change["kind"], "")),
        "old_amount": f"{view.cycle[0]}{format_yuan(old)}元",
        "amount": f"{view.cycle[0]}{format_yuan(new)}元",
        "amount_words": in_words(new),
        "start": month_text(change["from_month"]),
    }
    rows = [["原金额", "", format_yuan(old)]]
    rows += [[item["label"], _difference(item), ""] for item in change.get("changes") or ()]
    rows.append([CAUSES.get(change["kind"], "调整"), "", format_yuan(new - old)])
    return texts, {"terms": [*rows, ["调整后金额", "", format_yuan(new)]]}


def _difference(item) -> str:
    return f"{item['before']} → {item['after']}" if item["before"] and item["after"] else item["after"] or item["before"]


def _relative_filing(view):
    rows = view.data["relations"]
    shown = [
        [str(number), row["person"], row["relation"], row["official"], f"{row['unit']} {row['post']}".strip()]
        for number, row in enumerate(rows, 1)
    ]
    return {"source": view.text(f"relative_{view.data['way']}")}, {"relations": shown}


def _verification_result(view):
    """Which kinds of information did not agree, never a figure of them (57号 第十八条)."""
    words = {"inconsistent": "与申报不一致", "explained": "有信息，不影响"}
    rows = [row for row in view.data.get("kinds") or () if row["result"] in words]
    shown = [[str(number), row["kind"], words[row["result"]], row.get("note") or ""] for number, row in enumerate(rows, 1)]
    days = procedure.value("verification.objection", view.due.on)
    texts = {"reported_on": day_text(date.fromisoformat(view.data["date"])), "days": f"{days}个工作日" if days else "法定期限"}
    return texts, {"kinds": shown or [["1", "家庭经济状况", "与申报不一致", view.data.get("summary") or ""]]}


def _termination(view):
    proposal = view.before("termination_proposal")
    label = next((item.label for item in view.relief_type.end_reasons if item.code == proposal.get("code")), "")
    if not label:
        label = DEFAULT_ENDS.get(proposal.get("code"), "")
    reason = sentence(proposal.get("reason"), _clause(view.data.get("clause")))
    return {
        "reason": f"{label}。{reason}" if label else reason,
        "stop": month_text(view.data.get("stop") or dates.add_months(proposal["last_month"], 1)),
    }, {}


def _suspension(view):
    """Who is paused reads why, from which month, and how it goes on: nobody loses the award by it."""
    code = view.data.get("code")
    label = next((option.label for option in SUSPENDED_FOR if option.code == code), "")
    reason = sentence(view.data.get("reason"))
    return {
        "reason": f"{label}。{reason}" if label else reason,
        "stop": month_text(view.data["from_month"]),
        "resuming": view.text("resuming_life" if code == "life" else "resuming", agency=view.office.name),
    }, {}


BUILDERS = {
    "acceptance": _acceptance,
    "supplement": _supplement,
    "non_acceptance": _non_acceptance,
    "confirmation": _confirmation,
    "refusal": _refusal,
    "adjustment": _adjustment,
    "suspension": _suspension,
    "termination": _termination,
    "relative_filing": _relative_filing,
    "verification_result": _verification_result,
}


def _own_template(relief_type, kind, template) -> str:
    """Return the declaration's template, or the common one with its title and paragraphs; "" when it says nothing."""
    own = next((item for item in relief_type.notices if item.notice == kind), None)
    return worded(own, template) if own else ""


def worded(own, template: str) -> str:
    """Return what a type prints: its own template, or the common one with its title and paragraphs. `own` is a NoticeText."""
    if own.template:
        return own.template
    if own.title:
        template = re.sub(
            r'(<p class="title">).*?(</p>)',
            lambda found: found[1] + html.escape(own.title) + found[2],
            template,
            count=1,
        )
    added = "".join(f"<p>{html.escape(text, quote=False)}</p>\n" for text in own.paragraphs)
    return template.replace('<p class="sign">', f'{added}<p class="sign">', 1)


def day_text(day: date | None) -> str:
    """Return a date as a document has it: 2026年7月1日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def month_text(month: str | None) -> str:
    return f"{int(month[:4])}年{int(month[5:7])}月" if month else ""


def sentence(text, more: str = "") -> str:
    """Return the text with `more` before its full stop; "" stays empty."""
    text = str(text or "").strip().rstrip("。")
    return f"{text}{more}。" if text else ""


def _numbered(sentences) -> str:
    if len(sentences) < 2:
        return "".join(sentences)
    # A new line within a paragraph has no indent of its own.
    return "\n　　".join(f"（{_chinese(number)}）{text}" for number, text in enumerate(sentences, 1))


def _chinese(number) -> str:
    tens, ones = divmod(number, 10)
    if number <= 10:
        return SMALL[number]
    return f"{SMALL[tens] if tens > 1 else ''}十{SMALL[ones] if ones else ''}"
