"""The public posting sheet (公示表) of one village as PDF, 22 rows a page.

Drawn with reportlab, not xhtml2pdf, where one table of 3,000 rows takes minutes. What may be posted is a closed
list: an ID number, a phone or an account in a row is refused, because a sheet on a wall cannot be called back.
"""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import BinaryIO

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
    "group": ("所在村组", 34, TA_CENTER),
    "type": ("救助类型", 33, TA_CENTER),
    "persons": ("救助人数", 18, TA_CENTER),
    "amount": ("拟保障金额", 23, TA_RIGHT),
    "relative": ("是否近亲属备案", 20, TA_CENTER),
}
SERIAL_WIDTH = 12
HEADER = ("title", "county", "township", "village", "issue", "from", "to", "phone", "office")

MARGIN, TOP, BOTTOM = 18 * mm, 50 * mm, 24 * mm
HEAD_HEIGHT = ROW_HEIGHT = 27
SIZES = (10.5, 9, 8, 7)
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
    columns: Sequence[str] = tuple(COLUMNS),
) -> None:
    """Write the sheet to `stream`; the same input gives the same bytes.

    `header`: title, county, township, village, issue (期数), from and to (公示起止), phone (监督举报电话), office
    (监督单位). `rows`: one dict of column key → text each; `columns`: which are posted and in what order. Raises
    Invalid, naming every problem, for a key that may not be posted, a missing text or a character without glyph.
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
    spare = sum(COLUMNS[key][1] for key in COLUMNS if key not in columns) / len(columns)
    widths = [SERIAL_WIDTH * mm, *((COLUMNS[key][1] + spare) * mm for key in columns)]
    sides = [TA_CENTER, *(COLUMNS[key][2] for key in columns)]
    titles = ["序号", *(COLUMNS[key][0] for key in columns)]
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
    """Return `text` in the largest size in which it takes two lines at most, so that every row has the same height."""
    runs = fonts.runs(text, slot)
    wide = sum(pdfmetrics.stringWidth(run, name, 1) for run, name in runs)
    # A line loses up to a character to the break.
    lines = 1 if wide * SIZES[1] <= width - 6 else 2
    room = width - 6 if lines == 1 else 2 * (width - 6 - SIZES[0])
    size = next((size for size in SIZES if wide * size <= room), None)
    if size is None:
        raise Invalid(f"“{text}”太长，公示表的一格放不下。")
    style = ParagraphStyle("cell", fontName=slot, fontSize=size, leading=size * 1.15, alignment=side, wordWrap="CJK")
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
    note = "金额单位：元。对公示对象有异议的，请在公示期内向监督单位反映。"
    _text(canvas, fonts, MARGIN, 11 * mm, note, 10.5)


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
