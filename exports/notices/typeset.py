"""Chinese line breaking for the paragraphs xhtml2pdf makes.

xhtml2pdf 0.2.28 breaks Chinese between any two characters, cuts numbers in two, ignores <br> and does not justify.
This paragraph keeps 禁则 (no closing mark at the start of a line, no opening mark at its end), numbers whole, and
both edges straight.
"""

import copy
import re

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.pdfbase import pdfmetrics, ttfonts
from xhtml2pdf.reportlab_paragraph import FragLine, ParaLines
from xhtml2pdf.util import getBorderWidth
from xhtml2pdf.xhtml2pdf_reportlab import PmlParagraph

NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕〗”’％‰℃…—～·,.;:?!)]}%°′″")
NOT_LAST = frozenset("（《〈「『【〔〖“‘￥¥$([{")
# The ink of these fills the left half of the square, so at the end of a line the right half may hang out.
HALF_AT_END = frozenset("，。、；：）》〉」』】〕〗")
TOKEN = re.compile(r"[0-9A-Za-z@#&+\-_/\\.,:%*=~'\"()]*[0-9A-Za-z%)]|[\s\S]")
# Wider gaps than this share of a character look torn; such a line stays ragged.
MOST_STRETCH = 0.2


class ChineseParagraph(PmlParagraph):
    """Takes the place of a PmlParagraph; call `read_box` before it is laid out.

    Text only: notices have no inline pictures.
    """

    def read_box(self) -> None:
        """Work out the room that padding and borders take, once: it depends on the style alone."""
        style = self.style
        sides = ("Left", "Right", "Top", "Bottom")
        border = {
            side: getBorderWidth(getattr(style, f"border{side}Style"), getattr(style, f"border{side}Width"))
            for side in sides
        }
        for side in sides:
            setattr(self, f"borderWidth{side}", border[side])
        self.deltaWidth = style.paddingLeft + style.paddingRight + border["Left"] + border["Right"]
        self.deltaHeight = style.paddingTop + style.paddingBottom + border["Top"] + border["Bottom"]
        self.has_box = bool(any(border.values()) or style.backColor or getattr(style, "backgroundImage", None))
        self.inset = style.paddingLeft + border["Left"], style.paddingTop + border["Top"]

    def wrap(self, availWidth, availHeight):
        style = self.style
        room = availWidth - self.deltaWidth - style.leftIndent - style.rightIndent
        self.width = availWidth
        self.blPara = self._brokenLines(room - style.firstLineIndent, room)
        self.height = len(self.blPara.lines) * style.leading + self.deltaHeight
        return self.width, self.height

    def draw(self):
        if self.has_box:
            super().draw()
            return
        self.canv.saveState()
        self.canv.translate(self.inset[0], -self.inset[1])
        self.drawPara()
        self.canv.restoreState()

    def minWidth(self):
        return max((item[1] for item in measured(self.frags)), default=0)

    def split(self, availWidth, availHeight):
        self.wrap(availWidth, availHeight)
        lines = self.blPara.lines
        fits = int((availHeight - self.deltaHeight + 1e-6) / self.style.leading)
        # Not one line alone at the foot or head of a page.
        if len(lines) - fits == 1:
            fits -= 1
        if fits < 2 or fits >= len(lines):
            return [] if fits < 2 else [self]
        head, rest = self._part(lines[:fits]), self._part(lines[fits:])
        head.continues = True
        if self.style.firstLineIndent:
            rest.style = self.style.clone(self.style.name, firstLineIndent=0)
        return [head, rest]

    def _part(self, lines):
        # Lines once broken stay as they are: both parts have the width they were broken for.
        part = copy.copy(self)
        # reportlab's mark that a flowable has been moved to a new page once; the rest may be moved again.
        part.__dict__.pop("_postponed", None)
        part.broken = (None, ParaLines(kind=1, lines=lines))
        return part

    def _brokenLines(self, first_line_width, later_widths):
        widths, lines = getattr(self, "broken", (0, None))
        if widths is not None and widths != (first_line_width, later_widths):
            widths = (first_line_width, later_widths)
            lines = ParaLines(kind=1, lines=broken_lines(self.frags, list(widths)))
            self.broken = (widths, lines)
        return lines

    def drawPara(self, debug=0):
        canvas, style, lines = self.canv, self.style, self.blPara.lines
        if not lines:
            return
        text = canvas.beginText()
        size = max(line.fontSize for line in lines) or style.fontSize
        y = self.height - (style.leading - size) / 2 - size * 0.88
        for number, line in enumerate(lines):
            indent = style.leftIndent + (style.firstLineIndent if number == 0 else 0)
            last = line.forced or (number == len(lines) - 1 and not getattr(self, "continues", False))
            spacing = 0
            if style.alignment == TA_CENTER:
                indent += line.extraSpace / 2
            elif style.alignment == TA_RIGHT:
                indent += line.extraSpace
            elif style.alignment == TA_JUSTIFY and not last and line.gaps:
                spacing = line.extraSpace / line.gaps
                spacing = spacing if abs(spacing) <= MOST_STRETCH * line.fontSize else 0
            text.setTextOrigin(indent, y)
            text.setCharSpace(spacing)
            x = indent
            for frag in line.words:
                text.setFont(frag.fontName, frag.fontSize, style.leading)
                text.setFillColor(frag.textColor)
                if frag.bold:
                    # No bold face: the outline is drawn with the fill.
                    text.setStrokeColor(frag.textColor)
                    text._code.append(f"{frag.fontSize * 0.022:.3f} w")
                    text.setTextRenderMode(2)
                text.textOut(frag.text)
                if frag.bold:
                    text.setTextRenderMode(0)
                if frag.underline or getattr(frag, "strike", 0):
                    wide = frag.width + spacing * len(frag.text)
                    canvas.line(x, y - frag.fontSize * 0.16, x + wide, y - frag.fontSize * 0.16)
                x += frag.width + spacing * len(frag.text)
            y -= style.leading
        text.setCharSpace(0)
        canvas.drawText(text)


