"""The invented bank (虚构) of demo, drill and tests: answers what it was sent, in the form the profile's return asks for."""

from adminapp.bank.profile import LINE_ENDS, BankProfile
from adminapp.money import plain_yuan


def answer(profile: BankProfile, transfers: list[dict], fates: dict[str, tuple[str, int]] | None = None) -> bytes:
    """Return the bytes of a return file over these transfers (adminapp/payments/transfers.py), total line included.

    `fates` are (mark, fen credited) by reference; whoever is not in it is paid. Only text layouts are written.
    """
    form, fates = profile.returns, fates or {}
    paid_mark = next((code.code for code in form.codes if code.outcome == "paid"), "")
    rows = [{**row, "code": paid_mark, "paid": row["amount"], "reason": ""} for row in transfers]
    for row in rows:
        if row["reference"] in fates:
            row["code"], row["paid"] = fates[row["reference"]]
    if form.covers == "failures":
        rows = [row for row in rows if row["paid"] < row["amount"]]
    return text_of(form, rows)


def text_of(form, rows: list[dict]) -> bytes:
    """Return rows with the sources of a form as its bytes."""
    lines = [[_cell(form, column, row, serial) for column in form.columns] for serial, row in enumerate(rows, 1)]
    if form.header:
        lines.insert(0, [column.title for column in form.columns])
    if form.total:
        total = [_cell(form, column, sums(rows), 0) for column in form.total]
        lines.insert(0 if form.total_place == "first" else len(lines), total)
    end = LINE_ENDS[form.line_end]
    return "".join(form.separator.join(line) + end for line in lines).encode("gb18030" if form.encoding == "gbk" else form.encoding)


def sums(rows: list[dict]) -> dict:
    """Return what a total line may hold."""
    credited = [row for row in rows if row["paid"]]
    return {
        "count": len(rows), "total": sum(row["amount"] for row in rows), "paid_count": len(credited),
        "paid_total": sum(row["paid"] for row in credited), "failed_count": len(rows) - len(credited),
        "failed_total": sum(row["amount"] - row["paid"] for row in rows),
    }  # fmt: skip


def _cell(form, column, row, serial):
    if column.kind == "constant":
        return column.value
    value = row.get(column.source, serial if not column.source else "")
    if column.kind == "amount":
        return str(value) if form.unit == "fen" else plain_yuan(value)
    return str(value)
