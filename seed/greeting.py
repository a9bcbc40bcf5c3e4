"""What the demo tells at its start: the accounts, and what to try first, each with a case in the right state."""

from dataclasses import dataclass

from adminapp import database, divisions
from adminapp.funds import requests
from adminapp.pinyin import spell
from seed.accounts import DEMO_PASSWORD, SMALL, accounts


@dataclass(frozen=True)
class Greeted:
    username: str
    name: str
    role: str
    place: str


def demo_accounts() -> list[Greeted]:
    """Return the demo accounts of the county and of the first township, with their place in words."""
    place = {True: divisions.name_of(SMALL[0]), False: "县"}
    return [Greeted(item.username, item.name, item.role, place[bool(item.township)]) for item in accounts(SMALL[:1])]


HINTS = (
    ("submitted", "clerk.{place}：受理申请 {number}，登记入户调查，再提出初审意见"),
    ("publicity", "deputy.{place}：打开公示中的 {number}，看计算过程和公示期限"),
    ("confirm_ready", "head.{place}：确认或不予确认 {number}；受理人自己不能确认"),
    ("refused", "clerk.{place}：打开不予确认的 {number}，出具不予确认告知书并登记送达"),
    ("in_benefit", "deputy.{place}：给享受中的 {number} 办理减发，系统会要求先听取意见"),
)


OPEN = (
    "assistant.{place}：在手机上打开“公示”，给待张贴的公示表上传照片，期满登记撤下；clerk.{place} 办结，没有异议的自动报请确认",
    "不登录：打开 /public/ 看公示和政策，对公示提出异议，投诉举报，再凭编号和查询码看办到哪一步",
    "reviewer：在“投诉举报”里交办；反映人只有核查人能看到",
)


def hints() -> list[str]:
    """Return what to try first, each with a case that is in the right state."""
    place, found = spell(divisions.name_of(SMALL[0])[:-1]), []
    for state, text in HINTS:
        query = {"township": SMALL[0], "state": state, "type": {"$in": ["dibao_rural", "dibao_urban"]}, "flags": []}
        row = database.raw("cases").find_one(query, {"number": 1}, sort=[("_id", -1)])
        if row:
            found.append(text.format(place=place, number=row["number"]))
    waiting = database.raw(requests.COLLECTION).find_one({"state": requests.SUBMITTED}, {"month": 1}, sort=[("month", -1)])
    if waiting:
        found.append(f"finance：审核“资金申请”里 {waiting['month']} 的申请，登记到账，再把名册送银行；编制、锁定和审批名册的已经是三个人")
    found.append("policy：在设计器里接着做“教育救助”的草稿，表单、条件和流程边改边看；policy2 可以同时来改")
    found += [text.format(place=place) for text in OPEN]
    found.append("auditor：查看访问日志，核对事件链和发放名册")
    return found


__all__ = ["DEMO_PASSWORD", "HINTS", "Greeted", "demo_accounts", "hints"]
