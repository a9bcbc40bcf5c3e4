"""The written answer to a complaint (投诉举报答复告知书) on paper; it is addressed by hand, so that no paper names who told."""

from pathlib import Path

from adminapp.outputs import outputs

TITLE, BODY, GAP = 22, 16, 14
"""Sizes and distances in points, as official letters have them."""
SIDE = 13
"""Millimetres of margin more than a form has."""
BLANK = "＿＿＿＿＿＿＿＿："


def print_pdf(told: dict, home: Path) -> bytes:
    """Return the letter. `told` is {title, number, paragraphs, office, on, foot}. Raise FontsNotReady, Invalid for a character without face."""
    from reportlab.lib.units import mm  # reportlab: only for who prints
    from reportlab.platypus import Indenter, Spacer

    from exports.paper import Sheet

    paper = Sheet(home, told["title"], told["number"])
    paper.add(Indenter(SIDE * mm, SIDE * mm), Spacer(0, 3 * GAP), paper.text(told["title"], TITLE, "hei", 1), Spacer(0, GAP))
    paper.add(paper.text(told["number"], 10.5, align=2), Spacer(0, 2 * GAP), paper.text(BLANK, BODY), Spacer(0, GAP))
    for paragraph in told["paragraphs"]:
        paper.add(paper.text(paragraph, BODY, indent=2 * BODY), Spacer(0, GAP))
    paper.add(Spacer(0, 3 * GAP), paper.text(f"{told['office']}\n{told['on']}", BODY, align=2))
    paper.add(Spacer(0, 3 * GAP), paper.text(told["foot"], 10.5))
    return paper.bytes()


def register():
    """Add the output "complaint_reply" (what is told, home → bytes). Safe to call again."""
    outputs.add("complaint_reply", print_pdf)
