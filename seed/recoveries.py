"""What the demo county paid too much because it heard of a death or of wages late (虚构): found by itself, arranged, paid in, settled."""

from datetime import date, timedelta

from adminapp import awards, database, dates
from adminapp.ledger import recovery, steps
from adminapp.money import format_yuan
from adminapp.scope import acting
from seed.names import MARK
from seed.staff import Staff

CHUNK = 200
STORIES = (("agree",), ("agree", "confirm", "deposit"), (), ("agree", "confirm", "deposit", "rest"), ("write_off",), ("setoff", "confirm"))
"""What has been done so far, in turn."""


def fill(staff: Staff, on: date):
    """Derive what was paid too much and bring each recovery as far as its story goes; what was done already stays."""
    late = [award["_id"] for award in database.raw(awards.COLLECTION).find({}, {"entries": 1}, sort=[("_id", 1)]) if _backwards(award)]
    for first in range(0, len(late), CHUNK):
        recovery.refresh(late[first : first + CHUNK])
    for number, row in enumerate(list(database.raw(recovery.COLLECTION).find({}, sort=[("_id", 1)]))):
        story = STORIES[number % len(STORIES)]
        for step in story[row["rev"] - 1 :]:  # each step so far raised it by one
            row = _take(step, row, staff, on, number)


def _backwards(award):
    return any(entry["from"] <= entry["on"][:7] for entry in award["entries"][1:])


def _take(step, row, staff, on, number):
    clerk, head, deputy = (staff.of(role, row["township"]) for role in ("township_clerk", "township_head", "township_deputy"))
    day, month = (on - timedelta(days=2)).isoformat(), dates.add_months(dates.month_of(on), 1)
    half = format_yuan(max(100, row["open"] // 200 * 100))
    with acting(clerk):
        if step in ("agree", "setoff"):
            way, words = (recovery.DEPOSIT, "家属同意分期缴回") if step == "agree" else (recovery.SETOFF, "本人同意从以后月份抵扣")
            terms = {"way": way, "monthly": half, "from_month": month, "heard": day}
            return steps.agree(row, clerk, row["rev"], f"{words}（{MARK}）", **terms)
        if step == "confirm":
            return steps.confirm(row, head, row["rev"], "同意")
        if step == "write_off":
            return steps.write_off(row, deputy, row["rev"], f"无遗产、无继承人（{MARK}）", amount=format_yuan(row["open"]))
        amount = half if step == "deposit" else format_yuan(row["open"])
        return steps.deposit(row, clerk, row["rev"], f"家属缴回（{MARK}）", amount=amount, date=day, receipt=f"JK{on:%Y}{number:04d}-{row['rev']}")
