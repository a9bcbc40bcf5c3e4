"""The public posting sheet (公示表) of one village as PDF, 22 rows a page.

Drawn with reportlab, not xhtml2pdf, where one table of 3,000 rows takes minutes. What may be posted is a closed list: an ID
number, a phone or an account in a row is refused, because a sheet on a wall cannot be called back.
"""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import BinaryIO

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, LongTable, PageBreak, PageTemplate, Paragraph, Spacer, TableStyle

from adminapp.errors import Invalid
from exports.fonts import FontSet

ROWS_A_PAGE = 22

# key → heading, width in mm, alignment. Nothing else may be posted.
COLUMNS = {
    "name": ("姓名", 26, TA_CENTER),
    "group": ("所在村组", 38, TA_CENTER),
    "type": ("救助类型", 36, TA_CENTER),
    "persons": ("救助人数", 17, TA_CENTER),
    "amount": ("拟保障金额（元）", 25, TA_RIGHT),
    "relative": ("是否近亲属备案", 20, TA_CENTER),
}
SERIAL_WIDTH = 12
HEADER = ("title", "county", "township", "village", "issue", "from", "to", "phone", "office")

MARGIN, TOP, BOTTOM = 18 * mm, 52 * mm, 26 * mm


def write_posting_sheet(
    stream: BinaryIO,
    header: dict[str, str],
    rows: Sequence[dict[str, str]],
    fonts: FontSet,
    columns: Sequence[str] = tuple(COLUMNS),
) -> None:
    """Write the sheet to `stream`; the same input gives the same bytes.

    `header`: title, county, township, village, issue (期数), from and to (公示起止), phone (监督举报电话), office (监督单位).
    `rows`: one dict of column key → text each; `columns`: which are posted and in what order. Raises Invalid, naming every
    problem, for a key that may not be posted, a missing text or a character without glyph.
    """
    problems = [*_unknown(header, HEADER, "表头"), *_unknown(columns, COLUMNS, "公示栏目")]
    problems += [f"表头缺少“{key}”。" for key in HEADER if not header.get(key)]
    for number, row in enumerate(rows, 1):
        problems += _unknown(row, COLUMNS, f"第 {number} 行")
        problems += [f"第 {number} 行缺少“{COLUMNS[key][0]}”。" for key in columns if key in COLUMNS and key not in row]
    texts = [*header.values(), *(text for row in rows for text in row.values())]
    missing = fonts.missing("".join(texts))
    if missing:
        problems.append(f"字库没有这些字：{'、'.join(sorted(missing))}。")
    if problems:
        raise Invalid(problems)
    fonts.register()
    document = BaseDocTemplate(
        stream, pagesize=A4, invariant=1, title=header["title"], lang="zh-CN", initialFontName="song"
    )
    frame = Frame(MARGIN, BOTTOM, A4[0] - 2 * MARGIN, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("sheet", [frame], onPage=partial(_head_and_foot, header, fonts)))
    document.build(_story(rows, columns, fonts), canvasmaker=_CountingCanvas)


def _unknown(keys, known, where):
    return [f"{where}不能有“{key}”。只能有：{'、'.join(known)}。" for key in keys if key not in known]


def _story(rows, columns, fonts):
    styles = {
        side: ParagraphStyle(str(side), fontName="song", fontSize=10.5, leading=14, alignment=side, wordWrap="CJK")
        for side in (TA_CENTER, TA_RIGHT)
    }
    heading = ParagraphStyle("heading", styles[TA_CENTER], fontName="hei")
    head = [_cell("序号", heading, fonts), *(_cell(COLUMNS[key][0], heading, fonts) for key in columns)]
    spare = sum(COLUMNS[key][1] for key in COLUMNS if key not in columns) / max(1, len(columns))
    widths = [SERIAL_WIDTH * mm, *((COLUMNS[key][1] + spare) * mm for key in columns)]
    look = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.6, "#000000"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 4.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    story = []
    for first in range(0, max(1, len(rows)), ROWS_A_PAGE):
        body = [
            [_cell(str(number), styles[TA_CENTER], fonts)]
            + [_cell(row[key], styles[COLUMNS[key][2]], fonts) for key in columns]
            for number, row in enumerate(rows[first : first + ROWS_A_PAGE], first + 1)
        ]
        # One table a page: a single long one is measured again at every page.
        story += [LongTable([head, *body], widths, style=look, repeatRows=1), PageBreak()]
    if not rows:
        story[1:] = [Spacer(1, 12), _cell("本期无公示对象。", styles[TA_CENTER], fonts)]
    return story


def _cell(text, style, fonts):
    runs = fonts.runs(text, style.fontName)
    return Paragraph("".join(f'<font name="{name}">{escape(run)}</font>' for run, name in runs), style)


def _head_and_foot(header, fonts, canvas, document):
    middle, right = A4[0] / 2, A4[0] - MARGIN
    _text(canvas, fonts, middle, A4[1] - 24 * mm, header["title"], 20, "xiaobiaosong", 0.5)
    place = f"{header['county']}{header['township']}{header['village']}"
    _text(canvas, fonts, MARGIN, A4[1] - 36 * mm, f"公示单位：{place}", 11)
    _text(canvas, fonts, right, A4[1] - 36 * mm, header["issue"], 11, share=1)
    _text(canvas, fonts, MARGIN, A4[1] - 44 * mm, f"公示时间：{header['from']}至{header['to']}", 11)
    _text(canvas, fonts, right, A4[1] - 44 * mm, f"监督举报电话：{header['phone']}", 11, share=1)
    _text(canvas, fonts, MARGIN, 17 * mm, f"监督单位：{header['office']}", 10.5)
    note = "对公示对象有异议的，请在公示期内向监督单位反映。"
    _text(canvas, fonts, MARGIN, 11 * mm, note, 10.5)


def _text(canvas, fonts, x, y, text, size, slot="song", share=0.0):
    """Draw `text` with `share` of its width to the left of `x`."""
    runs = fonts.runs(text, slot)
    x -= share * sum(canvas.stringWidth(run, name, size) for run, name in runs)
    for run, name in runs:
        canvas.setFont(name, size)
        canvas.drawString(x, y, run)
        x += canvas.stringWidth(run, name, size)


class _CountingCanvas(Canvas):
    """Writes 第 x 页 共 y 页, which needs the last page before the first is finished."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.kept = []

    def showPage(self):
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for page in self.kept:
            self.__dict__.update(page)
            self.setFont("song", 10.5)
            self.drawRightString(A4[0] - MARGIN, 11 * mm, f"第 {self._pageNumber} 页 共 {len(self.kept)} 页")
            super().showPage()
        super().save()
