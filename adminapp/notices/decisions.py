"""Notices of the decision on an application: what is granted and how it was computed, or why nothing is."""

from adminapp.fields import KINDS as FIELD_KINDS
from adminapp.fields.table import read
from adminapp.money import format_yuan, in_words
from adminapp.notices.view import View
from adminapp.notices.wording import clause_text, month_text, numbered, sentence

NOTHING = ("", "0", "0.00")
ROUNDED = {
    "up_yuan": "向上取整到元",
    "half_up_yuan": "四舍五入到元",
    "down_yuan": "舍去元以下",
    "half_up_fen": "四舍五入到分",
}


def confirmation(view: View):
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


def refusal(view: View):
    decision = view.case.decision or {}
    failed = [item for item in decision.get("conditions", ()) if not item["passed"]]
    reasons = [f"{item['reason']}{_sides(item)}{clause_text(item['clause'])}。" for item in failed]
    said = str(view.data.get("reason") or "").strip().rstrip("。")
    if said and said not in {item["reason"] for item in failed}:
        reasons.append(sentence(said, clause_text(view.data.get("clause"))))
    return {"reason": numbered(reasons), "facts": _facts(view, failed)}, {}


def _sides(item) -> str:
    """Return both sides of a comparison that failed, so that the reader can check it."""
    return f"（{item['label']}：{item['left']}，规定：{item['right']}）" if item["left"] and item["right"] else ""


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
