"""Tells the spot check what happened on the case; carried out when the outbox is drained (supervision/course.py: carry)."""

from adminapp import dates
from adminapp.supervision import checks, course
from adminapp.text import bare_name


def report_spot_check(move, record):
    row = checks.collection().find_one({"_id": move.about}, {"visitors": 1})
    names = {bare_name(item["name"]) for item in record["data"]["surveyors"]}
    visitors = [item["id"] for item in row["visitors"] if item["id"] and bare_name(item["name"]) in names]
    data, result = record["data"], record["data"]["result"]
    kept = {"card_kept": True} if data.get("keeper") == "official" and not data.get("agreement") else {}
    _tell(
        move, "登记入户核查：" + course.RESULTS[result].label,
        {
            "state": checks.VISITED, "stage": checks.JUDGE, "due": None, "owner": "", "shown": True, "result": result,
            "visit": record["id"], "visited_on": data["date"], "visited_by": sorted({move.actor.id, *visitors}), **kept,
        },
    )  # fmt: skip


def report_rectification(move, record):
    data = record["data"]
    answer = {"record": record["id"], "on": move.on.isoformat(), "by": move.actor.id, "by_name": move.actor.name, **data}
    changes = {"stage": checks.RECHECK, "due": checks.due_after(checks.RECHECK, move.on), "answer": answer, "owner": ""}
    _tell(move, "反馈整改情况", changes, data.get("done") or "")


def _tell(move, what, changes, text=""):
    move.queue(
        "spot_check", check=move.about, what=what, set=changes, text=text[:500],
        at=dates.now(), by=move.actor.id, by_name=move.actor.name,
    )  # fmt: skip


EFFECTS = (report_spot_check, report_rectification)