def measured(frags):
    """Yield `(text, width, frag)` for each piece that must stay whole; a forced break is `("\\n", 0, frag)`."""
    for frag in frags:
        if hasattr(frag, "lineBreak"):
            yield "\n", 0, frag
            continue
        face = pdfmetrics.getFont(frag.fontName).face
        widths, default, scale = face.charWidths, face.defaultWidth, frag.fontSize * 0.001
        for token in TOKEN.findall(frag.text):
            yield token, sum([widths.get(ord(character), default) for character in token]) * scale, frag


def broken_lines(frags, widths: list[float]) -> list[FragLine]:
    """Break `frags` into lines; `widths` holds the first line's width and that of the others."""
    lines, line, used = [], [], 0.0
    room = widths[0]

    def close(count, forced=False):
        nonlocal line, used, room
        lines.append(_line(line[:count], room, forced))
        line = line[count:]
        while line and line[0][0] == " ":
            line = line[1:]
        used = sum(item[1] for item in line)
        room = widths[min(len(lines), len(widths) - 1)]

    for item in _fitting(measured(frags), min(widths)):
        token, width, _frag = item
        if token == "\n":
            close(len(line), forced=True)
            continue
        if token.isspace() and token not in "\u3000\xa0" and not line:
            continue
        line.append(item)
        used += width
        if used <= room + 1e-6 or token == " ":
            continue
        if token in HALF_AT_END and used - width / 2 <= room + 1e-6:
            continue
        close(_break_before(line))
    if line or not lines:
        lines.append(_line(line, room, forced=False))
    return lines


def _break_before(line) -> int:
    """Return how many pieces stay on the line whose last piece does not fit."""
    count = len(line) - 1
    while count > 1 and (line[count][0] in NOT_FIRST or line[count - 1][0] in NOT_LAST):
        count -= 1
    return count if count > 0 and line[count][0] not in NOT_FIRST else max(1, len(line) - 1)


def _fitting(items, room):
    """Cut a word wider than a whole line into its characters."""
    for token, width, frag in items:
        if width <= room or len(token) == 1:
            yield token, width, frag
            continue
        face = pdfmetrics.getFont(frag.fontName).face
        for character in token:
            yield character, face.charWidths.get(ord(character), face.defaultWidth) * frag.fontSize * 0.001, frag


def _line(items, room, forced):
    while items and items[-1][0] == " ":
        items = items[:-1]
    words, frag, texts, wide = [], None, [], 0.0
    for token, width, owner in [*items, (None, 0, None)]:
        if owner is not frag:
            if texts:
                word = frag.clone()
                word.text, word.width = "".join(texts), wide
                words.append(word)
            frag, texts, wide = owner, [], 0.0
        if token is not None:
            texts.append(token)
            wide += width
    size = max((word.fontSize for word in words), default=0)
    used = sum(word.width for word in words)
    gaps = sum(len(word.text) for word in words) - 1
    if items and items[-1][0] in HALF_AT_END and used > room:
        # The hanging half square does not count, so the ink ends at the edge.
        used -= items[-1][1] / 2
    return FragLine(
        kind=1,
        words=words,
        extraSpace=room - used,
        gaps=gaps,
        forced=forced,
        wordCount=1,
        fontSize=size,
        ascent=size * 0.88,
        descent=-size * 0.12,
    )


def write_unicode_beyond_bmp() -> None:
    """Make reportlab write characters beyond U+FFFF as UTF-16 in ToUnicode, so that 𬬭 is found and copied as 𬬭.

    reportlab 5.1 writes five hex digits there, which readers take for another character.
    """
    original = ttfonts.makeToUnicodeCMap
    if getattr(original, "beyond_bmp", False):
        return

    def make(fontname, subset):
        text = original(fontname, [code if code < 0x10000 else 0 for code in subset])
        for index, code in enumerate(subset):
            if code >= 0x10000:
                text = text.replace(
                    f"<{index:02X}> <0000>", f"<{index:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>"
                )
        return text

    make.beyond_bmp = True
    ttfonts.makeToUnicodeCMap = make
