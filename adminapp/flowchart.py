"""The flow chart (办理流程图) of a relief type, drawn from its declaration as SVG: who does what, when, within which time, and where it can end.

The chart has no style sheet and no script, so that it can stand in any page and be printed. In Chinese it is 760 wide; A4 takes about 1070 high.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from html import escape

from adminapp import dates
from adminapp.declaration.lexicons import places_of
from adminapp.declaration.vocabulary import BODIES
from adminapp.formula.lexicon import Lexicon
from adminapp.formula.written import write
from adminapp.workflow.machine import STEPS

BOX, BOX_X = 268, 246
SIDE, SIDE_X = 176, 12
CLOCKS_X = BOX_X + BOX + 26
COLUMNS = 3
"""Columns of time limits, so that none covers another."""
GAP, PAD = 30, 12
TITLE, SMALL = 15, 12
INK, MUTED, LINE, ACCENT, WARN = "#1b2130", "#586174", "#868e9c", "#2456c9", "#8a4b00"

WHO = {
    "accept": "乡镇人民政府", "survey": "乡镇人民政府，村（居）委会协助", "verification": "乡镇人民政府", "appraisal": "乡镇人民政府组织，村（居）民代表参加",
    "consult": "有关部门", "opinion": "乡镇人民政府", "posting": "乡镇人民政府，在申请人所在村（社区）", "county_check": "县民政局", "notify": "乡镇人民政府",
    "register": "乡镇人民政府", "pay": "县民政局、县财政局",
}  # fmt: skip
"""Who takes a step unless the declaration says otherwise. Confirmation is said by the declaration alone."""
EXITS = {
    "accept": "材料不全的，一次性告知补正；不属于受理范围的，书面告知不予受理",
    "posting": "有异议的，调查核实后再作决定",
    "confirm": "不符合条件的，书面告知理由和救济途径",
}
"""Where a case may leave the straight way (民发〔2021〕57号 第十、二十、二十一条)."""
ROW_OF = {
    "applied": "apply", "supplement_requested": "accept", "supplied": "accept", "accepted": "accept", "survey_started": "survey", "surveyed": "survey",
    "verification_requested": "verification", "verified": "verification", "opinion": "opinion", "posted": "posting", "posting_ended": "posting",
    "objected": "posting", "decided": "confirm", "refused": "confirm", "notified": "notify", "granted": "pay",
}  # fmt: skip
"""The step at which a milestone is reached: clocks span from one to another."""


@dataclass(frozen=True)
class Reading:
    """How a chart is read: `say` turns a Chinese text into the reader's language.

    The length of its words decides how wide a column of time limits is, and how many lines a sentence may take.
    """

    say: Callable[[str], str]
    column: int
    lines: int

    @property
    def width(self) -> int:
        return CLOCKS_X + COLUMNS * self.column + 4


CHINESE = Reading(str, column=72, lines=2)


@dataclass
class Row:
    key: str
    lines: list[tuple[str, int, str]]
    """(text, size, colour), broken to the width of the box."""
    conditional: bool = False
    exit: list[str] = field(default_factory=list)
    top: int = 0

    @property
    def text_height(self) -> int:
        return sum(size + 6 for _text, size, _colour in self.lines) - 6

    @property
    def height(self) -> int:
        return 2 * PAD + max(self.text_height, 18 * len(self.exit) - 6)

    @property
    def middle(self) -> int:
        return self.top + self.height // 2


def draw(relief_type, words: Lexicon, on: date | None = None, reading: Reading = CHINESE) -> str:
    """Return the chart as an SVG element. `words` are those of the type (`lexicon_of`), for conditions.

    Who confirms is shown as it is on the day `on`, today when None.
    """
    rows = rows_of(relief_type, words, on or dates.today(), reading)
    top = 8
    for row in rows:
        row.top, top = top, top + row.height + GAP
    parts = [_arrows(rows), *map(_row, rows), *_clocks(relief_type, rows, words, reading)]
    height = top - GAP + 10
    title = escape(reading.say(f"{relief_type.name}办理流程图"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" translate="no" viewBox="0 0 {reading.width} {height}" width="{reading.width}" height="{height}" role="img" '
        f'aria-label="{title}" font-family="sans-serif"><title>{title}</title>{DEFS}{"".join(parts)}</svg>'
    )


def conditions_of(relief_type, words: Lexicon) -> dict[str, str]:
    """Return {path: formula as people read it} of every place of a type where one is written."""
    return {path: write(stored, nearer) for path, (stored, _expect, nearer) in places_of(relief_type, words).items() if stored}


def rows_of(relief_type, words: Lexicon, on: date, reading: Reading = CHINESE) -> list[Row]:
    """Return the application and every declared step in order."""
    say = reading.say
    places = conditions_of(relief_type, words)
    place = {"hukou": "向户籍所在地乡镇人民政府提出", "emergency": "向急难发生地或户籍所在地乡镇人民政府提出"}
    rows = [Row("apply", _lines(say("申请"), TITLE) + _lines(say(place.get(relief_type.applies_at, "")), SMALL, MUTED, reading.lines))]
    for index, step in enumerate(relief_type.steps):
        if step.step not in STEPS:
            continue
        when = places.get(f"steps[{index}].when"), places.get(f"steps[{index}].unless")
        lines = _lines(say(step.label or STEPS[step.step].label), TITLE)
        for text in _who(relief_type, step, places, on):
            lines += _lines(say(text), SMALL, MUTED, reading.lines)
        for word, text in zip(("仅当", "除非"), when, strict=True):
            lines += _lines(say(f"{word}：{text}"), SMALL, WARN, reading.lines + 1) if text else []
        exit = _break(say(EXITS.get(step.step, "")), SIDE - 20, SMALL)
        rows.append(Row(step.step, lines, bool(when[0] or when[1]), exit))
    return rows


def _who(relief_type, step, places, on):
    if step.step == "confirm":
        held = []
        for index, one in enumerate(relief_type.confirm):
            if (not one.start or one.start <= on) and (not one.end or on <= one.end):
                held.append((index, one))
                if not one.when:
                    break  # whoever follows is never asked
        for index, one in held:
            condition = places.get(f"confirm[{index}].when")
            yield f"{BODIES[one.by]}：{condition or '其余情形'}" if len(held) > 1 else BODIES[one.by]
        return
    who = BODIES.get(step.by) or WHO.get(step.step, "")
    if step.step == "verification" and not step.by and relief_type.verification.by == "county":
        who = "县核对机构"
    people = f"，至少{step.people}人" if step.people else ""
    yield f"{who}{people}"
    if step.days:
        yield f"公示{step.days}个工作日" if step.unit == "workday" else f"公示{step.days}个自然日"


# Drawing

DEFS = (
    '<defs><marker id="flow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    f'<path d="M0 0L8 4L0 8z" fill="{LINE}"/></marker></defs>'
)


def _row(row) -> str:
    dash = ' stroke-dasharray="5 4"' if row.conditional else ""
    radius = row.height // 2 if row.key == "apply" else 8
    box = (
        f'<rect x="{BOX_X}" y="{row.top}" width="{BOX}" height="{row.height}" rx="{radius}" fill="#fff" '
        f'stroke="{ACCENT}" stroke-width="1.5"{dash}/>'
    )
    y, texts = row.top + (row.height - row.text_height) // 2, []
    for text, size, colour in row.lines:
        weight = ' font-weight="600"' if size == TITLE else ""
        texts.append(
            f'<text x="{BOX_X + BOX // 2}" y="{y + size - 2}" text-anchor="middle" font-size="{size}" fill="{colour}"{weight}>{escape(text)}</text>'
        )
        y += size + 6
    return box + "".join(texts) + (_exit(row) if row.exit else "")


def _exit(row) -> str:
    height = 18 * len(row.exit) + 12
    top = row.middle - height // 2
    lines = "".join(
        f'<text x="{SIDE_X + 10}" y="{top + 18 * number + 21}" font-size="{SMALL}" fill="{INK}">{escape(text)}</text>'
        for number, text in enumerate(row.exit)
    )
    return (
        f'<path d="M{BOX_X} {row.middle}H{SIDE_X + SIDE + 3}" stroke="{LINE}" marker-end="url(#flow-tip)"/>'
        f'<rect x="{SIDE_X}" y="{top}" width="{SIDE}" height="{height}" rx="6" fill="#f5f6f8" stroke="{LINE}"/>{lines}'
    )


def _arrows(rows) -> str:
    centre, parts = BOX_X + BOX // 2, []
    for above, below in zip(rows, rows[1:], strict=False):
        parts.append(
            f'<path d="M{centre} {above.top + above.height}V{below.top - 1}" stroke="{LINE}" marker-end="url(#flow-tip)"/>'
        )
    for before, row, after in zip(rows, rows[1:], rows[2:], strict=False):
        if row.conditional:  # the way past a step that is not always taken
            x, start, end = BOX_X - 14, before.top + before.height + 9, after.top - 11
            parts.append(
                f'<path d="M{centre} {start}H{x}V{end}H{centre - 2}" fill="none" stroke="{LINE}" stroke-dasharray="4 4"/>'
            )
    return "".join(parts)


def _clocks(relief_type, rows, words, reading):
    """Yield each time limit as a bracket beside the rows it spans, in columns so that none covers another."""
    at, say = {row.key: row for row in rows}, reading.say
    places = conditions_of(relief_type, words)
    columns: list[list[tuple[int, int]]] = []
    spans = []
    for index, clock in enumerate(relief_type.clocks):
        start, stop = (_nearest(at, rows, name) for name in (clock.start, clock.stop))
        if start is not None and stop is not None:
            spans.append((start.middle, max(stop.middle, start.middle + 8), index, clock))
    # Short ones stand near the boxes, long ones outside.
    for top, bottom, index, clock in sorted(spans, key=lambda span: (span[1] - span[0], span[0])):
        reach = (top - 20, max(bottom, top + 60))
        column = next(
            (
                number
                for number, taken in enumerate(columns)
                if all(end < reach[0] or reach[1] < start for start, end in taken)
            ),
            len(columns),
        )
        if column == COLUMNS:
            continue  # no room: the list beside the chart has them all
        columns += [[]] if column == len(columns) else []
        columns[column].append(reach)
        x = CLOCKS_X + reading.column * column
        length = f"{clock.limit} {dates.UNITS[clock.unit]}"
        texts = [*_break(say(clock.label), reading.column - 6, SMALL, 3), say(length), *([say(f"可延至 {clock.extended}")] if clock.extended else [])]
        if when := places.get(f"clocks[{index}].when"):
            texts.append(say("有条件"))
            yield f"<desc>{escape(say(f'{clock.label}：仅当 {when}'))}</desc>"
        yield f'<path d="M{x} {top}h6V{bottom}h-6" fill="none" stroke="{WARN}"/>'
        y = (top + bottom) // 2 - 8 * len(texts) + 12
        for number, text in enumerate(texts):
            yield f'<text x="{x + 10}" y="{y + 16 * number}" font-size="11" fill="{WARN}">{escape(text)}</text>'


def _nearest(at, rows, milestone):
    """Return the row of a milestone; where the type has no such step, the next one that it has."""
    key = ROW_OF.get(milestone)
    if key in at or key is None:
        return at.get(key)
    later = list(STEPS)[list(STEPS).index(key) :] if key in STEPS else []
    return next((at[name] for name in later if name in at), rows[-1])


CLOSING, OPENING = "，。；：、”）)]】", "“（([【"
"""Signs that never begin, or end, a line."""
PIECE = re.compile(r"[!-~]+|.", re.DOTALL)
"""What is not torn: a Latin word, a number, one Chinese character."""


def _lines(text, size, colour=INK, most=2) -> list[tuple[str, int, str]]:
    return [(line, size, colour) for line in _break(text, BOX - 24, size, most)]


def _wide(text, size) -> float:
    return sum(size * (1.0 if ord(character) > 0x2E7F or character in "“”…—" else 0.58) for character in text)


def _break(text: str, width: int, size: int, most: int = 6) -> list[str]:
    """Return a text broken to a width, at most so many lines, the last one cut with an ellipsis."""
    lines, line = [], ""
    for piece in PIECE.findall(text):
        if line.strip() and piece not in CLOSING and _wide((line + piece).rstrip(), size) > width:
            carried = line[-1] if line[-1] in OPENING else ""
            lines.append(line.removesuffix(carried).rstrip())
            line = carried
        line = line + piece if line else piece.lstrip()
    lines += [line.rstrip()] if line.strip() else []
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]
