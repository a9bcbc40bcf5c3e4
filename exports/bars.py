"""A bar chart on paper: a line for each bar with its name, the bar and its number; it breaks over pages between lines."""

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable

LINE, THICK, SIZE = 6.2 * mm, 3.2 * mm, 8.5
HEAD = 18 * mm
"""Room for the heading and the sentence above a chart."""
NAME, NUMBER = 48 * mm, 44 * mm
COLOUR, GROUND = HexColor("#2563a8"), HexColor("#e6ebf1")


class Bars(Flowable):
    """`rows` are (name, value, text); `top` is the value of a full bar."""

    def __init__(self, paper, rows, top: float):
        super().__init__()
        self.paper, self.rows, self.top = paper, list(rows), top or 1
        self.names = [(paper.text(name, SIZE), paper.text(text, SIZE)) for name, _value, text in self.rows]

    def keep(self) -> Flowable:
        """Return what goes before heading and chart, so that both begin on a page that holds the chart, or half a page of it."""
        return CondPageBreak(min(LINE * len(self.rows) + HEAD, 90 * mm))

    def wrap(self, width, height):
        self.width, self.height = width, LINE * len(self.rows)
        return self.width, self.height

    def split(self, width, height):
        fits = int(height // LINE)
        if not 0 < fits < len(self.rows):
            return []
        return [Bars(self.paper, self.rows[:fits], self.top), Bars(self.paper, self.rows[fits:], self.top)]

    def draw(self):
        room = self.width - NAME - NUMBER
        for place, ((_name, value, _text), (name, number)) in enumerate(zip(self.rows, self.names, strict=True)):
            bottom = self.height - LINE * (place + 1)
            for paragraph, left, wide in ((name, 0, NAME - 3 * mm), (number, NAME + room + 3 * mm, NUMBER - 3 * mm)):
                _width, high = paragraph.wrap(wide, LINE)
                paragraph.drawOn(self.canv, left, bottom + (LINE - high) / 2)
            self.canv.setFillColor(GROUND)
            self.canv.rect(NAME, bottom + (LINE - THICK) / 2, room, THICK, stroke=0, fill=1)
            self.canv.setFillColor(COLOUR)
            self.canv.rect(NAME, bottom + (LINE - THICK) / 2, room * min(max(value / self.top, 0), 1), THICK, stroke=0, fill=1)
