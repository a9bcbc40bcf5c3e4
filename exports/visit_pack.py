"""A pack of visits on paper: a cover with the way, then a sheet for each household, filled with what was declared.

Loads reportlab only when somebody prints.
"""

from pathlib import Path

from adminapp.outputs import outputs

FEW_COLUMNS = 8
BLANK, ROOM = 8, 5
"""Millimetres of a row that is filled in by hand; points around a text beside which something is written."""
ABOUT = "表中“申报”为申请时填写的内容，“核实”由调查人现场填写；与申报一致的打“√”。"


def print_pack(pack: dict, sheets: list[dict], home: Path) -> bytes:
    """Return the pack as PDF: `sheets` are those of adminapp/visits/sheets.py, `pack["place"]` names the village.

    Raise FontsNotReady while the faces are made, Invalid for a character that no face can draw.
    """
    from reportlab.platypus import PageBreak

    from exports.paper import Sheet

    paper = Sheet(home, f"入户调查走访包 {pack['_id']}", f"{pack['_id']}　{pack['place']}　内部使用，注意保管，走访后交回", wide=True)
    _cover(paper, pack, sheets)
    for number, sheet in enumerate(sheets, 1):
        paper.add(PageBreak())
        _household(paper, pack, sheet, f"第 {number} 户，共 {len(sheets)} 户")
    return paper.bytes()


def _cover(paper, pack, sheets):
    paper.add(paper.text("入户调查走访包", 20, "hei", 1))
    paper.heading(f"{pack['place']}　{pack['day']}", 13)
    visitors = "、".join(f"{row['name']}（{row['unit']}）" if row["unit"] else row["name"] for row in pack["surveyors"])
    paper.paragraph(f"编号：{pack['_id']}　　调查人：{visitors}　　共 {len(sheets)} 户")
    paper.paragraph("出示工作证件，说明来意；至少两名调查人到场，调查人和在场成员签名；家中无人的在本页写明。")
    rows = [["顺序", "申请人", "救助类型", "住址", "电话", "走访情况"]]
    for number, sheet in enumerate(sheets, 1):
        rows.append([str(number), f"{sheet['name']}\n{sheet['number']}", sheet["type"], sheet["address"], sheet["phone"], ""])
    paper.grid(rows, (8, 34, 26, 60, 26, 46), head=1, size=9.5)


def _household(paper, pack, sheet, place):
    from reportlab.lib.units import mm
    from reportlab.platypus import Table

    from exports.paper import Code

    title = [paper.text("入户调查表", 16, "hei"), paper.text(f"{sheet['type']}　{sheet['number']}　{place}", 9)]
    who = [
        paper.text(f"申请人：{sheet['name']}　　电话：{sheet['phone'] or '　'}", 11),
        paper.text(f"住址：{sheet['address'] or '　'}（{sheet['place']}）", 9.5),
        paper.text(ABOUT, 8),
    ]
    code = Code(sheet["url"], "扫码打开案件")
    paper.add(Table([[title, who, code]], [paper.width * 0.3, paper.width * 0.6, paper.width * 0.1], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]))
    for section in sheet["sections"]:
        if section["title"]:
            paper.heading(section["title"], 10.5)
        for table in section["tables"]:
            _table(paper, table)
        _lines(paper, section["lines"])
    visitors = [row["name"] for row in pack["surveyors"]]
    signed = "　　".join(f"{name}签名：______________" for name in [*visitors, "在场成员"])
    paper.paragraph(f"走访日期：______年____月____日　　{signed}", 10)
    paper.paragraph("在场成员与申请人关系：______________　　照片：□ 住房　□ 生活状况　共 ____ 张", 10)
    paper.add(Table([[""]], [paper.width], [1 * mm]))


def _table(paper, table):
    from reportlab.lib.units import mm

    if not table["columns"]:
        return
    first = 2.2 if len(table["columns"]) > FEW_COLUMNS else 1.5
    widths = [first, *[1] * (len(table["columns"]) - 1)]
    paper.paragraph(f"{table['label']}（上行申报，下行核实）", 9)
    rows = [table["columns"]]
    for row in table["rows"]:
        rows += [row, [""] * len(row)]
    rows += [[""] * len(table["columns"])] * table["spare"]
    paper.grid(rows, widths, head=1, size=7.5 if len(widths) > FEW_COLUMNS else 8.5, blank=BLANK * mm)


def _lines(paper, lines):
    """Two questions a row, each with what was declared and room for what is found; long answers have a row of their own."""
    from reportlab.lib.units import mm

    short = [[line["label"], line["declared"], _found(line)] for line in lines if not line["long"]]
    if short:
        pairs = [short[number] + (short[number + 1] if number + 1 < len(short) else ["", "", ""]) for number in range(0, len(short), 2)]
        paper.grid([["项目", "申报", "核实"] * 2, *pairs], (24, 20, 36) * 2, head=1, shaded=(0, 3), room=ROOM)
    for line in lines:
        if line["long"]:
            paper.grid([[line["label"], line["declared"]]], (24, 136), shaded=(0,), room=5 * mm)


def _found(line):
    return "　".join(f"□{option}" for option in line["options"])


def register():
    """Add the output "visit_pack" (pack, sheets, home → PDF). Safe to call again."""
    outputs.add("visit_pack", print_pack)
