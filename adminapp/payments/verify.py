"""Says what is wrong with a batch: recomputes the roster, every line, the sums, the digest and what the bank told."""

from collections.abc import Iterator

from adminapp import database
from adminapp.money import format_yuan
from adminapp.payments import adjustments, batches, lines, roster, sending, totals
from adminapp.payments.returns import story

MOST = 100
LABELS = {
    "amount": "金额", "account": "银行账号", "payee": "收款人", "name": "姓名", "id": "身份证号", "bank": "开户银行",
    "township": "乡镇", "village": "村（社区）", "period": "所属月份", "people": "人数", "hold": "暂缓原因",
    "phone": "电话", "address": "住址",
}  # fmt: skip


def verify(batch: dict) -> list[str]:
    """Return a sentence for everything that differs from the frozen roster and from the seal; at most MOST."""
    return examine(batch)[0]


def examine(batch: dict) -> tuple[list[str], dict | None]:
    """Return the sentences of `verify` and the totals measured in the same pass, None before there is a roster."""
    found = []
    if not batch["roster"]:
        return found, None
    summary = roster.summary(batch["_id"])
    if summary != batch["roster"]:
        found.append(_differs("应发名单", batch["roster"], summary))
    compare = _Compare(batch, found)
    now = totals.measure(batch["_id"], compare.line)
    compare.end()
    drafted = batch["state"] == batches.DRAFT and not batch["adjustments"]
    for name, sealed in (("锁定", batch["seal"]), ("编制", batch["totals"] if drafted else None)):
        for key, label in (TOTALS if sealed else {}).items():
            # The lines of an aborted batch count for nothing any more, but what they say must not have changed.
            if sealed[key] != now[key] and (key == "digest" or batch["state"] != batches.ABORTED):
                found.append(_total(name, label, sealed[key], now[key]))
    return found[:MOST], now


_BESIDES = lines.CHANGING - {"state", "slot"}
TOTALS = {
    "count": "行数", "people": "人数", "amount": "金额合计", "digest": "校验值", "held": "暂缓合计",
    "types": "类型合计", "townships": "乡镇合计", "villages": "村（社区）合计",
}  # fmt: skip


def _total(name, label, sealed, now):
    show = {"金额合计": format_yuan}.get(label, str)
    if isinstance(now, (dict, list)):
        return f"{label}与{name}时不同"
    return f"{label}：{name}时为 {show(sealed)}，现为 {show(now)}"


def _differs(what, frozen, now):
    then, found = (f"{each['count']} 行 {format_yuan(each['amount'])} 元" for each in (frozen, now))
    return f"{what}与冻结时不同：当时 {then}，现为 {found}"


class _Compare:
    """Holds each line against the line its row of the roster, or its correction, makes."""

    def __init__(self, batch, found):
        self.found, self.sent = found, batch["state"] in sending.GONE
        self.told = story.Told(batch) if self.sent else None
        self.expected = _expected(batch)
        self.next = next(self.expected, None)

    def line(self, line):
        while self.next and self.next["_id"] < line["_id"]:
            self._say(f"第 {_number(self.next)} 行缺失（{self.next['number']}）")
        if not self.next or self.next["_id"] != line["_id"]:
            self.found.append(f"第 {_number(line)} 行不在应发名单中（{line.get('number', '')}）")
            return
        keys = () if _same(line, self.next) else sorted(self.next.keys() | line.keys())
        changed = [key for key in keys if key not in lines.CHANGING and self.next.get(key) != line.get(key)]
        if changed:
            what = "、".join(LABELS.get(key, key) for key in changed)
            self.found.append(f"第 {_number(line)} 行（{line.get('number', '')}）被改动：{what}")
        elif not self._fits(line, self.next):
            self.found.append(f"第 {_number(line)} 行（{line['number']}）的发放状态被改动")
        self.next = next(self.expected, None)

    def _fits(self, line, expected):
        """Tell whether state, slot and events of a line are those of its row after what the bank told."""
        if line["state"] == lines.CANCELLED or expected["state"] == lines.HELD:
            return line["state"] in (lines.CANCELLED, expected["state"]) and line["slot"] == f"-{line['_id']}"
        if line["slot"] != expected["slot"]:
            return False
        told = [(event["to"], event["paid"], event["file"], event["row"]) for event in line.get("events") or () if "file" in event]
        wanted = self.told.of(line) if self.sent else []
        state = wanted[-1][0] if wanted else lines.SENT if self.sent else lines.PENDING
        if told != wanted:
            return False
        if line["state"] == lines.REISSUED:
            return state in lines.BROKEN and _is_settled(line)
        return line["state"] == state

    def _say(self, sentence):
        self.found.append(sentence)
        self.next = next(self.expected, None)

    def end(self):
        while self.next:
            self._say(f"第 {_number(self.next)} 行缺失（{self.next['number']}）")


def _same(line, expected):
    """Tell quickly that nothing was changed, which holds for nearly every line."""
    same = {**line, "state": expected["state"], "slot": expected["slot"]}
    for key in _BESIDES:
        same.pop(key, None)
    return same == (expected if "owed" not in expected else {key: expected[key] for key in expected if key != "owed"})


def _number(line):
    return line["_id"].rpartition("/")[2].lstrip("0")


def _is_settled(line):
    """Tell whether a line that was paid again names a line that says so too, in a list that went to the bank."""
    by = database.raw(lines.COLLECTION).find_one({"_id": line["events"][-1].get("line", "")}, {"reissues": 1, "batch": 1})
    if by is None or line["_id"] not in by.get("reissues", ()):
        return False
    if by["batch"].startswith(lines.RESERVE):
        return True  # paid out at once: reserve.proof holds it against its book
    return batches.get(by["batch"])["state"] in sending.GONE


def _expected(batch):
    for number, row in roster.rows(batch["_id"]):
        yield lines.line_of(batch["_id"], number, row)
    wanted = {"_id": {"$in": [item["line"] for item in batch["adjustments"]]}}
    corrected = (
        {line["_id"]: line for line in database.raw(lines.COLLECTION).find(wanted)} if batch["adjustments"] else {}
    )
    for serial, item in enumerate(batch["adjustments"], 1):
        if item["line"] in corrected:
            yield adjustments.line_of(batch, serial, item, corrected[item["line"]])


def sentences(found) -> Iterator[str]:
    """Yield the sentences of several batches, each with its batch in front."""
    for batch in found:
        for sentence in verify(batch):
            yield f"{batch['_id']}：{sentence}"


def run(job, args):
    """Do `verify` as a job: each sentence is one of its problems; return their number."""
    batch = batches.get(args["batch"])
    job.progress(0, (batch["roster"] or {}).get("count"), message="逐行核对")
    found = verify(batch)
    for number, sentence in enumerate(found, 1):
        job.problem(number, sentence)
    return {"batch": batch["_id"], "differences": len(found)}
