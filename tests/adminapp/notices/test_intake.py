"""Who applied reads by when a decision is due, and which papers are missing."""

from schemas.notice import content_of
from tests.issued import DAY, accepted, issue
from tests.story import CLERK, walk

SUPPLEMENT = {"missing": "1. 就读证明：加盖学校公章\n2. 授权书", "days": 10}


def test_the_acceptance_names_the_day_by_which_a_decision_is_due(engine, case):
    record = issue(engine, accepted(engine, case), "acceptance")
    values = content_of(record)["values"]
    assert values["due"] == "2026年10月20日"  # the 20 working days of the declaration
    assert values["number"] == record["number"] == "凤沱江民助〔2026〕受理1号"
    assert values["basis"] == "《社会救助法》第四十条"


def test_missing_papers_become_a_table_with_their_demands(engine, case):
    walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "request_supplement", SUPPLEMENT))
    opened = content_of(issue(engine, case, "supplement"))
    assert opened["tables"]["files"] == [["1", "就读证明", "加盖学校公章"], ["2", "授权书", "请提供完整、清晰的材料"]]
    assert opened["values"]["due"] == "2026年9月30日"
