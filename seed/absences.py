"""Who is away in the demo county (虚构): a clerk at a training this week, whose colleague stands in; and one who came back."""

from datetime import date, timedelta

from adminapp import database, dates, delegation
from adminapp.policy import CLERK
from adminapp.scope import acting
from seed.accounts import SECOND, SMALL
from seed.names import MARK
from seed.staff import Staff

STAND_IN = next(second for second, first in SECOND.items() if first.startswith("clerk."))
"""The one clerk who has a colleague in the same post."""


def fill(on: date, staff: Staff):
    """Arrange the absences as seen on the day `on`; what is there already stays."""
    clerk = staff.of(CLERK, SMALL[0])
    for first, days, why in ((on - timedelta(days=40), 4, "外出办案核对"), (on - timedelta(days=1), 7, "到州里参加业务培训")):
        if database.raw(delegation.COLLECTION).find_one({"from": clerk.id, "start": first.isoformat()}) is None:
            with dates.frozen(first), acting(clerk):
                delegation.arrange(clerk, clerk.id, STAND_IN, CLERK, first, first + timedelta(days=days), f"{why}（{MARK}）")
