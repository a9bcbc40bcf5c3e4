"""What happened to a case: the records its actions left, and the log of its events."""

from datetime import datetime

from flask_babel import gettext as _

from adminapp import dates, disclosure, policy
from adminapp.workflow import deadlines
from adminapp.workflow.asked import asked
from adminapp.workflow.machine import ACTIONS

RECORD_NAMES = {
    "takeover": "接收现有对象",
    "acceptance": "受理",
    "supplement_request": "补正告知",
    "non_acceptance": "不予受理",
    "visit": "入户调查",
    "authorisation": "核对授权",
    "verification_request": "提请核对",
    "verification_sent": "发起核对",
    "verification": "信息核对",
    "verification_exemption": "免于核对",
    "verification_told": "告知核对结果",
    "verification_objection": "核对异议",
    "consultation": "部门审核",
    "appraisal": "民主评议",
    "uncooperative": "终止程序",
    "opinion": "初审意见",
    "return": "退回",
    "posting": "公示",
    "objection": "公示异议",
    "objection_answer": "异议答复",
    "posting_result": "公示结果",
    "county_visit": "县级入户核查",
    "confirmation": "确认意见",
    "refusal": "不予确认",
    "service": "送达",
    "registration": "纳入发放",
    "change": "变更",
    "change_decision": "变更确认",
    "review": "定期复核",
    "life_check": "生存认证",
    "hearing": "听取意见",
    "suspension": "暂停",
    "resumption": "恢复",
    "termination_proposal": "拟终止",
    "termination": "终止",
    "withdrawal": "撤回",
    "extension": "延长期限",
    "urging": "督办",
    "relative": "近亲属",
    "complaint": "投诉举报",
}
UNSHOWN = {"request"}
"""Keys that lead the program to another document; its panel leads people there."""
LONG = 12
"""Letters of a name that would not fit over a narrow value."""
EVENT_TONES = {"primary": "", "danger": "bad", "warning": "wait", "secondary": ""}


def moment(at) -> str:
    """Return a moment as read in China, to the minute."""
    return dates.minute_text(at) if isinstance(at, datetime) else str(at or "")


def records(case, relief_type, actor, place, file_url) -> list[dict]:
    """Return the stage records, newest first, with their values as facts and tables, masked for the reader, and papers."""
    papers = {}
    for item in case.files:
        if item.record:
            papers.setdefault(item.record, []).append({"name": item.name, "url": file_url(item.id)})
    shown = []
    for record in reversed(case.records):
        facts, tables = [], []
        for field in asked(record["action"], relief_type).fields.values():
            value = record["data"].get(field.id)
            if value in (None, "", []) or field.id in UNSHOWN:
                continue
            if field.fields:
                tables.append(_table(field, value, actor, place))
            else:
                text = _plain(value, field, actor, place)
                facts.append({"label": field.label, "value": text, "wide": field.kind == "long_text" or len(field.label) > LONG})
        facts += [{"label": _("超期原因"), "value": why_late(record), "wide": True}] if record.get("late") else []
        facts += [{"label": _("公示截止"), "value": record["data"]["end"]}] if "end" in record["data"] else []
        shown.append(
            {
                "id": record["id"],
                "title": _(RECORD_NAMES.get(record["kind"], ACTIONS[record["action"]].label)),
                "by": record["by_name"],
                "on": record["on"],
                "facts": facts,
                "tables": tables,
                "files": papers.get(record["id"], []),
            }
        )
    return shown


def why_late(told: dict) -> str:
    """Return the reasons for being late that a record or an event tells."""
    clocks = "、".join(f"{item['label']}（{item['due']} 到期，超期 {item['days']} 天）" for item in told["late"])
    return f"{clocks}：{deadlines.CAUSES.get(told[deadlines.CODE], _('系统办理'))}。{told[deadlines.REASON]}"


def _table(field, rows, actor, place):
    filled = [column for column in field.fields if any(row.get(column.id) not in (None, "") for row in rows)]
    return {
        "label": field.label,
        "columns": [{"key": column.id, "label": column.label} for column in filled],
        "rows": [{column.id: _plain(row.get(column.id), column, actor, place) for column in filled} for row in rows],
    }


def timeline(events) -> list[dict]:
    """Return the events, as they come, as the macro wants them."""
    return [_event(event) for event in events]


def _event(event):
    data, action = event["data"] or {}, ACTIONS.get(event["action"])
    note = " · ".join(
        str(data[key])
        for key in ("to_name", "reason", "comment", "instruction", "missing", "findings", "minutes", "name", "file")
        if data.get(key)
    )
    return {
        "title": _(event["label"]),
        "actor": event["actor_name"],
        "role": "、".join(policy.ROLES.get(role, role) for role in event["roles"][:2]),
        "at": moment(event["at"]),
        "iso": event["at"].isoformat(),
        "note": "\n".join(filter(None, [_behalf(event), note[:300], why_late(data) if data.get("late") else "", _escalated(data)])),
        "differences": data.get("changes"),
        "tone": EVENT_TONES.get(action.tone, "") if action else "",
    }


def _behalf(event):
    return _("代%(name)s办理", name=event["for_name"]) if event.get("for_name") else ""


def _escalated(data):
    """Return to whom a late step was brought."""
    if "clock_label" not in data:
        return ""
    names = "、".join(data["to"])
    return _("%(clock)s超期 %(n)s 天，报%(office)s", clock=data["clock_label"], n=data["days"], office=data["office"]) + (f"（{names}）" if names else "")


def _plain(value, field, actor, place):
    """Return the text of a record's value: dates and months are kept as ISO text there."""
    if isinstance(value, str) and field.kind in ("date", "month"):
        return str(value)
    return disclosure.text(value, field, actor, place)
