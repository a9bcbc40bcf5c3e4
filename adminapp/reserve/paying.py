"""Pays a granted award out of the township's reserve: at once, once, and never again by a list.

Two writes follow each other: the entry takes the money out of the book, then the payment line takes the award's slot. The slot
is the one a list would take. When a list took it in between, the entry is booked back; a process that dies between the
two leaves the entry `open`, and the sweep does the rest.
"""

from datetime import date

from adminapp import awards, database, dates, files
from adminapp.cases import values_of
from adminapp.decision import scoped
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.jobs.sweeping import each
from adminapp.money import format_yuan, parse_yuan
from adminapp.payments import batches, lines, roster, sending
from adminapp.policy import CLERK, DEPUTY
from adminapp.related import recusal
from adminapp.reserve import book
from adminapp.scope import Actor

CASH, TRANSFER = "cash", "transfer"
WAYS = {CASH: "现金", TRANSFER: "转账"}
PAYERS = frozenset({CLERK, DEPUTY})
PAPER, PAPER_LABEL = "reserve_receipt", "备用金领款签收单"
UNCOLLECTED = "refused"
"""Why money came back, as the county's reasons of returns name it (schemas/return_reasons.yaml)."""


class Offer:
    """What an award could be paid out of the reserve: `row` of a payment line, `limit` in fen, and `problems` that stand against it."""

    def __init__(self, engine, case, actor: Actor, way: str = CASH):
        self.case, self.problems, self.row, self.limit = case, [], None, 0
        self.award = awards.collection().find_one({"_id": case.pk})
        self.published = engine.registry.of(case)
        self.declared = bool(self.published.relief_type.payment.reserve)
        if not self.declared:
            self.problems.append("这类救助不能由备用金支付。")
        elif self.award is None:
            self.problems.append("还没有纳入发放，确认并纳入发放以后才能支付。")
        else:
            self._look(engine, actor, way)

    def _look(self, engine, actor, way):
        self.row, problems = due_row(engine.registry, self.award, way)
        self.problems += problems
        if self.row is None:
            return
        values = values_of(self.case, self.published.relief_type, on=dates.today(), standards=engine.standards)
        self.limit = int(scoped(values, {"amount": self.row["amount"]}).run(self.published.relief_type.payment.reserve))
        if self.row["amount"] > self.limit:
            self.problems.append(f"金额 {format_yuan(self.row['amount'])} 元超过备用金每笔限额 {format_yuan(self.limit)} 元，请由名册发放。")
        if self.case.confirmed_by == actor.id:
            self.problems.append("确认这一件的人不能自己支付，请由其他人支付。")


def due_row(registry, award: dict, way: str = CASH) -> tuple[dict | None, list[str]]:
    """Return the row a list would pay for an award now, None when nothing is due, and every sentence that stands against it."""
    period = award["spells"][0]["from"] if award["spells"] else dates.month_of(dates.today())
    if period > dates.month_of(dates.today()):
        return None, [f"{period} 起发放，还没有到。"]
    if listed := _listed(award["_id"]):
        return None, [f"已经由{batches.short_name(listed['batch'])}发放（{lines.STATES[listed['state']]}），不能再由备用金支付。"]
    rows = roster.rows_now(registry, award, period, with_account=way == TRANSFER)
    if not rows:
        return None, ["没有应发而未发的金额。"]
    if len(rows) > 1:
        return None, ["这一件要分几行发放，请由名册发放。"]
    return rows[0], rows[0]["hold"]


def _listed(award_id):
    """Return the line that pays the award or is about to, None when there is none or it came back."""
    query = {"award": award_id, "state": {"$in": [lines.PENDING, lines.SENT, lines.PAID]}, "kind": {"$nin": list(lines.BESIDE)}}
    return database.raw(lines.COLLECTION).find_one(query, {"batch": 1, "state": 1}, hint="award")


def pay(engine, case, actor: Actor, way: str = CASH, on: str = "", receiver: str = "", voucher: str = "", note: str = "") -> dict:
    """Pay the award of a case and return the entry of the book.

    Raise Forbidden for who may not, or is a near relative; Invalid with everything that stands against it; Conflict when
    a list was faster.
    """
    if not actor.has(*PAYERS):
        raise Forbidden()
    recusal.refuse_cases(actor, [case.pk])
    offer = Offer(engine, case, actor, way)
    problems = [*offer.problems, *([] if way in WAYS else ["请选择支付方式。"])]
    day = _day(on, case.applied_on, problems)
    receiver, voucher = receiver.strip()[:40], voucher.strip()[:40]
    if not receiver:
        problems.append("请填写领款人。")
    if not voucher:
        problems.append("请填写付款凭证号或者收条号。")
    if problems:
        raise Invalid(problems)
    row, township = offer.row, case.township
    entry = book.append(
        township, f"pay:{case.pk}:{row['slot'].rpartition(':')[2]}:{_times(case.pk)}", book.PAYMENT, -row["amount"], actor, day.isoformat(), way=way,
        receiver=receiver, voucher=voucher, note=note.strip()[:300], case=case.pk, number=case.number, name=case.name, type=case.type,
        type_name=offer.published.relief_type.name, village=case.village, row=row, wants=township, open=True,
    )  # fmt: skip
    if not follow(entry):
        raise Conflict("这一件刚刚列入发放名册，备用金没有支付，已经冲销。")
    return {name: value for name, value in entry.items() if name != "open"}


