"""What may happen to an award, as entries: opening, another amount, pause, resumption, grace, end, another place.

Each function returns the part of an entry that says what changes from which month; who and when is added by `queue`
(adminapp/workflow/effects/award.py) and the key by the outbox.
"""

from adminapp import dates
from adminapp.awards.spells import ACTIVE, ENDED, GRACE, RUNNING, SUSPENDED

ROUNDING, ADJUST = "rounding", "adjust"
COMPONENTS = {
    "base": "基本金额", "supplement": "分类施保", "care": "照料护理", "topup": "补差", "deduction": "扣减",
    ROUNDING: "取整", ADJUST: "调整",
}  # fmt: skip
"""Kinds of what an amount is made of; a declared term says its own (`kind`)."""
CAUSES = {
    "open": "新增", "increase": "增发", "decrease": "减发", "member_add": "增员", "member_remove": "减员", "head": "户主变更",
    "category": "类别变更", "income": "情况变化", "account": "账户变更", "standard": "标准调整", "birthday": "年龄变化",
    "refusal": "拒绝就业", "move": "迁移", "amount": "调整金额", "suspend": "暂停", "resume": "恢复", "grace": "渐退",
    "end": "终止", "once": "一次性发放", "term": "期满", "succession": "停旧建新",
}  # fmt: skip
"""Why a spell began."""


def opening(month: str, decided: dict, place: dict) -> dict:
    """Return the first entry: paid from `month`; `decided` is `entitlement(...)`, `place` township and village."""
    return {"cause": "open", "from": month, "to": None, "set": {"state": ACTIVE, **decided, **place}}


def closing(last: str, cause: str = "end") -> dict:
    """Return the entry that ends an award after `last`; an end that stands already is not moved."""
    return {"cause": cause, "from": dates.add_months(last, 1), "to": None, "within": sorted(RUNNING), "set": {"state": ENDED}}


def paying(month: str, decided: dict, cause: str, last: str | None = None) -> dict:
    """Return the entry of another amount; a suspended spell stays suspended, a grace period and the end stay as they are."""
    return {"cause": cause, "from": month, "to": last, "within": [ACTIVE, SUSPENDED], "set": decided}


def suspension(month: str) -> dict:
    return {"cause": "suspend", "from": month, "to": None, "within": [ACTIVE, GRACE], "set": {"state": SUSPENDED}}


def resumption(month: str) -> dict:
    return {"cause": "resume", "from": month, "to": None, "within": [SUSPENDED], "set": {"state": ACTIVE}}


def grace(month: str, last: str) -> dict:
    """Return the entry of a grace period (渐退): the amount is paid on, though the conditions are no longer met."""
    return {"cause": "grace", "from": month, "to": last, "within": [ACTIVE], "set": {"state": GRACE}}


def moving(month: str, township: str, village: str) -> dict:
    return {"cause": "move", "from": month, "to": None, "set": {"township": township, "village": village}}


def entitlement(decision: dict, decision_id: str, kinds: dict[str, str], people: list[str], name: str) -> dict:
    """Return what a decision gives from its month on. `kinds` are the kinds of the declared terms by id."""
    return {
        "entitled": decision["amount"], "components": components(decision, kinds), "decision": decision_id,
        "version": decision["version"], "people": people, "size": max(1, len(people)), "name": name,
    }  # fmt: skip


def components(decision: dict, kinds: dict[str, str]) -> list[dict]:
    """Return ``[{id, label, kind, amount}]`` whose sum is the amount to the fen: what was rounded is a part of its own."""
    parts = [
        {"id": term["id"], "label": term["label"], "kind": kinds.get(term["id"], "base"), "amount": term["value"]}
        for term in decision["terms"]
        if term["value"]
    ]
    computed = decision.get("computed", decision["amount"])
    rest = computed - sum(part["amount"] for part in parts)
    for kind, amount in ((ROUNDING, rest), (ADJUST, decision["amount"] - computed)):
        if amount:
            parts.append({"id": kind, "label": COMPONENTS[kind], "kind": kind, "amount": amount})
    return parts
