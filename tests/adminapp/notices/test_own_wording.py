"""A type may word its own notice."""

from dataclasses import replace

from adminapp.declaration.model import NoticeText
from adminapp.legal_basis import legal_basis
from adminapp.notices.draft import draft
from adminapp.notices.due import due_of
from adminapp.notices.kinds import KINDS
from tests.issued import accepted


def test_a_declaration_may_word_its_own_notice(engine, case):
    registry, table = engine
    accepted(engine, case)
    own = replace(
        registry.of(case).relief_type,
        notices=(NoticeText(notice="acceptance", title="受理单", paragraphs=("另见<须知>。",)),),
    )
    made = draft(case, own, due_of(case, "acceptance"), legal_basis(), KINDS["acceptance"].default_template(), table)
    assert (
        '<p class="title">受理单</p>' in made.template
        and '<p>另见&lt;须知&gt;。</p>\n<p class="sign">' in made.template
    )
