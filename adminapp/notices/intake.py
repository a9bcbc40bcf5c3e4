"""Notices of taking in an application: accepted and decided by when, papers that are missing, not accepted."""

import re
from collections import Counter

from adminapp import dates
from adminapp.notices.view import View
from adminapp.notices.wording import day_text, sentence
from adminapp.workflow.machine import MILESTONES


def acceptance(view: View):
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


def supplement(view: View):
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


def non_acceptance(view: View):
    return {
        "reason": sentence(view.data.get("reason")),
        "instead": sentence(view.data.get("elsewhere")) or view.text("instead"),
    }, {}
