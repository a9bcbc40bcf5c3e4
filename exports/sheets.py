"""Drawing sheets with reportlab: paragraphs, facts and tables in the program's faces, for papers that are no notices.

xhtml2pdf takes minutes for long tables; these take milliseconds. Everything is text in, flowables out.
"""

from collections.abc import Iterable, Sequence
from html import escape

from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Paragraph, Spacer, TableStyle

from exports.fonts import FontSet

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, "#555555"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
)
SHADE = "#f1f3f5"
LONGEST = 2000
"""Characters of one cell: reportlab cannot break a row over two pages."""


class Pen:
    """Makes paragraphs and tables in the faces of `fonts`; a character that no face has is drawn as 〓."""

    def __init__(self, fonts: FontSet):
        self.fonts, self._styles = fonts, {}
        fonts.register()

    def text(self, text: str, size: float = 10.5, slot: str = "song", side: int = TA_LEFT, before: float = 0, after: float = 0) -> Paragraph:
        key = size, slot, side, before, after
        if key not in self._styles:
            face, name = slot if slot in self.fonts.files else "song", f"style-{len(self._styles)}"
            shape = {"fontSize": size, "leading": size * 1.45, "alignment": side, "spaceBefore": before, "spaceAfter": after}
            self._styles[key] = ParagraphStyle(name, fontName=face, wordWrap="CJK", **shape)
        return Paragraph(self.markup(str(text), slot), self._styles[key])

    def markup(self, text: str, slot: str) -> str:
        missing = self.fonts.missing(text)
        shown = "".join("〓" if character in missing else character for character in text)
        lines = [self.fonts.runs(line, slot) if line else [] for line in shown.split("\n")]
        return "<br/>".join("".join(f'<font name="{name}">{escape(run)}</font>' for run, name in line) for line in lines)

    def title(self, text: str) -> Paragraph:
        return self.text(text, 18, "hei", TA_CENTER, 2, 10)

    def heading(self, text: str) -> Paragraph:
        return self.text(text, 12, "hei", before=8, after=4)

    def note(self, text: str) -> Paragraph:
        return self.text(text, 9, after=3)

    def facts(self, facts: Sequence[tuple[str, str]]) -> list:
        """Return a grid of labels and texts, two pairs a line; a long text takes a line of its own."""
        if not facts:
            return []
        rows, spans, waiting = [], [], None
        for label, text in facts:
            if len(text) > 22 or "\n" in text:
                if waiting:
                    rows.append([*waiting, "", ""])
                    waiting = None
                spans.append(len(rows))
                rows.append([self._label(label), self.text(text[:LONGEST], 10), "", ""])
            elif waiting:
                rows.append([*waiting, self._label(label), self.text(text, 10)])
                waiting = None
            else:
                waiting = [self._label(label), self.text(text, 10)]
        if waiting:
            rows.append([*waiting, "", ""])
        marks = [("SPAN", (1, row), (3, row)) for row in spans]
        marks += [("BACKGROUND", (0, 0), (0, -1), SHADE)]
        marks += [("BACKGROUND", (2, row), (2, row), SHADE) for row in range(len(rows)) if row not in spans]
        style = TableStyle([*GRID.getCommands(), *marks])
        return [LongTable(rows, [WIDTH * 0.19, WIDTH * 0.31, WIDTH * 0.19, WIDTH * 0.31], style=style, splitInRow=1), Spacer(0, 6)]

    def _label(self, text):
        return self.text(text, 9.5)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], right=frozenset(), weights: Sequence[float] | None = None) -> list:
        """Return a table with a head that is repeated on each page. Widths follow the longest texts unless weighed."""
        rows = [[str(cell)[:LONGEST] for cell in row] for row in rows]
        size = 9.5 if len(columns) <= 6 else 8 if len(columns) <= 9 else 7
        weights = list(weights or self._weights(columns, rows))
        widths = [WIDTH * weight / sum(weights) for weight in weights]
        head = [self.text(text, size, "hei", TA_CENTER) for text in columns]
        body = [[self.text(cell, size, side=TA_RIGHT if number in right else TA_LEFT) for number, cell in enumerate(row)] for row in rows]
        style = TableStyle([*GRID.getCommands(), ("BACKGROUND", (0, 0), (-1, 0), SHADE)])
        return [LongTable([head, *body], widths, repeatRows=1, style=style, splitInRow=1), Spacer(0, 6)]

    def _weights(self, columns, rows):
        for number, title in enumerate(columns):
            longest = max((_wide(row[number]) for row in rows), default=0)
            yield min(max(longest, _wide(title), 3), 24)


def _wide(text):
    """Return the width of a text in Chinese characters."""
    return sum(0.55 if character.isascii() else 1 for character in text)
