"""Proves what a type says in its notices: kinds that exist, placeholders that are filled, templates that can be printed."""

import re

from adminapp.declaration.problems import Problem
from adminapp.notices.kinds import TITLES
from adminapp.notices.templates import check_paragraph, check_template
from adminapp.words import nearest

CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
LONGEST_TITLE = 40
MOST_PARAGRAPHS = 20


def check_notices(relief_type, standards):
    seen = set()
    for index, own in enumerate(relief_type.notices):
        path = f"notices[{index}]"
        if own.notice not in TITLES:
            yield Problem(f"{path}.notice", f"没有文书“{own.notice}”{nearest(own.notice, TITLES)}")
            continue
        if own.notice in seen:
            yield Problem(f"{path}.notice", f"“{TITLES[own.notice]}”写了两次")
        seen.add(own.notice)
        if len(own.title) > LONGEST_TITLE:
            yield Problem(f"{path}.title", f"标题最多 {LONGEST_TITLE} 个字")
        if len(own.paragraphs) > MOST_PARAGRAPHS:
            yield Problem(f"{path}.paragraphs", f"最多另加 {MOST_PARAGRAPHS} 段")
        for number, paragraph in enumerate(own.paragraphs, 1):
            if CONTROL.search(paragraph):
                yield Problem(f"{path}.paragraphs", f"第 {number} 段：不能含有控制字符")
            for text in check_paragraph(own.notice, paragraph):
                yield Problem(f"{path}.paragraphs", f"第 {number} 段：{text}")
        if own.template:
            yield from (Problem(f"{path}.template", text) for text in check_template(own.notice, own.template))
            if own.title or own.paragraphs:
                yield Problem(f"{path}.template", "有专用模板时，标题和另加的段落直接写在模板里")


CHECKS = (check_notices,)
