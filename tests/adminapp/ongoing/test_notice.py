"""Who is paused is told in writing: why, from which month, how it goes on, and where to complain (社会救助法 第四十八条)."""

from datetime import date

import pytest

from adminapp.errors import Forbidden
from adminapp.legal_basis import legal_basis
from adminapp.notices.draft import draft
from adminapp.notices.due import due_of
from adminapp.notices.kinds import KINDS
from tests.running import CLERK, DEPUTY

DAY = date(2026, 8, 12)


@pytest.mark.parametrize(("code", "how"), [("life", "办理生存认证"), ("account", "补充材料或者说明情况")])
def test_a_pause_earns_a_notice_that_says_how_it_ends(plan, engine, code, how):
    case = engine.grant(engine.new("spouse", key="alive"))
    engine.take(case, DEPUTY, "suspend", DAY, code=code, from_month="2026-09", reason="三次上门未遇")
    due = due_of(case, "suspension")
    told = draft(case, engine.registry.of(case).relief_type, due, legal_basis(), KINDS["suspension"].default_template(), engine.table)
    assert told.values["stop"] == "2026年9月" and told.values["reason"].endswith("三次上门未遇。")
    assert how in told.values["resuming"] and "凤凰县沱江镇人民政府" in told.values["resuming"]
    assert "行政复议" in told.values["remedy"] and "第四十七条、第四十八条" in told.values["basis"]


def test_a_pause_is_served_once(plan, engine):
    case = engine.grant(engine.new("spouse", key="alive"))
    engine.take(case, DEPUTY, "suspend", DAY, code="life", from_month="2026-09", reason="未遇")
    served = {"date": DAY, "way": "left", "receiver": "村委会主任"}
    engine.take(case, CLERK, "record_service", DAY, **served)
    with pytest.raises(Forbidden):
        engine.take(case, CLERK, "record_service", DAY, **served)
