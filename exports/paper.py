"""Forms on paper, drawn with reportlab: pages with a foot, headings, grids of cells in which every character has a face.

For tables that xhtml2pdf would take minutes over (posting sheets have their own page: `posting_sheet.py`).
"""

import io
from collections.abc import Sequence
from html import escape

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Paragraph, Spacer, TableStyle

from adminapp.errors import Invalid
from exports import fonts
from exports.case_notices import need_faces
from exports.notices.page import CODE_SIZE, draw_code

MARGIN = 14 * mm
PADDING = 3
GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, "#333333"),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
]
SHADE = "#eeeeee"


class Sheet:
    """Collects the story of one PDF. `wide` lays the page on its side; `foot` stands at the bottom of every page.

    Every text goes through `text`, which raises FontsNotReady at the first one with a character whose face is still to be made:
    drawing the 22,000 rare ones takes half a minute, too long for whoever asked for the paper.
    """

    def __init__(self, home, title: str, foot: str = "", wide: bool = False):
        need_faces(home, title + foot)
        self.home, self.fonts, self.title, self.foot = home, fonts.prepare(home), title, foot
        self.fonts.register()
        self.size = landscape(A4) if wide else A4
        self.width = self.size[0] - 2 * MARGIN
        self.story: list = []
        self._texts = [title, foot]

    def text(self, text: str, size: float = 9, slot: str = "song", align: int = 0, indent: float = 0) -> Paragraph:
        """Return a paragraph that breaks anywhere; line breaks of the text are kept. `indent` is that of its first line."""
        text = str(text or "")
        need_faces(self.home, text)
        self._texts.append(text)
        lines = ("".join(f'<font name="{name}">{escape(run)}</font>' for run, name in self.fonts.runs(line, slot)) for line in text.split("\n"))
        style = ParagraphStyle("cell", fontName=slot, fontSize=size, leading=size * 1.3, alignment=align, wordWrap="CJK", firstLineIndent=indent)
        return Paragraph("<br/>".join(lines), style)

    def add(self, *flowables):
        self.story += flowables

    def heading(self, text: str, size: float = 12):
        self.add(Spacer(0, 2 * mm), self.text(text, size, "hei"), Spacer(0, 1 * mm))

    def paragraph(self, text: str, size: float = 9.5):
        self.add(self.text(text, size), Spacer(0, 1 * mm))

    def grid(self, rows: Sequence[Sequence], widths: Sequence[float], head=0, shaded: Sequence[int] = (), size=8.5, room=0, blank=None):
        """Add a table of texts. `widths` are shares; `head` rows are repeated on each page, `shaded` columns are labels.

        `room` is added above and below each text, for writing by hand; rows without any text are `blank` high.
        """
        whole = sum(widths)

        def cell(text, number, column):
            return text if isinstance(text, Flowable) else self.text(text, size, "hei" if number < head or column in shaded else "song")

        cells = [[cell(text, number, column) for column, text in enumerate(row)] for number, row in enumerate(rows)]
        look = [*GRID, *(("BACKGROUND", (column, 0), (column, -1), SHADE) for column in shaded)]
        if head:
            look.append(("BACKGROUND", (0, 0), (-1, head - 1), SHADE))
        if room:
            look += [("TOPPADDING", (0, head), (-1, -1), room), ("BOTTOMPADDING", (0, head), (-1, -1), room)]
        heights = [blank if not any(row) else None for row in rows]
        self.add(LongTable(cells, [share / whole * self.width for share in widths], heights, repeatRows=head, style=TableStyle(look)), Spacer(0, 1.5 * mm))

    def bytes(self) -> bytes:
        """Build the PDF; the same story gives the same bytes. Raise Invalid for characters that no face can draw."""
        if missing := self.fonts.missing("".join(self._texts).replace("\n", "")):
            raise Invalid(f"字库没有这些字：{'、'.join(sorted(missing))}。")
        stream = io.BytesIO()
        document = BaseDocTemplate(stream, pagesize=self.size, invariant=1, title=self.title, lang="zh-CN", initialFontName="song")
        frame = Frame(MARGIN, 14 * mm, self.width, self.size[1] - 26 * mm, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate("sheet", [frame]))
        document.build(self.story, canvasmaker=self._canvas)
        return stream.getvalue()

    def _canvas(self, *args, **options):
        return _Numbered(*args, sheet=self, **options)


class Code(Flowable):
    """A QR code with a caption, as tall as it needs; it stands at the right."""

    def __init__(self, url: str, caption: str):
        super().__init__()
        self.url, self.caption, self.width, self.height = url, caption, CODE_SIZE, CODE_SIZE + 4 * mm

    def draw(self):
        draw_code(self.canv, self.url, 0, 4 * mm, self.caption)


class _Numbered(Canvas):
    """Writes the foot and 第 x 页 共 y 页, which needs the last page before the first is finished."""

    def __init__(self, *args, sheet, **options):
        super().__init__(*args, **options)
        self.sheet, self.kept = sheet, []

    def showPage(self):
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for page in self.kept:
            self.__dict__.update(page)
            self._foot(len(self.kept))
            super().showPage()
        super().save()

    def _foot(self, pages):
        x = MARGIN
        for run, name in self.sheet.fonts.runs(self.sheet.foot, "song"):
            self.setFont(name, 8.5)
            self.drawString(x, 8 * mm, run)
            x += self.stringWidth(run, name, 8.5)
        self.setFont("song", 8.5)
        self.drawRightString(self.sheet.size[0] - MARGIN, 8 * mm, f"第 {self._pageNumber} 页 共 {pages} 页")
