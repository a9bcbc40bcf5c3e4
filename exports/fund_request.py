"""A fund request (资金申请) for finance: as PDF to be signed and stamped, and as a workbook by type and township; no person."""

from io import BytesIO
from pathlib import Path

from adminapp import dates, divisions
from adminapp.funds import requests, table
from adminapp.money import format_yuan, in_words, signed_yuan
from adminapp.outputs import outputs
from exports import xlsx
from exports.columns import Column

COLUMNS = (
    Column("type", "救助类别", width=22), Column("township", "乡镇", width=16), Column("households", "户数", "integer"), Column("people", "人数", "integer"),
    Column("amount", "本月金额", "money"), Column("before", "上月金额", "money"), Column("change", "比上月增减", "money"),
    Column("reasons", "增减原因", width=60),
)  # fmt: skip
WIDTHS = (22, 12, 12, 22, 22, 20, 52)
HEAD = ["户数", "人数", "本月金额", "上月金额", "增减", "增减原因"]


def write_sheet(request: dict) -> bytes:
    """Return the workbook: a row for each type and township, totals those of the request."""
    stream = BytesIO()
    listed = (
        {
            **{key: row[key] for key in ("households", "people", "amount", "before")},
            "type": row["name"], "township": divisions.name_of(row["township"]), "change": row["amount"] - row["before"], "reasons": table.told(row),
        }
        for row in request["rows"]
    )  # fmt: skip
    totals = {key: request[key] for key in ("households", "people", "amount", "before")} | {"change": request["amount"] - request["before"]}
    xlsx.write(stream, COLUMNS, listed, title=divisions.county().county_name + requests.title_of(request), totals=totals, notes=_notes(request))
    return stream.getvalue()


def _notes(request):
    lists = [f"{each['title']}：{each['count']} 行，{format_yuan(each['amount'])} 元，校验值（SM3）{each['digest']}" for each in request["lists"]]
    return [*lists, f"申请编号 {request['_id']}，校验值（SM3）{request['digest']}"]


def print_paper(request: dict, home: Path) -> bytes:
    """Return the request as PDF. Raise FontsNotReady, Invalid for a character without face."""
    from exports.paper import Sheet

    county, title = divisions.county().county_name, requests.title_of(request)
    paper = Sheet(home, f"{county}{title}", f"申请编号 {request['_id']}　校验值 {request['digest'][:32]}", wide=True)
    paper.add(paper.text(f"{county}{title}", 18, "hei", 1))
    paper.paragraph(f"申请日期：{dates.day_of(request['at'])}　　申请人：{request['by_name']}　　单位：元")
    paper.paragraph(f"申请拨付金额（大写）：人民币{in_words(request['amount'])}　　（小写）{format_yuan(request['amount'])}", 11)
    if request["note"]:
        paper.paragraph(f"说明：{request['note']}")
    paper.heading("一、按救助类别")
    paper.grid([["救助类别", *HEAD], *(_line(paper, row) for row in table.by(request["rows"], "type")), _line(paper, request)], WIDTHS, head=1)
    paper.heading("二、按乡镇")
    paper.grid([["乡镇", *HEAD], *(_line(paper, row) for row in table.by(request["rows"], "township")), _line(paper, request)], WIDTHS, head=1)
    paper.heading("三、所依据的名册")
    lists = [[each["title"], f"{each['count']:,}", format_yuan(each["amount"]), each["digest"]] for each in request["lists"]]
    paper.grid([["名册", "行数", "金额", "校验值（SM3）"], *lists], (50, 14, 24, 92), head=1)
    paper.paragraph(f"本申请校验值（SM3）：{request['digest']}")
    paper.grid([["民政局经办人", "", "民政局负责人", "", "财政局审核", ""]], (20, 34, 20, 34, 20, 34), shaded=(0, 2, 4), size=10, room=9)
    return paper.bytes()


def _line(paper, row):
    """Return the cells of a row of sums, or of the request itself; numbers stand at the right."""
    change = signed_yuan(row["amount"] - row["before"])
    numbers = [f"{row['households']:,}", f"{row['people']:,}", format_yuan(row["amount"]), format_yuan(row["before"]), change]
    return [row.get("name", "合计"), *(paper.text(text, 8.5, align=2) for text in numbers), table.told(row) if "reasons" in row else ""]


def register():
    """Add the outputs "fund_request" (request, home → PDF) and "fund_sheet" (request → workbook). Safe to call again."""
    outputs.add("fund_request", print_paper)
    outputs.add("fund_sheet", write_sheet)
