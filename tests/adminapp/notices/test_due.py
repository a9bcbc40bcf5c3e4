"""A case earns its notices step by step."""

import pytest

from adminapp.errors import Invalid
from adminapp.notices.due import due_of, dues_of
from tests.issued import accepted


def test_a_draft_earns_nothing_and_a_step_earns_its_notice(engine, case):
    assert dues_of(case) == []
    with pytest.raises(Invalid, match="还没有办到"):
        due_of(case, "acceptance")
    accepted(engine, case)
    assert [due.kind for due in dues_of(case)] == ["acceptance"]
