"""The page of a notice: A4 after GB/T 9704, page number outside, check code at the head of the first page."""

import copy
import io
import re

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Frame, PageTemplate
from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

TOP, LEFT, WIDTH, HEIGHT = 37 * mm, 28 * mm, 156 * mm, 225.2 * mm
CODE_SIZE = 19 * mm


class NoticeStart(Flowable):
    """Marks where a notice begins, so that pages are counted per notice, and draws its check code above the text."""

    def __init__(self, qr_url: str, caption: str = "扫码核验"):
        super().__init__()
        self.qr_url, self.caption = qr_url, caption
        self.page = None

    def wrap(self, available_width, available_height):
        return 0, 0

    def draw(self):
        canvas = self.canv
        self.page = canvas.getPageNumber()
        canvas._doctemplate.first_page = self.page
        if self.qr_url:
            draw_code(canvas, self.qr_url, WIDTH - CODE_SIZE, 5 * mm, self.caption)


def draw_code(canvas, url: str, x: float, y: float, caption: str) -> None:
    """Draw `url` as a QR code of dark rectangles, sharp on any printer."""
    # A fixed mask saves the trial of all eight; scanners read any of them.
    rows = segno.make_qr(url, error="m", mask=3, boost_error=False).matrix
    module = CODE_SIZE / len(rows)
    runs = []
    for number, row in enumerate(rows, 1):
        for dark in re.finditer(b"\x01+", bytes(row)):
            runs.append(f"{dark.start()} {-number} {len(dark[0])} 1 re")
    canvas.saveState()
    canvas.transform(module, 0, 0, module, x, y + CODE_SIZE)
    # One path in whole modules, written as it is: reportlab would format each of its thousand numbers.
    canvas._code.append(" ".join([*runs, "f"]))
    canvas.restoreState()
    canvas.setFont("song", 8)
    canvas.drawCentredString(x + CODE_SIZE / 2, y - 3.4 * mm, caption)


def _number_page(canvas, doc):
    number = doc.page - doc.first_page + 1
    canvas.setFont("song", 14)
    text, y = f"— {number} —", A4[1] - TOP - HEIGHT - 7 * mm - 14
    if number % 2:
        canvas.drawRightString(LEFT + WIDTH - 14, y, text)
    else:
        canvas.drawString(LEFT + 14, y, text)


class NoticeFrame(Frame):
    """reportlab copies the frame in depth to measure each table cell; a shallow copy is enough and much faster."""

    def __deepcopy__(self, memo):
        return copy.copy(self)


class NoticeDocument(PmlBaseDoc):
    """Builds a story into PDF bytes. The same story gives the same bytes: no time, no random identifier."""

    def __init__(self, title: str = "社会救助文书"):
        self.output = io.BytesIO()
        super().__init__(
            self.output, pagesize=A4, invariant=1, title=title, lang="zh-CN", pageCompression=1, initialFontName="song"
        )
        self.first_page = 1
        self.pisaPositioned = []
        frame = NoticeFrame(LEFT, A4[1] - TOP - HEIGHT, WIDTH, HEIGHT, 0, 0, 0, 0, id="text")
        self.addPageTemplates(PageTemplate("notice", [frame], onPageEnd=_number_page))

    def bytes_of(self, story) -> bytes:
        self.build(story)
        return self.output.getvalue()
