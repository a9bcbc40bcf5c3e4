"""Holds the books of the reserve against themselves, the payment lines, the decisions behind them, and the settlements."""

from collections.abc import Iterator

from adminapp import awards, database, divisions
from adminapp.money import format_yuan
from adminapp.payments import lines
from adminapp.reserve import book, paying, settling


def sentences(proof=None) -> Iterator[str]:
    """Yield a sentence for everything that differs. `proof` (payments.proof.Proof) makes the decisions behind payments anew."""
    for township in sorted(database.raw(book.COLLECTION).distinct("township")):
        for sentence in _of_book(township, proof):
            yield f"{divisions.name_of(township)}备用金：{sentence}"
    known = {entry["_id"] for entry in database.raw(book.COLLECTION).find({"kind": book.PAYMENT}, {"_id": 1})}
    prefix = {"batch": {"$gte": lines.RESERVE, "$lt": lines.RESERVE[:-1] + ";"}}
    for line in database.raw(lines.COLLECTION).find(prefix, {"batch": 1, "number": 1}):
        township, _month = book.parts(line["batch"])
        if book.entry_id(township, int(line["_id"].rpartition("/")[2])) not in known:
            yield f"{divisions.name_of(township)}备用金：发放明细 {line['number']} 没有账页"


def _of_book(township, proof):
    balance, digest, payments = 0, "", []
    for n, entry in enumerate(database.raw(book.COLLECTION).find({"township": township}, sort=[("n", 1)]), 1):
        balance += entry["amount"]
        if entry["n"] != n:
            yield f"第 {n} 号缺失"
            return
        if entry["balance"] != balance or balance < 0:
            yield f"第 {n} 号余额 {format_yuan(entry['balance'])} 元，重新计算为 {format_yuan(balance)} 元"
        if entry["prev"] != digest or book.digest_of(entry) != entry["digest"]:
            yield f"第 {n} 号被改动"
        digest = entry["digest"]
        if entry["kind"] == book.PAYMENT:
            payments.append(entry)
        settled = settling.get(township, entry["month"])
        if settled.get("last") == n and settled["digest"] != digest:
            yield f"{entry['month']} 结算的校验值与账页不符"
    yield from _lines(payments)
    if proof is not None:
        yield from _decisions(payments, proof)


def _lines(payments):
    """Hold each payment against its line: the same money to the same award, and back where the book says so."""
    ids = [paying.line_of(entry)["_id"] for entry in payments]
    there = {line["_id"]: line for line in database.raw(lines.COLLECTION).find({"_id": {"$in": ids}})}
    back = {row["of"]: row for row in database.raw(book.COLLECTION).find({"of": {"$in": [entry["_id"] for entry in payments]}})}
    for entry in payments:
        expected, line, undone = paying.line_of(entry), there.get(paying.line_of(entry)["_id"]), back.get(entry["_id"])
        if line is None:
            yield f"第 {entry['n']} 号没有发放明细"
        elif lines.canonical(line) != lines.canonical(expected) or -entry["amount"] != line["amount"]:
            yield f"第 {entry['n']} 号与发放明细不符"
        elif undone and undone["kind"] == book.VOID:
            if line["state"] != lines.CANCELLED or undone["amount"] != -entry["amount"]:
                yield f"第 {entry['n']} 号已冲销，发放明细为“{lines.STATES[line['state']]}”"
        else:
            kept = -entry["amount"] - (undone["amount"] if undone else 0)
            if lines.settled(line) != kept:
                yield f"第 {entry['n']} 号实付 {format_yuan(kept)} 元，发放明细为 {format_yuan(lines.settled(line))} 元"


def _decisions(payments, proof):
    ids = list({entry["case"] for entry in payments})
    found = {award["_id"]: award for award in database.raw(awards.COLLECTION).find({"_id": {"$in": ids}}, {"entries": 1})}
    for n, sentence in proof.of_rows([(entry["n"], entry["row"]) for entry in payments], found):
        yield f"第 {n} 号{sentence}"


def count() -> tuple[int, int]:
    """Return (payments, fen paid and not booked back) of all books."""
    kinds = [book.PAYMENT, book.REFUND, book.VOID]
    rows = list(database.raw(book.COLLECTION).find({"kind": {"$in": kinds}}, {"kind": 1, "amount": 1}))
    return sum(row["kind"] == book.PAYMENT for row in rows), -sum(row["amount"] for row in rows)
