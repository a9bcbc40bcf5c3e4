"""What must be true of a verification: who signed, what is still open, when an objection comes in time."""

from datetime import date

from adminapp import dates, procedure
from adminapp.verification import people, requests

REPORTS = ("verification", "verification_exemption")
"""Records that settle a verification."""
ASKS = ("verification_request", "verification_objection")
"""Records that open one."""


def verified_by_county(move):
    return move.relief_type.verification.by == "county"


def verified_here(move):
    """The township looks it up itself; the county may always write down what came on paper."""
    return not verified_by_county(move)


def nothing_asked(move):
    """No request waits for its report, and none has been answered."""
    return not settled(move) and not open_ask(move)


def settled(move) -> bool:
    """Return whether the last thing asked has its report, or none was needed."""
    last = _last(move)
    return bool(last) and last["kind"] in REPORTS


def open_ask(move):
    """Return the record that waits for a report, None when there is none."""
    last = _last(move)
    return last if last and last["kind"] in ASKS else None


def _last(move):
    """Return the last record that opens or settles a verification; one whose request was cancelled is as if it were not there."""
    found = (record for record in reversed(move.case.records) if record["kind"] in REPORTS + ASKS)
    return next((record for record in found if record["kind"] in REPORTS or not requests.is_cancelled(record["id"])), None)


def exemption_declared(move):
    return any(move.values.holds(item.when) for item in move.relief_type.verification.exemptions)


def ground_holds(move):
    ground = next((item for item in move.relief_type.verification.exemptions if item.code == move.data.get("ground")), None)
    if ground and not move.values.holds(ground.when):
        return f"本件不属于“{ground.label}”，不能按此免于核对"


def signers_known(move):
    """Only who belongs to the household, or is an obligor, is written down as having authorised."""
    known = {subject.name for subject in people.subjects(move.case, move.relief_type, move.values)}
    strangers = [row["name"] for row in move.data.get("signed") or () if row.get("name") not in known]
    if strangers:
        return f"{'、'.join(strangers)}不是本件的共同生活成员或义务人，请先修改申请内容"


def signed_not_before_birth(move):
    """A minor's signature counts by the guardian; a date needs its way."""
    ages = {subject.name: subject for subject in people.subjects(move.case, move.relief_type, move.values)}
    for row in move.data.get("signed") or ():
        subject = ages.get(row.get("name"))
        if row.get("signed_on") and not row.get("way"):
            return f"请写明{row['name']}的签署方式"
        if row.get("way") == "guardian" and not row.get("by"):
            return f"{row['name']}由监护人代签，请写明代签人"
        if subject and row.get("signed_on") and subject.born and row["signed_on"] < subject.born:
            return f"{row['name']}的签署日期 {row['signed_on']} 早于出生日期"


def authorised(move):
    """Every adult of the household has signed; obligors where the type demands it (57号 第九条；社会救助法 第四十一条)."""
    missing = people.missing(move.case, move.relief_type, move.values, move.on)
    if missing:
        age = procedure.value("authorisation.age", move.on)
        return f"还没有登记{'、'.join(missing)}的核对授权（年满 {age} 周岁的由本人签署，民发〔2021〕57号 第九条），请先打印授权书、签名后登记"


def kinds_add_up(move):
    """A household is inconsistent exactly when one kind is; every kind that was asked has its result."""
    rows = move.data.get("kinds") or ()
    bad = any(row.get("result") == "inconsistent" for row in rows)
    if rows and bad != (move.data.get("result") == "inconsistent"):
        return "核对结果与各类信息的结果不一致：有一类不一致的，结果就是不一致"


def failed_untold(move):
    record = _failed(move)
    return bool(record) and not _told(move, record)


def failed_told(move):
    record = _failed(move)
    return bool(record) and bool(_told(move, record)) and not open_ask(move)


def _failed(move):
    record = move.case.last_record("verification")
    return record if record and record["data"].get("result") == "inconsistent" else None


def _told(move, record):
    return next((item for item in move.case.records_of("verification_told") if item["at"] >= record["at"]), None)


def not_before_report(move):
    record, day = move.case.last_record("verification"), move.data.get("date")
    if record and day and day < date.fromisoformat(record["on"]):
        return f"告知日期 {day} 早于核对报告日期 {record['on']}"


def objection_in_time(move):
    """Within the days of the rule, counted from the day the result was told (57号 第十八条)."""
    told = move.case.last_record("verification_told")
    days, day = procedure.value("verification.objection", move.on), move.data.get("date")
    if not (told and days and day):
        return None
    first = date.fromisoformat(told["data"]["date"])
    last = dates.add_days(first, days, "workday")
    if day < first:
        return f"异议日期 {day} 早于告知日期 {first}"
    if day > last:
        return f"异议期限到 {last} 为止（告知后 {days} 个工作日），{day} 已经超过"


def verification_settled(move):
    """The case goes on when nothing waits, and who failed was told and had the time to object."""
    if not verified_by_county(move) or not move.active("verification"):
        return None
    if open_ask(move):
        return "核对还没有结果，请等县级民政部门出具核对报告"
    record = _failed(move)
    if not record:
        return None
    told = _told(move, record)
    if not told:
        return "核对结果不一致，请先告知申请人（民发〔2021〕57号 第十八条）"
    days = procedure.value("verification.objection", move.on)
    if told["data"]["answer"] != "accepted" and days:
        last = dates.add_days(date.fromisoformat(told["data"]["date"]), days, "workday")
        if move.on <= last:
            return f"申请人保留异议权利，异议期限到 {last} 为止"


GUARDS = (authorised, verification_settled)
FORM_GUARDS = (ground_holds, signers_known, signed_not_before_birth, kinds_add_up, not_before_report, objection_in_time)
NEEDS = (verified_by_county, verified_here, nothing_asked, exemption_declared, failed_untold, failed_told)
