"""What stands in the way of closing a month, each with where it is seen to."""

from dataclasses import dataclass

from adminapp import database, dates, divisions
from adminapp.funds import requests
from adminapp.money import format_yuan
from adminapp.payments import batches, lines
from adminapp.reports import store as reports
from adminapp.reserve import settling


@dataclass(frozen=True)
class Point:
    """A sentence for people, and the endpoint with its arguments that shows what it is about."""

    text: str
    endpoint: str
    args: dict


def points(month: str, closed: set[str]) -> list[Point]:
    """Return every reason why the month cannot be closed, none when it can. `closed` are the months that are."""
    found = list(batches.collection().find({"month": month, "state": {"$ne": batches.ABORTED}}, sort=[("scope", 1), ("n", 1)]))
    if not found:
        return [Point(f"{month} 还没有发放名册。", "payments.index", {})]
    return [*_earlier(month, closed), *_lists(found), *_requests(month), *_reserves(month), *_report(month)]


def _earlier(month, closed):
    before = dates.add_months(month, -1)
    if closed and min(closed) < month and before not in closed:
        yield Point(f"上月（{before}）还没有月结。", "months.show", {"month": before})


def _lists(found):
    for batch in found:
        if batch["state"] == batches.CLOSED:
            continue
        waiting = database.raw(lines.COLLECTION).count_documents({"batch": batch["_id"], "state": lines.SENT})
        text = f"{batches.title_of(batch)}的状态是“{batches.STATES[batch['state']]}”" + (f"，还有 {waiting} 行没有回盘" if waiting else "") + "。"
        yield Point(text, "payments.show", {"batch_id": batch["_id"]})
        if batch.get("returning"):
            yield Point(f"{batches.title_of(batch)}有一个回盘文件正在入账。", "payments.returns", {"batch_id": batch["_id"]})


def _requests(month):
    for request in requests.collection().find({"month": month, "state": {"$in": [requests.SUBMITTED, requests.APPROVED]}}, {"rows": 0}):
        missing = format_yuan(request["amount"] - request["arrived"])
        text = f"{requests.title_of(request)}的状态是“{requests.STATES[request['state']]}”，尚有 {missing} 元没有到账。"
        yield Point(text, "funds.show", {"funding_id": request["_id"]})


def _report(month):
    """The figures of money are closed against the statistics of the month, which stand once their report is frozen."""
    state = reports.state_of(month)
    if state == reports.FROZEN:
        return
    if month >= dates.month_of(dates.today()):
        yield Point(f"{month} 还没有结束，月末以后冻结统计月报，才能月结。", "reports.index", {})
    elif not state:
        yield Point(f"{month} 的统计月报还没有统计，请县级统计并冻结。", "reports.index", {})
    else:
        yield Point(f"{month} 的统计月报还没有冻结，请县级冻结。", "reports.show", {"report_month": month})


def _reserves(month):
    for township, state in settling.unsettled(month).items():
        text = f"{divisions.name_of(township)}的备用金{settling.STATES[state]}。"
        yield Point(text, "reserve.show", {"town": township, "month": month})
