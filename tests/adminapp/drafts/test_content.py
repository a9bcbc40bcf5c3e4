"""Items of a draft are called by words of people, never by codes."""

import pytest

from adminapp.declaration.model import Confirmer, NoticeText, Step
from adminapp.drafts.content import Place


@pytest.mark.parametrize(
    ("cls", "node", "title"),
    [
        (Step, {"step": "survey"}, "入户调查"),
        (Step, {"step": "survey", "label": "上门看"}, "上门看"),
        (Confirmer, {"by": "township", "from": "2026-01-01"}, "乡镇人民政府"),
        (NoticeText, {"notice": "refusal"}, "不予确认告知书"),
        (Step, {"step": "unknown"}, "unknown"),
        (Step, {}, ""),
    ],
)
def test_an_item_is_called_as_people_call_it(cls, node, title):
    assert Place("", node, cls, "").title == title
