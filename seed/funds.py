"""Fund requests of the demo's lists (虚构): asked for the day after approval, approved by finance, arrived in two parts or one."""

from datetime import date, datetime, time

from adminapp import dates
from adminapp.funds import asking, requests, steps
from adminapp.money import plain_yuan
from adminapp.payments import batches
from adminapp.scope import acting
from seed.staff import Staff

PARTS_FROM = 6
"""Every list of a month divisible by this got its money in two parts."""


def take_steps(batch: dict, days: dict[str, date], staff: Staff, on: date) -> dict:
    """Ask for the money of an approved list and take finance's steps of the days until `on`; return the list."""
    asked = dates.add_workdays(days["approve"], 1)
    if asked > on:
        return batch
    reviewer, finance = staff.of("county_reviewer", ""), staff.of("finance", "")
    with acting(reviewer), _at(asked, 10):
        request = asking.submit(batch["month"], [batch["_id"]], reviewer, "请于每月 10 日前拨付到位。（虚构）")
    if dates.add_workdays(asked, 1) > on:
        return batches.get(batch["_id"])
    with acting(finance), _at(dates.add_workdays(asked, 1), 15):
        if request["state"] == requests.SUBMITTED:
            request = steps.take(request["_id"], "approve", finance, request["rev"])
    if days["fund"] > on:
        return batches.get(batch["_id"])
    with acting(finance), _at(days["fund"], 9):
        first = request["amount"] // 200 * 100 if int(batch["month"][5:]) % PARTS_FROM == 0 else request["amount"]
        for number, amount in enumerate((first, request["amount"] - first), 1):
            if request["state"] == requests.APPROVED and amount:
                money = {"amount": plain_yuan(amount), "date": days["fund"].isoformat(), "voucher": f"虚构拨付{batch['month'].replace('-', '')}-{number}"}
                request = steps.take(request["_id"], "arrive", finance, request["rev"], **money)
    return batches.get(batch["_id"])


def _at(day: date, hour: int):
    return dates.frozen(datetime.combine(day, time(hour), dates.SHANGHAI))
