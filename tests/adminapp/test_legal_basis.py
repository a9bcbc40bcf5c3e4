"""The law of the day, as notices cite it."""

from dataclasses import replace
from datetime import date

import pytest

from adminapp.legal_basis import cite, legal_basis
from tests.issued import DAY


def test_reconsideration_comes_first_where_the_legal_office_says_so():
    law = replace(legal_basis(), first={"refusal": True})
    assert "应当先" in law.remedy("refusal", "告知书", DAY) and "15日内" in law.remedy("refusal", "告知书", DAY)
    assert "应当先" not in law.remedy("termination", "告知书", DAY)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            date(2026, 6, 30),
            "《社会救助暂行办法》（国务院令第649号）第十一条，《最低生活保障审核确认办法》（民发〔2021〕57号）第二十一条",
        ),
        (date(2026, 7, 1), "《社会救助法》第四十五条，《最低生活保障审核确认办法》（民发〔2021〕57号）第二十一条"),
    ],
)
def test_a_refusal_cites_the_law_of_its_day(day, expected):
    assert legal_basis().cited("refusal", "dibao", day, []) == expected


def test_articles_of_one_law_are_cited_together():
    assert (
        cite(["社会救助法第十八条", "湘政发〔2015〕54号", "社会救助法第四十四条、第十八条"])
        == "《社会救助法》第十八条、第四十四条，湘政发〔2015〕54号"
    )
