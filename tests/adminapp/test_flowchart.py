"""The flow chart says of every declared step who takes it and when, with the time limits beside it, and is sound SVG whatever is declared."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adminapp import flowchart
from adminapp.declaration import read_file
from adminapp.declaration.lexicons import lexicon_of
from adminapp.standards import read_file as read_standards
from adminapp.workflow.machine import STEPS
from views.designer.charts import ENGLISH
from views.language.keys import HAN

FILES = sorted((Path(__file__).parents[2] / "schemas" / "relief_types").glob("*.yaml"))
STANDARDS = read_standards()
DAY = date(2026, 9, 16)


def chart(relief_type, on=DAY, reading=flowchart.CHINESE):
    """Return (root element, all texts joined)."""
    root = ET.fromstring(flowchart.draw(relief_type, lexicon_of(relief_type, STANDARDS), on, reading))  # noqa: S314 - our own output
    return root, "".join(item.text or "" for item in root.iter("{http://www.w3.org/2000/svg}text"))


def temporary():
    return next(read_file(path) for path in FILES if path.stem == "temporary")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_type_is_drawn_with_its_steps_in_order(path):
    relief_type = read_file(path)
    root, _texts = chart(relief_type)
    titles = [item.text for item in root.iter("{http://www.w3.org/2000/svg}text") if item.get("font-size") == "15"]
    assert titles == ["申请", *(step.label or STEPS[step.step].label for step in relief_type.steps)]
    width, height = (float(root.get(name)) for name in ("width", "height"))
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(box.get("x")) >= 0 and float(box.get("x")) + float(box.get("width")) <= width
        assert float(box.get("y")) + float(box.get("height")) <= height


def test_conditions_are_said_in_words_and_drawn_as_a_way_past():
    root, texts = chart(temporary())
    assert "仅当：救助类别 ＝ “支出型”" in texts and "公示7个自然日" in texts
    dashed = [box for box in root.iter("{http://www.w3.org/2000/svg}rect") if box.get("stroke-dasharray")]
    assert len(dashed) == sum(bool(step.when or step.unless) for step in temporary().steps)


def test_who_confirms_is_said_by_amount_and_day():
    _root, texts = chart(temporary())
    assert "乡镇人民政府：核定金额 ≤ 标准(乡镇确认临时救助的限额（含）)" in texts and "县民政局：其余情形" in texts
    _root, before = chart(temporary(), date(2021, 1, 1))
    assert "核定金额" not in before


def test_time_limits_stand_beside_the_steps_they_span():
    _root, texts = chart(temporary())
    assert "启动调查" in texts and "10 个工作日" in texts and "可延至 20" in texts


def test_what_leaves_the_straight_way_is_told():
    _root, texts = chart(temporary())
    assert "书面告知不予受理" in texts and "书面告知理由和救济途径" in texts


@pytest.mark.parametrize("label", ["<script>alert(1)</script>", "&amp;", "长" * 400, "\"'", "a" * 300])
def test_labels_are_text_whatever_they_hold(label):
    relief_type = temporary()
    steps = tuple(replace(step, label=label) for step in relief_type.steps)
    root, texts = chart(replace(relief_type, name=label, steps=steps))
    assert not list(root.iter("script")) and not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert label[:10] in texts


def test_a_half_right_declaration_is_drawn_as_far_as_it_goes():
    relief_type = temporary()
    steps = (replace(relief_type.steps[0], step="nonsense"), replace(relief_type.steps[1], when="不是公式 ＝"))
    root, texts = chart(
        replace(relief_type, steps=steps, clocks=(replace(relief_type.clocks[0], start="nowhere"),), confirm=())
    )
    assert "入户调查" in texts and "仅当：不是公式 ＝" in texts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_type_is_drawn_whole_in_english(path):
    root, texts = chart(read_file(path), reading=ENGLISH)
    assert not HAN.search(texts + root.get("aria-label")) and "Acceptance" in texts
    chinese, _texts = chart(read_file(path))
    drawn = [len(list(one.iter("{http://www.w3.org/2000/svg}path"))) for one in (root, chinese)]
    assert drawn[0] == drawn[1]  # as many arrows and time limits


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Within 10 working days", ["Within 10", "working days"]),
        ("自受理之日起 10 个工作日", ["自受理之日起", "10 个工作日"]),
        ("一二三四五六七。八", ["一二三四五六七。", "八"]),
    ],
)
def test_lines_break_between_words(text, lines):
    assert flowchart._break(text, 84, 12) == lines
