"""A month of a township's reserve: its book as a workbook, and the settlement as PDF to be signed and stamped."""

from io import BytesIO
from pathlib import Path

from adminapp import divisions
from adminapp.money import format_yuan
from adminapp.outputs import outputs
from adminapp.reserve import book, settling
from exports import xlsx
from exports.columns import Column

COLUMNS = (
    Column("n", "序号", "integer"), Column("on", "日期", width=12), Column("what", "摘要", width=14), Column("number", "案件编号", width=26),
    Column("name", "救助对象", width=14), Column("village", "村（社区）", width=18), Column("receiver", "领款人", width=14),
    Column("voucher", "凭证号", width=20), Column("into", "收入", "money"), Column("out", "支出", "money"), Column("balance", "结存", "money"),
    Column("receipt", "签收单", width=10), Column("by", "经办人", width=12), Column("note", "说明", width=30),
)  # fmt: skip
WIDTHS = (11, 22, 24, 44, 24, 34, 26, 26, 30, 20)


def _rows(entries):
    for entry in entries:
        amount = entry["amount"]
        yield {
            "n": entry["n"], "on": entry["on"], "what": book.KINDS[entry["kind"]], "number": entry.get("number", ""), "name": entry.get("name", ""),
            "village": divisions.name_of(entry["village"]) if entry.get("village") else "", "receiver": entry.get("receiver", ""),
            "voucher": entry.get("voucher", ""), "into": amount if amount > 0 else None, "out": -amount if amount < 0 else None,
            "balance": entry["balance"], "receipt": "待补" if entry.get("wants") else "有" if entry.get("papers") else "", "by": entry["by_name"],
            "note": entry.get("note", ""),
        }  # fmt: skip


def _title(township, month):
    return f"{divisions.county().county_name}{divisions.name_of(township)}社会救助备用金账（{month}）"


def write_sheet(township: str, month: str, entries: list, sums: dict, settled: dict, home: Path) -> bytes:
    """Return the workbook: a row for each entry, what came in and went out in total."""
    stream = BytesIO()
    notes = [f"上期结存 {format_yuan(sums['opening'])} 元，期末结存 {format_yuan(sums['closing'])} 元，{settling.STATES[settled['state']]}"]
    notes += [f"账页校验值（SM3）{entries[-1]['digest']}"] if entries else []
    xlsx.write(stream, COLUMNS, _rows(entries), title=_title(township, month), totals={"into": None, "out": None}, notes=notes)
    return stream.getvalue()


def print_paper(township: str, month: str, entries: list, sums: dict, settled: dict, home: Path) -> bytes:
    """Return the settlement as PDF. Raise FontsNotReady, Invalid for a character without face."""
    from exports.paper import Sheet

    rows, title = list(_rows(entries)), _title(township, month)
    digest = entries[-1]["digest"] if entries else ""
    paper = Sheet(home, title, f"账页校验值 {digest[:32]}", wide=True)
    paper.add(paper.text(title, 16, "hei", 1))
    out = -(sums["payment"] + sums["refund"] + sums["void"])
    paper.paragraph(
        f"上期结存 {format_yuan(sums['opening'])}　　县级拨入 {format_yuan(sums['advance'])}　　支付救助金 {format_yuan(out)}　　"
        f"上缴县级 {format_yuan(-sums['giveback'])}　　期末结存 {format_yuan(sums['closing'])}　　单位：元　　{settling.STATES[settled['state']]}"
    )
    head = ["序号", "日期", "摘要", "案件编号", "救助对象", "凭证号", "收入", "支出", "结存", "签收单"]
    paper.grid([head, *(_line(paper, row) for row in rows)], WIDTHS, head=1)
    paper.paragraph(f"账页校验值（SM3）：{digest}")
    paper.grid([["乡镇经办人", "", "分管领导", "", "县民政局核对", ""]], (22, 40, 22, 40, 26, 40), shaded=(0, 2, 4), size=10, room=9)
    return paper.bytes()


def _line(paper, row):
    money = [paper.text(format_yuan(row[key]) if row[key] is not None else "", 8.5, align=2) for key in ("into", "out", "balance")]
    return [str(row["n"]), row["on"], row["what"], row["number"], row["name"], row["voucher"], *money, row["receipt"]]


def register():
    """Add the outputs "reserve_sheet" and "reserve_paper" (township, month, entries, sums, settlement, home → bytes). Safe to call again."""
    outputs.add("reserve_sheet", write_sheet)
    outputs.add("reserve_paper", print_paper)
