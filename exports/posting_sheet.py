"""The public posting sheet (公示表) of one village as PDF, 22 rows a page.

Drawn with reportlab, not xhtml2pdf, where one table of 3,000 rows takes minutes. What may be posted is a closed
list: an ID number, a phone or an account in a row is refused, because a sheet on a wall cannot be called back.
"""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import BinaryIO

import segno
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, LongTable, PageBreak, PageTemplate, Paragraph, TableStyle

from adminapp.errors import Invalid
from exports.fonts import FontSet

ROWS_A_PAGE = 22

# key → heading, width in mm, alignment. Nothing else may be posted.
COLUMNS = {
    "name": ("姓名", 34, TA_CENTER),
    "village": ("所在村（社区）", 34, TA_CENTER),
    "type": ("救助类型", 33, TA_CENTER),
    "household_size": ("家庭人口", 18, TA_CENTER),
    "members": ("家庭成员", 40, TA_CENTER),
    "amount": ("拟保障金额", 23, TA_RIGHT),
    "reason": ("救助原因", 24, TA_CENTER),
}
USUAL = ("name", "village", "type", "household_size", "amount")
SERIAL_WIDTH = 12
HEADER = ("title", "county", "township", "village", "issue", "from", "to", "phone", "office")
OPTIONAL = ("note", "url", "amount")
NOTE = "金额单位：元。对公示对象有异议的，请在公示期内向监督单位反映。"

MARGIN, TOP, BOTTOM = 18 * mm, 50 * mm, 24 * mm
WIDTH = 174
"""Of the table, in mm."""
CODE = 18 * mm
HEAD_HEIGHT = ROW_HEIGHT = 27
SIZES, LEADING = (10.5, 9, 8, 7), 1.15
LOOK = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.6, "#000000"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)


def write_posting_sheet(
    stream: BinaryIO,
    header: dict[str, str],
    rows: Sequence[dict[str, str]],
    fonts: FontSet,
    columns: Sequence[str] = USUAL,
) -> None:
    """Write the sheet to `stream`; the same input gives the same bytes.

    `header`: title, county, township, village, issue (期数), from and to (公示起止), phone (监督举报电话), office
    (监督单位); also note (a line at the foot), amount (heading of that column) and url (of the public page, as a code to scan). `rows`: one dict of
    column key → text each; `columns`: which are posted and in what order. Raises
    Invalid, naming every problem, for a key that may not be posted, a missing text or a character without glyph.
    """
    problems = [*_unknown(header, (*HEADER, *OPTIONAL), "表头"), *_unknown(columns, COLUMNS, "公示栏目")]
    problems += [f"表头缺少“{key}”。" for key in HEADER if not header.get(key)]
    for number, row in enumerate(rows, 1):
        problems += _unknown(row, COLUMNS, f"第 {number} 行")
        problems += [f"第 {number} 行缺少“{COLUMNS[key][0]}”。" for key in columns if key in COLUMNS and key not in row]
    texts = [*(text for key, text in header.items() if key != "url"), *(text for row in rows for text in row.values())]
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
    document.build(_story(header, rows, columns, fonts), canvasmaker=_CountingCanvas)


def _unknown(keys, known, where):
    return [f"{where}不能有“{key}”。只能有：{'、'.join(known)}。" for key in keys if key not in known]


def _story(header, rows, columns, fonts):
    share = (WIDTH - SERIAL_WIDTH) / sum(COLUMNS[key][1] for key in columns)
    widths = [SERIAL_WIDTH * mm, *(COLUMNS[key][1] * share * mm for key in columns)]
    sides = [TA_CENTER, *(COLUMNS[key][2] for key in columns)]
    titles = ["序号", *(header.get(key) or COLUMNS[key][0] if key == "amount" else COLUMNS[key][0] for key in columns)]
    head = [_cell(text, TA_CENTER, width, fonts, "hei") for text, width in zip(titles, widths, strict=True)]
    story = []
    for first in range(0, len(rows), ROWS_A_PAGE):
        body = []
        for number, row in enumerate(rows[first : first + ROWS_A_PAGE], first + 1):
            texts = [str(number), *(row[key] for key in columns)]
            body.append([_cell(*each, fonts) for each in zip(texts, sides, widths, strict=True)])
        # One table a page: a single long one is measured again at every page.
        heights = [HEAD_HEIGHT, *[ROW_HEIGHT] * len(body)]
        story += [LongTable([head, *body], widths, heights, style=LOOK), PageBreak()]
    return story or [_cell("本期无公示对象。", TA_CENTER, 120 * mm, fonts)]


def _cell(text, side, width, fonts, slot="song"):
    """Return `text` in the largest size in which its lines fit the height that every row has."""
    runs = fonts.runs(text, slot)
    wide = sum(pdfmetrics.stringWidth(run, name, 1) for run, name in runs)
    one, broken = width - 6, width - 6 - SIZES[0]  # a line loses up to a character to the break
    single = wide * SIZES[1] <= one
    size = next((size for size in SIZES if wide * size <= (one if single else broken * _lines(size))), None)
    if size is None:
        raise Invalid(f"“{text}”太长，公示表的一格放不下。")
    style = ParagraphStyle("cell", fontName=slot, fontSize=size, leading=size * LEADING, alignment=side, wordWrap="CJK")
    return Paragraph("".join(f'<font name="{name}">{escape(run)}</font>' for run, name in runs), style)


def _lines(size) -> int:
    return int((ROW_HEIGHT - 1) // (size * LEADING))


def _head_and_foot(header, fonts, canvas, document):
    middle, right = A4[0] / 2, A4[0] - MARGIN
    _text(canvas, fonts, middle, A4[1] - 24 * mm, header["title"], 20, "xiaobiaosong", 0.5)
    place = f"{header['county']}{header['township']}{header['village']}"
    _text(canvas, fonts, MARGIN, A4[1] - 36 * mm, f"公示单位：{place}", 11)
    _text(canvas, fonts, right, A4[1] - 36 * mm, header["issue"], 11, share=1)
    _text(canvas, fonts, MARGIN, A4[1] - 44 * mm, f"公示时间：{header['from']}至{header['to']}", 11)
    _text(canvas, fonts, right, A4[1] - 44 * mm, f"监督举报电话：{header['phone']}", 11, share=1)
    _text(canvas, fonts, MARGIN, 17 * mm, f"监督单位：{header['office']}", 10.5)
    _text(canvas, fonts, MARGIN, 11 * mm, header.get("note") or NOTE, 10.5)
    if header.get("url"):
        _code(canvas, header["url"], right - CODE, A4[1] - 30 * mm)


def _code(canvas, url, x, y):
    """Draw the code of an address: modules as squares, so that it stays sharp on any printer."""
    matrix = segno.make_qr(url, error="m", boost_error=False).matrix
    size = CODE / len(matrix)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                path.rect(x + column * size, y + CODE - (row + 1) * size, size, size)
    canvas.drawPath(path, stroke=0, fill=1)


def _text(canvas, fonts, x, y, text, size, slot="song", share=0.0):
    """Draw `text` with `share` of its width to the left of `x`."""
    runs = fonts.runs(text, slot)
    x -= share * sum(canvas.stringWidth(run, name, size) for run, name in runs)
    # Without a real 小标宋 the title is Song, drawn heavier.
    mode = 2 if slot == "xiaobiaosong" and slot not in fonts.files else 0
    canvas.setLineWidth(size * 0.022)
    for run, name in runs:
        canvas.setFont(name, size)
        canvas.drawString(x, y, run, mode=mode)
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
