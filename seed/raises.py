"""The orders by which the awards of the demo county were raised at new year (虚构), summed up from what the awards say."""

from datetime import UTC, date, datetime, time, timedelta

from adminapp import awards, database, dates
from adminapp.awards.spells import derive
from adminapp.changes import raises
from seed.bulk import insert
from seed.names import MARK
from seed.staff import Staff
from seed.story import RAISED


def fill(engine, staff: Staff):
    """Write one order for each new year; what is there already stays."""
    insert(raises.COLLECTION, [_order(engine, staff, month, sums) for month, sums in sorted(_sums().items())])


def _sums():
    """Return {first month: sums as an order keeps them}: of all entries that a new standard made."""
    found: dict = {}
    for award in database.raw(awards.COLLECTION).find({"entries.cause": "standard"}, {"type": 1, "entries": 1}):
        for entry in award["entries"]:
            if entry["cause"] == "standard" and entry["from"].endswith("-01"):
                before = derive([other for other in award["entries"] if other["at"] < entry["at"]])[-1]
                row = found.setdefault(entry["from"], {}).setdefault(award["type"], dict.fromkeys(("raised", "same", "left", "monthly", "back"), 0))
                row["raised"] += 1
                row["monthly"] += entry["set"]["entitled"] - before["entitled"]
    return found


def _order(engine, staff, month, sums):
    day = dates.next_workday(date(int(month[:4]) - 1, *RAISED))
    asked = datetime.combine(day - timedelta(days=3), time(2), UTC)
    reviewer, approver = staff.of("county_reviewer", ""), staff.of("county_approver", "")
    types = {key: engine.registry.get(key).relief_type.name for key in sorted(sums)}
    return {
        "_id": f"seed-{month}", "month": month, "types": types, "reason": f"{month[:4]} 年度标准调整的通知（{MARK}）", "state": raises.DONE,
        "by": reviewer.id, "by_name": reviewer.name, "at": asked, "approved_by": approver.id, "approved_name": approver.name,
        "approved_at": datetime.combine(day, time(1), UTC), "job": "", "sums": {key: sums[key] for key in types}, "rev": 4,
    }  # fmt: skip
