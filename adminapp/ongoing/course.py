"""What happens on a case closes its tasks: a review or a proof of life by its record, a birthday by what was decided about it.

Who was not found, or needs a change, is not done with the record: the task waits until the lawful step is taken on the case.
"""

from adminapp import database, dates
from adminapp.ongoing import wishes
from adminapp.ongoing.tasks import BIRTHDAY, COLLECTION, DONE, FOLLOW, LIFE, LIVE, OPEN, REVIEW

REVIEWED = {"same": "符合条件，没有变化", "changed": "有变化，需要变更", "ended": "不再符合，需要终止"}
CERTIFIED = {"alive": "健在", "absent": "没有联系到", "dead": "已去世"}
STEPS = {
    "changed": ("change", "termination_proposal", "suspension"), "ended": ("termination_proposal",), "absent": ("suspension", "termination_proposal"),
    "dead": ("termination_proposal", "change"),
}  # fmt: skip
"""Result → kinds of records that follow from it; a result without any is done with itself."""
ANSWERS = ("change", "termination_proposal", "review")
"""Kinds of records that answer a birthday."""


def carry(case: dict, item: dict):
    """Close the task that a record on the case answers; the carrier of the outbox kind "ongoing". Safe to repeat."""
    table, data = database.raw(COLLECTION), item["data"]
    if table.find_one({"award": case["_id"], "key": item["key"]}, {"_id": 1}):
        return
    about = {name: data[name] for name in ("result", "record")} | {"key": item["key"], "done_by_name": data["by_name"]}
    state = {"state": FOLLOW} if data["result"] in STEPS else {"state": DONE, "done_on": data["on"]}
    task = _answered(table, case["_id"], data)
    if task:
        table.update_one({"_id": task["_id"], "state": task["state"]}, {"$set": {**about, **state}, "$inc": {"rev": 1}})


def _answered(table, award, data):
    """Return the task that a record is about: of its period, the next one that is planned.

    A review answers what was planned before it: the task that follows from it, or from one of the same day, is the next one's.
    """
    found = sorted(table.find({"award": award, "kind": data["task"], "state": {"$in": list(LIVE)}}), key=lambda row: row["month"])
    if data["task"] == LIFE:
        found = [row for row in found if row["_id"].endswith(f":{wishes.period_of(data['on'][:7], data['times'])}")]
    if data["task"] == REVIEW:
        found = [row for row in found if row["_id"].rpartition(":")[2] < data["on"]]
    return next(iter(found), None)


def settle() -> int:
    """Close what waited for a later step that was taken since; return how many. Reads the cases of waiting tasks alone."""
    table = database.raw(COLLECTION)
    waiting = list(table.find({"state": FOLLOW}, hint="work")) + list(table.find({"state": OPEN, "kind": BIRTHDAY}, hint="work"))
    fields = {"records.kind": 1, "records.on": 1, "records.id": 1, "records.data.result": 1}
    cases = {row["_id"]: row for row in database.raw("cases").find({"_id": {"$in": [row["award"] for row in waiting]}}, fields)}
    closed = 0
    for row in waiting:
        record = _step(row, (cases.get(row["award"]) or {}).get("records") or ())
        if record:
            update = {"$set": {"state": DONE, "done_on": record["on"]}, "$inc": {"rev": 1}}
            closed += table.update_one({"_id": row["_id"], "state": row["state"]}, update).modified_count
    return closed


def _step(task, records):
    """Return the record that a waiting task waited for, None while there is none."""
    if task["state"] == OPEN:  # a birthday: whatever was decided from the month it was planned for on
        return next((item for item in records if item["kind"] in ANSWERS and item["on"] >= dates.first_day(task["month"]).isoformat()), None)
    place = next((number for number, item in enumerate(records) if item["id"] == task["record"]), None)
    later = records[place + 1 :] if place is not None else ()
    found_again = task["kind"] == LIFE and task["result"] == "absent"
    for item in later:
        if item["kind"] in STEPS.get(task["result"], ()) or (found_again and item["kind"] == "life_check" and item["data"].get("result") == "alive"):
            return item
    return None


KIND_OF = {"record_review": REVIEW, "record_life": LIFE}
"""Action → kind of task that it answers."""
