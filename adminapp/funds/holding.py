"""What follows from a fund request on its lists: held while it is open, funded when all the money is there, else free."""

from adminapp.funds import requests
from adminapp.funds.requests import APPROVED, ARRIVED, SUBMITTED, UNSETTLED
from adminapp.jobs import sweeping
from adminapp.payments import batches
from adminapp.policy import FINANCE
from adminapp.scope import ALL, Actor


def hold(request: dict) -> list[str]:
    """Note the request on each of its lists, so that none is aborted while it is open; return the titles of those that moved on."""
    lost = []
    for each in request["lists"]:
        free = {"_id": each["id"], "state": batches.APPROVED, "seal.digest": each["digest"]}
        if not batches.collection().update_one(free, {"$set": {"request": request["_id"]}}).matched_count:
            lost.append(each["title"])
    return lost


def settle(request_id: str):
    """Do on the lists what follows from where the request stands. Safe to repeat, and to be killed anywhere."""
    request = requests.get(request_id)
    if request.get("settled") != UNSETTLED:
        return
    if request["state"] in (SUBMITTED, APPROVED):
        hold(request)
    elif request["state"] == ARRIVED:
        _fund(request)
    else:
        batches.collection().update_many({"request": request["_id"], "state": batches.APPROVED}, {"$unset": {"request": ""}})
    requests.collection().update_one({"_id": request["_id"], "rev": request["rev"]}, {"$unset": {"settled": ""}})


def _fund(request):
    """Take the lists to the step after the money is there, in the name of who noted the arrival."""
    money = request["arrivals"][-1]
    actor = Actor(money["by"], money["by_name"], frozenset({FINANCE}), ALL)
    for each in request["lists"]:
        batch = batches.get(each["id"])
        while batch["state"] == batches.APPROVED and not batches.move(batch, batches.FUNDED, {}, actor, "fund", "资金到账", maker=False):
            batch = batches.get(each["id"])


def sweep(engine=None):
    """Settle what was left by processes that died between a step and its effect."""
    sweeping.each(requests.collection().find({"settled": UNSETTLED}, {"_id": 1}), lambda request: settle(request["_id"]))
