"""What must be true of a spot check's visit and of its rectification."""

from adminapp import procedure
from adminapp.auth import users
from adminapp.supervision import checks, course, independence
from adminapp.text import bare_name


def _check(move):
    """Return the check that the move names, None when the case has no such check."""
    row = checks.collection().find_one({"_id": move.about})
    return row if row and row["case"] == move.case.id else None


def _names(move):
    return [row["name"] for row in move.data.get("surveyors") or () if row.get("name")]


def check_stands(move):
    row = _check(move)
    if row is None or row["state"] != checks.ASSIGNED:
        return "这件核查没有指派核查人，或者结果已经登记"
    if move.data.get("date") and move.data["date"].isoformat() < row["drawn_on"]:
        return f"核查日期早于抽中日期 {row['drawn_on']}"


def visitors_complete(move):
    least = procedure.value("spotcheck.people", move.on) or 1
    if len(set(_names(move))) < least:
        return f"核查人至少 {least} 名，且不能是同一人"


def visitors_independent(move):
    """By person where the check names accounts, by name for the others (县方案 五(二)1)."""
    row = _check(move)
    if row is None:
        return None
    known = {bare_name(item["name"]): item["id"] for item in row["visitors"] if item["id"]}
    names = [bare_name(name) for name in _names(move)]
    accounts = [user for user in (users.find(known[name]) for name in names if name in known) if user]
    others = [name for name in names if name not in known]
    return "；".join(independence.problems(move.case, row, accounts, others)) or None


def visit_proved(move):
    """A household that was found is shown: by photos, or by the signed form."""
    if move.data.get("result") != "absent" and not any(item.document in ("spot_check_photos", "spot_check_form") for item in move.files):
        return "请附上现场照片或签字的核查表"


def rectification_ordered(move):
    row = _check(move)
    if row is None or row["stage"] != checks.RECTIFY:
        return "这件核查现在没有等待反馈的整改要求"


def measure_taken(move):
    """What was ordered of the award is proposed on the case first, or it is said why not."""
    row = _check(move)
    if row is None or not row["order"]:
        return None
    measure = course.MEASURES[row["order"]["measure"]]
    taken = any(record["kind"] in measure.proposed and record["on"] >= row["order"]["on"] for record in move.case.records)
    if measure.proposed and not taken and not str(move.data.get("exception") or "").strip():
        return f"整改要求“{measure.label}”：请先在案件上办理，或者说明没有办理的理由"


FORM_GUARDS = (check_stands, visitors_complete, visitors_independent, visit_proved, rectification_ordered, measure_taken)
