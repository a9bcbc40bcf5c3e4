"""Pictures of figures as plain shapes: no inline style, no script, readable at any width.

The shapes are drawn in a field of 100 by 100 that stretches; words stand beside it as text, so that they neither shrink
on a phone nor stay behind when printed.
"""

from adminapp.money import format_yuan
from adminapp.startpage import Figures

SERIES = 5
"""Columns with a colour of their own; the smaller ones are drawn together."""
GAP = 0.3
"""Part of a column's width that is left free."""
WAN = 10_000 * 100
"""Fen of ten thousand yuan."""


def bars(part: Figures, urls) -> list[dict]:
    """Return a bar for each row by its first value: {label, value, text, url}."""
    return [
        {"label": row.label, "value": row.values[0], "text": words(part, row.values[0]), "url": url}
        for row, url in zip(part.rows, urls, strict=True)
    ]


def columns(part: Figures, urls) -> dict:
    """Return stacked columns: {shapes: [{x, y, width, height, series, title}], ticks: [text from the top], labels, legend}."""
    drawn = [_drawn(row.values) for row in part.rows]
    top = ceiling(max((sum(values) for values in drawn), default=0))
    names = [*part.columns[:SERIES], *(["…"] if len(part.columns) > SERIES else [])]
    step = 100 / max(len(drawn), 1)
    shapes = []
    for place, (row, values) in enumerate(zip(part.rows, drawn, strict=True)):
        base = 100.0
        for series, value in enumerate(values):
            height = 100 * value / top
            base -= height
            if value:
                shapes.append(
                    {
                        "x": round(step * (place + GAP / 2), 2),
                        "y": round(base, 2),
                        "width": round(step * (1 - GAP), 2),
                        "height": round(height, 2),
                        "series": series,
                        "title": f"{row.label} {names[series]} {words(part, value)}",
                    }
                )
    return {
        "shapes": shapes,
        "ticks": [words(part, value) for value in (top, top // 2, 0)],
        "labels": [row.label for row in part.rows],
        "legend": names,
    }


def _drawn(values):
    """Return the values that are drawn: the smaller columns as one."""
    return [*values[:SERIES], *([sum(values[SERIES:])] if len(values) > SERIES else [])]


def ceiling(value: int) -> int:
    """Return the next round number from a value on: 1, 2, 4, 5, 6, 8 or 10 times a power of ten; 1 for nothing."""
    power = 1
    while power * 10 < value:
        power *= 10
    return next((step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= value), 1) or 1


def words(part: Figures, value: int) -> str:
    """Return a number as briefly as it is read: money from ten thousand yuan on in 万元."""
    if not part.money:
        return f"{value:,}"
    return f"{value / WAN:,.1f} 万元" if abs(value) >= WAN else f"{format_yuan(value)} 元" if value else "0"
