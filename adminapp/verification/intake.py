"""Takes a report file apart: which rows belong to which household, what is wrong with a row, what changes in a request.

A row is known by the number of the line that was sent out; its name and ID number must be those of that line. Rows of
one person and kind come together in one file and replace what came before, so the same file twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable

from adminapp import sealing
from adminapp.errors import Conflict
from adminapp.tabular import Layout, Row, layouts
from adminapp.verification import findings, requests
from adminapp.verification.kinds import inquiry_kinds

LAYOUT = "verification_report"
VALUES = ("found", "amount", "count", "detail", "as_of")
TRIES = 5


def layout() -> Layout:
    """Return the layout of the report, with the kinds of information as options."""
    return layouts()[LAYOUT].with_options(kind={key: kind.label for key, kind in inquiry_kinds().items()})


def sort(rows: Iterable[Row], waiting: list[dict], places: dict[str, int]) -> dict[str, dict]:
    """Return {request id: {line: {kind: [values]}}} of the good rows; what is wrong is added to the rows' problems.

    `waiting` are the requests of the batch, `places` where the columns stand. A bad row of a known line and kind takes
    the request's `faulty` list: nothing is reported there before the row came right.
    """
    lines = {person["line"]: (row, person) for row in waiting for person in row["people"] if person.get("line")}
    arrived = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows:
        _judge(row, lines, places)
        request, _person = lines.get(row.values.get("line")) or (None, None)
        kind = row.values.get("kind")
        if request is None or kind not in request["inquiries"]:
            continue
        if row.problems:
            arrived[request["_id"]]["faulty"][row.values["line"]].append(kind)
        else:
            arrived[request["_id"]][row.values["line"]][kind].append({key: _plain(row.values.get(key)) for key in VALUES})
    return {key: {line: dict(kinds) if line != "faulty" else kinds for line, kinds in found.items()} for key, found in arrived.items()}


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def _judge(row, lines, places):
    values = row.values
    if values.get("line") is None:
        return
    request, person = lines.get(values["line"]) or (None, None)
    if request is None:
        row.refuse(places.get("line"), f"本批没有核对序号“{values['line']}”，请核对批次")
        return
    if request["state"] == requests.REPORTED:
        row.refuse(places.get("line"), "本户的核对报告已经出具；需要更正的，请由乡镇登记异议后复查")
    elif request["state"] == requests.CANCELLED:
        row.refuse(places.get("line"), "本户的核对已经撤销，结果不再导入")
    if values.get("id_number") and sealing.key_of(values["id_number"]) != person["key"]:
        row.refuse(places.get("id_number"), "公民身份号码与发出的这一行不是同一人，请核对是否串行")
    elif values.get("name") and values["name"] != person["name"]:
        row.refuse(places.get("name"), f"姓名与发出的“{person['name']}”不同；名字有生僻字的请用 UTF-8 或 GB18030 编码")
    if values.get("kind") and values["kind"] not in request["inquiries"]:
        row.refuse(places.get("kind"), "这一户没有提请核对这类信息，不能导入")
    kind = inquiry_kinds().get(values.get("kind"))
    if values.get("found") == "found" and kind and kind.measure and values.get("amount" if kind.measure == "money" else "count") is None:
        key = "amount" if kind.measure == "money" else "count"
        row.refuse(places.get(key), f"有信息的“{kind.label}”要填{'金额' if key == 'amount' else '数量'}")
    if values.get("found") == "none" and (values.get("amount") or values.get("count")):
        row.refuse(places.get("found"), "写的是“无信息”，却填了金额或数量")


def store(request_id: str, arrived: dict, digest: str) -> str:
    """Add what arrived to a request and return its state; the same again changes nothing."""
    faulty = sorted({f"{line}/{kind}" for line, kinds in arrived.get("faulty", {}).items() for kind in kinds})
    good = {line: kinds for line, kinds in arrived.items() if line != "faulty"}
    for _ in range(TRIES):
        row = requests.get(request_id)
        if row["state"] in (requests.REPORTED, requests.CANCELLED):
            return row["state"]
        before = findings.unseal(row)
        after = findings.merged(before, good)
        mended = {f"{line}/{kind}" for line, kinds in good.items() for kind in kinds}
        left = sorted((set(row["faulty"]) - mended) | set(faulty))
        state = requests.SENT if left or findings.unanswered(row, after) else requests.RETURNED
        if after == before and left == row["faulty"] and state == row["state"]:
            return state
        try:
            changes = {"findings": findings.seal(row["_id"], after), "faulty": left, "state": state, "files": list(dict.fromkeys([*row["files"], digest]))}
            return requests.change(row, changes)["state"]
        except Conflict:
            continue
    raise Conflict()