def _times(case_id):
    """Return how often the award was paid out of the reserve before: what came back may be paid again."""
    return database.raw(book.COLLECTION).count_documents({"case": case_id, "kind": {"$in": [book.REFUND, book.VOID]}})


def _day(text, first: date | None, problems):
    try:
        day = dates.parse_date(text)
    except Invalid as error:
        problems.append(str(error))
        return None
    if day > dates.today() or (first and day < first):
        problems.append(f"付款日期应在 {first} 和今天之间。" if first else "付款日期不能晚于今天。")
    return day


def line_of(entry: dict) -> dict:
    """Return the payment line of an entry, as it stands when nothing came back."""
    told = {"at": entry["at"], "by": entry["by"], "from": lines.PENDING, "to": lines.PAID, "paid": -entry["amount"]}
    told |= {"code": "", "reason": "", "entry": entry["_id"]}
    line = lines.line_of(book.batch_id(entry["township"], entry["month"]), entry["n"], entry["row"])
    return line | {"state": lines.PAID, "events": [told]}


def follow(entry: dict) -> bool:
    """Write the line of a payment, or book the payment back when a list took its slot; tell which. Safe to repeat."""
    line = line_of(entry)
    lines.insert([line])
    there = database.raw(lines.COLLECTION).find_one({"_id": line["_id"]}, {"state": 1})
    paid = there["state"] != lines.CANCELLED
    if paid:
        for old in database.raw(lines.COLLECTION).find({"_id": {"$in": line.get("reissues", [])}, "state": {"$in": list(lines.BROKEN)}}):
            sending.settle(old, line["_id"])
    else:
        by = Actor(entry["by"], entry["by_name"])
        about = _about(entry) | {"voucher": entry["voucher"], "note": "已列入发放名册"}
        book.append(entry["township"], f"void:{entry['_id']}", book.VOID, -entry["amount"], by, entry["on"], **about)
    lines.changed([entry["case"]])
    gone = {"open": "", **({} if paid else {"wants": ""})}
    database.raw(book.COLLECTION).update_one({"_id": entry["_id"]}, {"$unset": gone})
    return paid


def _about(entry):
    return {name: entry[name] for name in ("case", "number", "name", "type", "type_name", "village")} | {"of": entry["_id"]}


def refund(entry: dict, actor: Actor, amount: str, reason: str) -> dict:
    """Book back what the payee did not collect or gave back at once; return the entry. What is owed again stands in the queue of returned money.

    Raise Forbidden, Invalid, Conflict when it was booked back already.
    """
    if not actor.has(*PAYERS):
        raise Forbidden()
    recusal.refuse_cases(actor, [entry["case"]])
    fen, problems = 0, []
    try:
        fen = parse_yuan(amount)
        if not 0 < fen <= -entry["amount"]:
            problems.append(f"退回金额应大于 0，且不超过支付的 {format_yuan(-entry['amount'])} 元。")
    except Invalid as error:
        problems.append(str(error))
    if not reason.strip():
        problems.append("请写明为什么退回。")
    if entry["kind"] != book.PAYMENT or entry.get("open"):
        problems.append("这一笔不能退回。")
    if problems:
        raise Invalid(problems)
    line = database.raw(lines.COLLECTION).find_one({"_id": line_of(entry)["_id"]}, {"state": 1})
    if line["state"] != lines.PAID or database.raw(book.COLLECTION).find_one({"key": f"refund:{entry['_id']}"}, {"_id": 1}):
        raise Conflict("这一笔已经登记过退回。")
    made = book.append(
        entry["township"], f"refund:{entry['_id']}", book.REFUND, fen, actor, dates.today().isoformat(), open=True,
        **_about(entry) | {"voucher": entry["voucher"], "note": reason.strip()[:300]},
    )  # fmt: skip
    follow_refund(made)
    return made


def follow_refund(made: dict):
    """Write on the payment's line what came back. Safe to repeat."""
    entry = database.raw(book.COLLECTION).find_one({"_id": made["of"]})
    line, kept = line_of(entry), -entry["amount"] - made["amount"]
    to = lines.PARTIAL if kept else lines.RETURNED
    event = {"at": made["at"], "by": made["by"], "from": lines.PAID, "to": to, "paid": kept, "code": "", "reason": UNCOLLECTED, "entry": made["_id"]}
    update = {"$set": {"state": to, "queue": line["township"], "owed": line["award"]}, "$push": {"events": event}}
    database.raw(lines.COLLECTION).update_one({"_id": line["_id"], "state": lines.PAID}, update)
    lines.changed([entry["case"]])
    database.raw(book.COLLECTION).update_one({"_id": made["_id"]}, {"$unset": {"open": ""}})


def document(entry: dict, case, actor: Actor, name: str, data: bytes):
    """Keep the signed receipt of a payment with the case, and note it on the entry: what is paid at once is documented afterwards."""
    if not actor.has(*PAYERS):
        raise Forbidden()
    if entry["kind"] != book.PAYMENT or case.pk != entry["case"]:
        raise NotFound()
    kept = files.add(case, actor, PAPER, name, data, PAPER_LABEL)
    paper = {"id": kept.id, "name": kept.name, "digest": kept.digest, "by": actor.id, "by_name": actor.name, "at": dates.now()}
    database.raw(book.COLLECTION).update_one({"_id": entry["_id"]}, {"$push": {"papers": paper}, "$unset": {"wants": ""}})


def sweep(engine=None):
    """Do what was left by processes that died between the two writes of a payment."""
    each(database.raw(book.COLLECTION).find({"open": True}), lambda entry: (follow_refund if entry["kind"] == book.REFUND else follow)(entry))
