"""One file of a case (一户一档) as one PDF: cover, contents with page numbers and digests, every part, every paper as it is.

Same content, same bytes: no clock, no random identifier. What cannot be printed (tables of data, broken or locked PDFs) lies in
the PDF as an attached file, and a page says so.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Picture
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, Image, PageBreak, PageTemplate, Spacer

from adminapp.archive.dossier import Dossier, Paper, Part
from exports import fonts
from exports.sheets import MARGIN, WIDTH, Pen

BOTTOM, TOP = 20 * mm, 18 * mm
HEIGHT = A4[1] - BOTTOM - TOP
MOST_PAGES = 300
"""Pages of one attached PDF."""
LONGEST_SIDE = 1800
"""Points of a picture in the file: sharp at 200 dots an inch on A4."""
SMALLER = 0.92
"""Attached pages are drawn a little smaller, so that the page number of the file stands clear of them."""


@dataclass(frozen=True)
class Bound:
    """A finished file. `contents` are ``{title, first, pages, digest}`` in order, pages from 1."""

    pdf: bytes
    pages: int
    contents: tuple[dict, ...]


@dataclass
class _Sheet:
    """Pages that go into the file one after the other: own ones by number, or pages of another PDF."""

    part: int
    own: int = -1
    pages: tuple = ()
    scaled: bool = True


def bind(dossier: Dossier, read: Callable[[Paper], bytes], home: Path) -> Bound:
    """Return the file. `read` gives the bytes of a paper; what it raises passes through."""
    pen = Pen(fonts.prepare(Path(home)))
    body = _Body(pen, read)
    for number, part in enumerate(dossier.parts):
        body.add(number, part)
    own = body.draw()
    counts = [sum(body.length(sheet) for sheet in body.sheets if sheet.part == number) for number in range(len(dossier.parts))]
    front = _front(pen, dossier, counts)
    leading = len(front.pages)
    writer = PdfWriter()
    for page in front.pages:
        writer.add_page(page)
    for sheet in body.sheets:
        for page in own.pages[sheet.own : sheet.own + 1] if sheet.own >= 0 else sheet.pages:
            writer.add_page(page if sheet.own >= 0 else _framed(page, sheet.scaled))
    _stamp(writer, pen, dossier)
    contents, first = [], leading + 1
    for part, count in zip(dossier.parts, counts, strict=True):
        contents.append({"key": part.key, "title": part.title, "first": first, "pages": count, "digest": part.digest})
        writer.add_outline_item(title=part.title, page_number=first - 1)
        first += count
    for name, data in body.attached:
        writer.add_attachment(name, data)
    return Bound(_bytes(writer, dossier), first - 1, tuple(contents))


class _Body:
    """Collects the pages of all parts: one document of our own drawing, and the pages of papers between its pages."""

    def __init__(self, pen, read):
        self.pen, self.read = pen, read
        self.sheets, self.attached, self._story, self._marks = [], [], [], []

    def add(self, number, part: Part):
        story = [self.pen.title(part.title)]
        for block in part.blocks:
            story += [self.pen.heading(block.title)] if block.title != part.title else []
            story += [self.pen.note(block.note)] if block.note else []
            story += self.pen.facts(block.facts)
            for table in block.tables:
                story += [self.pen.text(table.title, 10.5, "hei", after=3)] if table.title else []
                story += self.pen.table(table.columns, table.rows, table.right)
        if part.papers:
            rows = [(paper.title, paper.name or "", paper.on, paper.digest[:16]) for paper in part.papers]
            story += [self.pen.heading("所附材料"), *self.pen.table(("材料", "文件", "日期", "校验值（前 16 位）"), rows, weights=(5, 6, 2.4, 4))]
        self._own(number, story)
        for paper in part.papers:
            self._paper(number, paper)

    def _own(self, number, story):
        mark = _Mark(number)
        self._marks.append(mark)
        self._story += [mark, *story, PageBreak()]
        self.sheets.append(mark)

    def _paper(self, number, paper: Paper):
        data = self.read(paper)
        if paper.kind == "picture":
            self._picture(number, paper, data)
        elif paper.kind == "data":
            self._aside(number, paper, data, "数据文件，不能打印")
        else:
            try:
                pages = _pages_of(data)
            except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
                self._aside(number, paper, data, f"PDF 不能打开（{type(error).__name__}）")
                return
            if len(pages) > MOST_PAGES:
                self._aside(number, paper, data, f"PDF 共 {len(pages)} 页，超过 {MOST_PAGES} 页")
                return
            self.sheets.append(_Sheet(number, pages=tuple(pages), scaled=paper.kind != "notice"))

    def _picture(self, number, paper, data):
        try:
            picture = Picture.open(io.BytesIO(data))
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "JPEG", quality=85)
        except Exception:  # Pillow raises many kinds for a broken picture
            self._aside(number, paper, data, "图片不能打开")
            return
        out.seek(0)
        wide, high = ImageReader(out).getSize()
        out.seek(0)
        scale = min(WIDTH / wide, (HEIGHT - 24 * mm) / high, 1.5)
        self._own(number, [self.pen.heading(f"{paper.title}　{paper.name}"), Image(out, wide * scale, high * scale)])

    def _aside(self, number, paper, data, why):
        name = f"{len(self.attached) + 1:02d}_{paper.name or paper.title}"
        self.attached.append((name, data))
        facts = [("文件", paper.name or paper.title), ("说明", f"{why}，原文件附在本 PDF 的附件“{name}”中")]
        facts += [("大小", f"{len(data)} 字节"), ("校验值（SM3）", paper.digest)]
        self._own(number, [self.pen.heading(paper.title), *self.pen.facts(facts)])

    def draw(self) -> PdfReader:
        """Draw our own pages, then put one sheet for each of them where its mark stands."""
        own = _document(self._story, self.pen)
        ends = [mark.page for mark in self._marks[1:]] + [len(own.pages) + 1]
        pages = {id(mark): range(mark.page - 1, end - 1) for mark, end in zip(self._marks, ends, strict=True)}
        sheets = []
        for sheet in self.sheets:
            sheets += [_Sheet(sheet.part, page) for page in pages[id(sheet)]] if isinstance(sheet, _Mark) else [sheet]
        self.sheets = sheets
        return own

    @staticmethod
    def length(sheet):
        return 1 if sheet.own >= 0 else len(sheet.pages)


class _Mark(Flowable):
    """Remembers on which page it stands."""

    def __init__(self, part):
        super().__init__()
        self.part, self.page = part, 0

    def wrap(self, available_width, available_height):
        return 0, 0

    def draw(self):
        self.page = self.canv.getPageNumber()


def _front(pen, dossier: Dossier, counts) -> PdfReader:
    """Return cover and contents; how many pages they take decides the first page of the rest, so they are drawn until it holds."""
    leading = 2
    while True:
        first, rows = leading + 1, []
        for number, (part, count) in enumerate(zip(dossier.parts, counts, strict=True), 1):
            pages = f"{first}" if count == 1 else f"{first}—{first + count - 1}"
            rows.append((str(number), part.title, part.by, part.on, pages, part.digest))
            first += count
        cover = [
            Spacer(0, 52 * mm), pen.text("社会救助档案", 30, "hei", TA_CENTER, after=8), pen.text(dossier.title, 16, "song", TA_CENTER, after=22),
            *pen.facts(dossier.facts), Spacer(0, 12 * mm),
            pen.text(f"本卷校验值（SM3）：{dossier.digest}", 8.5, side=TA_CENTER), PageBreak(),
        ]  # fmt: skip
        columns, weights = ("序号", "题名", "责任者", "日期", "页号", "校验值（SM3）"), (1.2, 4.2, 2.2, 2.6, 1.8, 7)
        contents = [pen.title("目　录"), *pen.table(columns, rows, frozenset({0}), weights)]
        drawn = _document([*cover, *contents], pen)
        if len(drawn.pages) == leading:
            return drawn
        leading = len(drawn.pages)


def _document(story, pen) -> PdfReader:
    stream = io.BytesIO()
    document = BaseDocTemplate(stream, pagesize=A4, invariant=1, lang="zh-CN", initialFontName="song")
    document.addPageTemplates(PageTemplate("sheet", [Frame(MARGIN, BOTTOM, WIDTH, HEIGHT, 0, 0, 0, 0)]))
    document.build(story or [pen.text("（空）")])
    return PdfReader(stream)


def _pages_of(data) -> list:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise ValueError("locked")
    pages = list(reader.pages)
    if not pages:
        raise ValueError("empty")
    if any(page.mediabox.width <= 0 or page.mediabox.height <= 0 or page.rotation % 90 for page in pages):
        raise ValueError("size")
    return pages


def _framed(page, scaled) -> PageObject:
    """Return a page of another PDF upright on A4; its links, forms and scripts stay behind."""
    wide, high = float(page.mediabox.width), float(page.mediabox.height)
    upright = Transformation().translate(-float(page.mediabox.left), -float(page.mediabox.bottom))
    turned = page.rotation % 360
    if turned:
        shift = {90: (0, wide), 180: (wide, high), 270: (high, 0)}[turned]
        upright = upright.rotate(-turned).translate(*shift)
        wide, high = (high, wide) if turned != 180 else (wide, high)
    scale = min(A4[0] / wide, A4[1] / high) * (SMALLER if scaled else 1)
    left, bottom = (A4[0] - wide * scale) / 2, (A4[1] - high * scale) / 2 + (4 * mm if scaled else 0)
    sheet = PageObject.create_blank_page(width=A4[0], height=A4[1])
    page.pop("/Annots", None)
    sheet.merge_transformed_page(page, upright.scale(scale).translate(left, bottom))
    return sheet


def _stamp(writer, pen, dossier):
    """Write number and page at the foot of every page."""
    stream, count = io.BytesIO(), len(writer.pages)
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    for number in range(1, count + 1):
        canvas.setFont("song", 9)
        canvas.drawString(MARGIN, 8 * mm, dossier.number)
        canvas.drawRightString(A4[0] - MARGIN, 8 * mm, f"第 {number} 页 共 {count} 页")
        canvas.showPage()
    canvas.save()
    for page, over in zip(writer.pages, PdfReader(stream).pages, strict=True):
        page.merge_page(over)


def _bytes(writer, dossier) -> bytes:
    writer.metadata = {"/Producer": "relief-admin", "/Title": f"{dossier.number} {dossier.name}"}
    writer.compress_identical_objects()
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
