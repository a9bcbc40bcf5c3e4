"""Notices of what was found out about a family: officials near to it, information that does not agree with what it said."""

from datetime import date

from adminapp import procedure
from adminapp.notices.view import View
from adminapp.notices.wording import day_text


def relative_filing(view: View):
    rows = view.data["relations"]
    shown = [
        [str(number), row["person"], row["relation"], row["official"], f"{row['unit']} {row['post']}".strip()]
        for number, row in enumerate(rows, 1)
    ]
    return {"source": view.text(f"relative_{view.data['way']}")}, {"relations": shown}


def verification_result(view: View):
    """Which kinds of information did not agree, never a figure of them (57号 第十八条)."""
    words = {"inconsistent": "与申报不一致", "explained": "有信息，不影响"}
    rows = [row for row in view.data.get("kinds") or () if row["result"] in words]
    shown = [
        [str(number), row["kind"], words[row["result"]], row.get("note") or ""] for number, row in enumerate(rows, 1)
    ]
    days = procedure.value("verification.objection", view.due.on)
    texts = {
        "reported_on": day_text(date.fromisoformat(view.data["date"])),
        "days": f"{days}个工作日" if days else "法定期限",
    }
    return texts, {"kinds": shown or [["1", "家庭经济状况", "与申报不一致", view.data.get("summary") or ""]]}
